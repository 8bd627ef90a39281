import { createArenaBuffer, type PlacedColumn } from '@ticklake/columnar';
import { createRowProof, overlapMax, withSequence, type RowProof } from '@ticklake/merge';
import type { ColumnChunks, ParquetSink } from '@ticklake/parquet';
import { openLanes, type Lanes } from './lanes.js';
import type { MergeFile } from './merge-file.js';
import type { MergeFilesOptions } from './merge-files.js';
import { createOpenFiles, type OpenFiles } from './open-files.js';
import { planSegments, type FileRange, type Segment } from './segments.js';

/** What all steps of a merge have in common, and how far they have come. */
export interface Work {
  readonly files: readonly MergeFile[];
  readonly segments: readonly Segment[];
  readonly options: MergeFilesOptions;
  readonly open: OpenFiles;
  readonly lanes: Lanes;
  readonly proof: RowProof | undefined;
  rowCount: number;
  copiedRows: number;
  /** The numbers of the next rows, where rows are numbered. */
  numbers(rowCount: number): readonly PlacedColumn[];
  /** Writes a row group. */
  write(chunks: readonly ColumnChunks[], rowCount: number): Promise<void>;
  release(): Promise<void>;
}

/** Nothing merged yet. */
export async function startWork(
  files: readonly MergeFile[],
  sink: ParquetSink,
  options: MergeFilesOptions,
): Promise<Work> {
  const { arena, schema, proveWithout, sequence } = options;
  const segments = planSegments(files, options);
  const uses = usesOf(files.length, segments);
  const open = createOpenFiles((file) => (files[file] as MergeFile).open(), { uses });
  const lanes = await openLanes({
    ...options,
    ...{ files, uses, exclude: proveWithout },
    schema: { fields: schema.fields.filter(({ name }) => name !== sequence?.name) },
    output: (sequence === undefined ? schema : withSequence(schema, sequence)).fields,
    sharing: await sharingOf({ files, segments, uses, open }, options),
  });
  const proof = proveWithout && createRowProof(arena, files.length);
  const held = createArenaBuffer(arena);
  const work: Work = {
    ...{ files, segments, options, open, lanes, proof },
    rowCount: 0,
    copiedRows: 0,
    numbers(rowCount) {
      if (sequence === undefined) return [];
      const values = held.room(rowCount * 8);
      arena.kernels.count64(work.rowCount, rowCount, values);
      return [{ layout: 'fixed', rowCount, validity: 0, width: 8, values }];
    },
    async write(chunks, rowCount) {
      await sink.writeRowGroup(chunks.flat(), rowCount);
      work.rowCount += rowCount;
      options.onRows?.(work.rowCount);
    },
    async release() {
      await lanes.release();
      open.closeAll();
      proof?.release();
      held.release();
    },
  };
  return work;
}

/** How many ranges each file has; a file without rows is never opened. */
function usesOf(fileCount: number, segments: readonly Segment[]): readonly number[] {
  const uses = new Array<number>(fileCount).fill(0);
  for (const { file } of segments.flatMap(rangesOf)) uses[file] = (uses[file] as number) + 1;
  return uses;
}

function rangesOf(segment: Segment): readonly FileRange[] {
  return segment.kind === 'copy' ? [segment.range] : segment.ranges;
}

interface Plan extends Pick<Work, 'files' | 'segments' | 'open'> {
  readonly uses: readonly number[];
}

/** What a helper needs to take part, if there is one that can. */
async function sharingOf({ files, segments, uses, open }: Plan, { helper, openMax }: MergeFilesOptions) {
  const model = uses.findIndex((count) => count > 0);
  if (helper === undefined || model < 0 || !canShare(files, segments, openMax)) return undefined;
  return { helper, model: await open.reader(model) };
}

/** Whether a helper finds everything that is merged: nothing has to be sorted or spilled first. */
function canShare(files: readonly MergeFile[], segments: readonly Segment[], openMax: number): boolean {
  const isPlain = ({ file }: FileRange) => files[file]?.isSorted === true && files[file].place !== undefined;
  return segments.map(rangesOf).every((ranges) => {
    const bounds = ranges.map(({ min, max }) => ({ lowerBound: min, upperBound: max }));
    return ranges.every(isPlain) && overlapMax(bounds) <= openMax;
  });
}
