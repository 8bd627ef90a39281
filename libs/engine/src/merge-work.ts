import { createArenaBuffer, type PlacedColumn } from '@ticklake/columnar';
import { createRowProof, overlapMax, withSequence, type RowProof } from '@ticklake/merge';
import { assert, LakeError } from '@ticklake/core';
import type { ColumnChunks, ParquetReader, ParquetSink } from '@ticklake/parquet';
import { openLanes, type Lanes } from './lanes.js';
import type { RowKeys } from './key-columns.js';
import type { MergeFile } from './merge-file.js';
import type { MergeFilesOptions } from './merge-files.js';
import { createOpenFiles, type OpenFiles } from './open-files.js';
import type { OpenRows } from './steps.js';
import { planSegments, rangesIn, type FileRange, type Part, type Segment } from './segments.js';

/** What all steps of a merge have in common, and how far they have come. */
export interface Work {
  readonly files: readonly MergeFile[];
  readonly segments: readonly Segment[];
  readonly options: MergeFilesOptions;
  readonly open: OpenFiles;
  readonly lanes: Lanes;
  readonly proof: RowProof | undefined;
  /** Of the last row that was planned of each sorted file. */
  readonly lastKeys: Map<number, RowKeys>;
  /** What rows are read from and is not closed yet; whoever closes one takes it out. */
  readonly unclosed: Set<OpenRows>;
  rowCount: number;
  copiedRows: number;
  /** The numbers of the next rows, where rows are numbered, until it is asked for others. */
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
  const { arena, proveWithout, sequence } = options;
  for (const { rowCount, rowGroups } of files)
    assert(rowCount === rowsOf(rowGroups), 'every row is in a row group');
  const segments = planSegments(files, options);
  const uses = usesOf(files.length, segments);
  const open = createOpenFiles((file) => openKnown(files[file] as MergeFile), {
    uses,
    nameOf: (file) => (files[file] as MergeFile).name,
  });
  const lanes = await openAllLanes({ files, segments, uses, open }, options);
  const proof = proveWithout && createRowProof(arena, files.length);
  const held = createArenaBuffer(arena);
  let numbered = 0;
  const work: Work = {
    ...{ files, segments, options, open, lanes, proof, lastKeys: new Map(), unclosed: new Set() },
    rowCount: 0,
    copiedRows: 0,
    numbers(rowCount) {
      if (sequence === undefined) return [];
      const values = held.room(rowCount * 8);
      arena.kernels.count64(numbered, rowCount, values);
      numbered += rowCount;
      return [{ layout: 'fixed', rowCount, validity: 0, width: 8, values }];
    },
    async write(chunks, rowCount) {
      await sink.writeRowGroup(chunks.flat(), rowCount);
      work.rowCount += rowCount;
      options.onRows?.(work.rowCount);
    },
    async release() {
      try {
        await lanes.release();
      } finally {
        // Where steps were not finished: nobody reads any more.
        await Promise.allSettled([...work.unclosed].map(async (rows) => rows.close()));
        await open.closeAll();
        proof?.release();
        held.release();
      }
    },
  };
  return work;
}

async function openAllLanes(plan: Plan, options: MergeFilesOptions): Promise<Lanes> {
  const { schema, sequence, proveWithout: exclude } = options;
  const { files, uses, open } = plan;
  const orderBy = options.orderBy.map((name) => schema.fields.find((field) => field.name === name));
  try {
    return await openLanes({
      ...options,
      ...{ files, uses, exclude, orderBy: orderBy.filter((field) => field !== undefined) },
      schema: { fields: schema.fields.filter(({ name }) => name !== sequence?.name) },
      output: (sequence === undefined ? schema : withSequence(schema, sequence)).fields,
      sharing: await sharingOf(plan, options),
    });
  } catch (error) {
    await open.closeAll();
    throw error;
  }
}

/** @throws LakeError `corrupt` (`STATS_MISMATCH`) when its rows are not as many, or in other row groups, than is known of it. */
async function openKnown(file: MergeFile): Promise<ParquetReader> {
  const reader = await file.open();
  if (hasKnownRows(reader, file)) return reader;
  reader.close();
  throw new LakeError('corrupt', 'a file does not have the rows that are known of it', {
    code: 'STATS_MISMATCH',
    details: { source: file.name, known: file.rowCount, rowCount: reader.rowCount },
  });
}

function hasKnownRows(reader: ParquetReader, { rowCount, rowGroups }: MergeFile): boolean {
  if (reader.rowCount !== rowCount) return false;
  // Facts of row groups are made when they are asked for, and most files have one.
  if (rowGroups.length === 1 && rowGroups[0]?.rowGroup === 0) return true;
  const found = reader.rowGroups.flatMap((group, rowGroup) =>
    group.rowCount === 0 ? [] : [{ rowGroup, rowCount: group.rowCount }],
  );
  return (
    found.length === rowGroups.length &&
    found.every((one, i) => one.rowGroup === rowGroups[i]?.rowGroup && one.rowCount === rowGroups[i].rowCount)
  );
}

function rowsOf(rowGroups: readonly { readonly rowCount: number }[]): number {
  return rowGroups.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

/** How many ranges each file has; a file without rows is never opened. */
function usesOf(fileCount: number, segments: readonly Segment[]): readonly number[] {
  const uses = new Array<number>(fileCount).fill(0);
  for (const { file } of segments.flatMap(rangesIn)) uses[file] = (uses[file] as number) + 1;
  return uses;
}

function partsOf(segment: Segment): readonly Part[] {
  return segment.kind === 'copy' ? [{ ranges: [segment.range], inTurn: true }] : segment.parts;
}

interface Plan extends Pick<Work, 'files' | 'segments' | 'open'> {
  readonly uses: readonly number[];
}

/** What a helper needs to take part, if there is one that can. */
async function sharingOf({ files, segments, uses, open }: Plan, { helper, openMax }: MergeFilesOptions) {
  const model = uses.findIndex((count) => count > 0);
  if (helper === undefined || model < 0) return undefined;
  const parts = segments.flatMap(partsOf).map((part) => ({ ...part, overlap: overlapOf(part) }));
  const isPlain = ({ file }: FileRange) => files[file]?.isSorted === true && files[file].place !== undefined;
  // It finds everything only where nothing has to be sorted or spilled first.
  const canShare = parts.every(({ ranges, overlap }) => ranges.every(isPlain) && overlap <= openMax);
  if (!canShare) return undefined;
  const matches = parts.reduce((sum, { ranges, overlap }) => sum + rowsOf(ranges) * Math.log2(overlap), 0);
  return { helper, model: await open.reader(model), matchesPerRow: matches / rowsOf(files) };
}

/** How many ranges of a part are open at once. */
function overlapOf({ ranges, inTurn }: Part): number {
  return inTurn ? 1 : overlapMax(ranges.map(({ min, max }) => ({ lowerBound: min, upperBound: max })));
}
