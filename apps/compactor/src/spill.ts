import { assert } from '@ticklake/core';
import type { Schema } from '@ticklake/columnar';
import type { MergeSource, Spill } from '@ticklake/merge';
import { createParquetSink, openParquet, type ColumnCursor } from '@ticklake/parquet';
import { createScratchFile, type ScratchFile } from '@ticklake/storage';
import type { CompactContext } from './compact-partition.js';
import { orderValues } from './inspect-source.js';
import { PUBLISHED_LIMITS } from './limits.js';

/** Small groups, so that many spilled runs can be open together. */
const SPILL_GROUP_ROWS = 8_192;

/**
 * Intermediate runs of a merge as Parquet scratch files, every page with its CRC (spec row MG-13). Each is removed when
 * the merge closes it; {@link SpillDirectory.dispose} removes what a failure left.
 */
export interface SpillDirectory {
  readonly spill: Spill;
  dispose(): Promise<void>;
}

/** Spills into the scratch directory, ordered by `orderBy`. */
export function createSpillDirectory(
  { settings, fileSystem }: Pick<CompactContext, 'settings' | 'fileSystem'>,
  orderBy: readonly string[],
): SpillDirectory {
  const files = new Set<ScratchFile>();
  return {
    spill: {
      async write(name, schema, batches) {
        const file = await createScratchFile(settings.scratch, { fileSystem });
        files.add(file);
        const sink = createParquetSink(file, schema, {
          compression: 'none',
          zstdLevel: 1,
          rowGroupRows: SPILL_GROUP_ROWS,
          pageRows: SPILL_GROUP_ROWS,
          dictionaryBytesMax: 64 * 1024,
          sortingColumns: [],
          createdBy: 'ticklake spill',
        });
        for await (const batch of batches) await sink.write(batch);
        const { rowCount } = await sink.finish({});
        return spilledSource({ name, file, rowCount, schema, orderBy });
      },
    },
    async dispose() {
      for (const file of files) await file.dispose();
      files.clear();
    },
  };
}

interface Spilled {
  readonly name: string;
  readonly file: ScratchFile;
  readonly rowCount: number;
  readonly schema: Schema;
  readonly orderBy: readonly string[];
}

async function spilledSource({ name, file, rowCount, schema, orderBy }: Spilled): Promise<MergeSource> {
  const sealed = await file.seal();
  const reader = await openParquet(sealed, PUBLISHED_LIMITS);
  assert(reader.schema.fields.length === schema.fields.length, 'a spilled run keeps its columns');
  const cursors = new Map<string, ColumnCursor>();
  const bounds = rowCount === 0 ? undefined : reader.minMax(orderBy[0] as string);
  return {
    name,
    rowCount,
    lowerBound: bounds && BigInt(bounds.min),
    upperBound: bounds && BigInt(bounds.max),
    async *keys() {
      const columns = orderBy.map((column) => reader.column(column));
      for (let row = 0; row < rowCount; row += SPILL_GROUP_ROWS) {
        const count = Math.min(SPILL_GROUP_ROWS, rowCount - row);
        const pieces: BigInt64Array[] = [];
        for (const [i, column] of columns.entries()) {
          pieces.push(orderValues(await column.take(count), orderBy[i] as string));
        }
        yield pieces;
      }
    },
    take(column, count) {
      let cursor = cursors.get(column);
      if (cursor === undefined) cursors.set(column, (cursor = reader.column(column)));
      return cursor.take(count);
    },
    close: () => file.dispose(),
  };
}
