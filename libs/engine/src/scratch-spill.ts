import type { Arena } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { MergeSource, Spill } from '@ticklake/merge';
import { createParquetSink, openParquet, type ParquetLimits } from '@ticklake/parquet';
import { createScratchFile, type FileSystem, type ScratchFile } from '@ticklake/storage';
import { createOpenFiles } from './open-files.js';
import { rangeSource } from './range-source.js';

/** Small groups, so that many spilled runs can be open together. */
const SPILL_GROUP_ROWS = 8_192;
const WINDOW_BYTES = 64 * 1024;

/** What {@link createScratchSpill} works with. */
export interface ScratchSpillOptions {
  readonly arena: Arena;
  /** A local directory. */
  readonly directory: string;
  readonly fileSystem: FileSystem;
  /** One or two order columns of the rows. */
  readonly orderBy: readonly string[];
  readonly limits: ParquetLimits;
}

/**
 * Intermediate runs of a merge as Parquet scratch files, every page with its CRC (MG-13). Each is removed when the merge closes it;
 * {@link ScratchSpill.dispose} removes what a failure left.
 */
export interface ScratchSpill extends Spill {
  dispose(): Promise<void>;
}

/** Spills into a scratch directory. */
export function createScratchSpill(options: ScratchSpillOptions): ScratchSpill {
  const { arena, directory, fileSystem } = options;
  const files = new Set<ScratchFile>();
  return {
    async write(name, schema, batches) {
      const target = await createScratchFile(directory, { fileSystem });
      files.add(target);
      const sink = createParquetSink({ target, arena }, schema, {
        compression: 'none',
        zstdLevel: 1,
        rowGroupRows: SPILL_GROUP_ROWS,
        pageRows: SPILL_GROUP_ROWS,
        dictionaryBytesMax: 64 * 1024,
        sortingColumns: [],
        createdBy: 'ticklake spill',
      });
      try {
        for await (const { columns, rowCount } of batches) await sink.writePlaced(columns, rowCount);
        const { rowCount } = await sink.finish({});
        return await spilledSource(options, { name, file: target, rowCount });
      } finally {
        sink.close();
      }
    },
    async dispose() {
      for (const file of files) await file.dispose();
      files.clear();
    },
  };
}

async function spilledSource(
  { arena, limits, orderBy }: ScratchSpillOptions,
  { name, file, rowCount }: { readonly name: string; readonly file: ScratchFile; readonly rowCount: number },
): Promise<MergeSource> {
  const source = await file.seal();
  const [first] = orderBy;
  assert(first !== undefined, 'there is an order column');
  const reader = await openParquet({ source, arena, wholeBytesMax: 0, windowBytes: WINDOW_BYTES }, limits);
  const bounds = rowCount === 0 ? undefined : reader.minMax(first);
  const files = createOpenFiles(() => Promise.resolve(reader), { uses: [1], nameOf: () => name });
  const range = {
    file: 0,
    rowGroup: 0,
    rowCount,
    min: BigInt(bounds?.min ?? 0),
    max: BigInt(bounds?.max ?? 0),
  };
  const rows = rangeSource(files, range, { arena, name, orderBy });
  return {
    ...rows,
    ...(bounds === undefined ? { lowerBound: undefined, upperBound: undefined } : {}),
    async close() {
      await rows.close();
      reader.close();
      await file.dispose();
    },
  };
}
