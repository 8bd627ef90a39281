import { assert } from '@ticklake/core';
import {
  createMultisetHash,
  createRowDigester,
  columnLength,
  type Column,
  type Schema,
} from '@ticklake/columnar';
import { openParquet, type ColumnCursor, type ParquetReader } from '@ticklake/parquet';
import type { MergeSource } from '@ticklake/merge';
import { orderValues, SEQUENCE, type InspectedSource } from './inspect-source.js';
import { SPOOL_LIMITS } from './limits.js';
import type { SpoolFiles } from './spool-files.js';

/** Keys read ahead of a merge, per open source: 128 KiB, so that hundreds of them stay within any budget. */
const KEY_ROWS = 16_384;

/** A source of the merge that adds up what it handed over. */
export interface CountedSource extends MergeSource {
  /** Rows and content hash of everything taken so far; complete once the merge has drained the source. */
  taken(): { readonly rowCount: number; readonly multiset: string };
}

/**
 * A spool file as an input of the merge: opened when first asked for, closed with it. Its content hash is computed
 * from the values as they come out of the decoder, before anything is moved, so that the receipt notices whatever the
 * merge, the writer or the disk does to a row later.
 */
export function spoolMergeSource(
  files: SpoolFiles,
  source: InspectedSource,
  { schema, orderBy }: { readonly schema: Schema; readonly orderBy: readonly string[] },
): CountedSource {
  let opening: Promise<ParquetReader> | undefined;
  const cursors = new Map<string, ColumnCursor>();
  const open = () =>
    (opening ??= files.openAgain(source.object).then((bytes) => openParquet(bytes, SPOOL_LIMITS)));
  const counter = rowCounter(schema);
  return {
    name: source.name,
    rowCount: source.rowCount,
    lowerBound: source.timeMin,
    upperBound: source.timeMax,
    async *keys() {
      const reader = await open();
      const columns = orderBy.map((name) => reader.column(name));
      for (let row = 0; row < source.rowCount; row += KEY_ROWS) {
        const count = Math.min(KEY_ROWS, source.rowCount - row);
        const pieces: BigInt64Array[] = [];
        for (const [i, column] of columns.entries()) {
          pieces.push(orderValues(await column.take(count), orderBy[i] as string));
        }
        yield pieces;
      }
    },
    async take(name, rowCount) {
      let cursor = cursors.get(name);
      if (cursor === undefined) cursors.set(name, (cursor = (await open()).column(name)));
      const column = await cursor.take(rowCount);
      counter.add(name, column);
      return column;
    },
    close() {
      opening = undefined;
      cursors.clear();
      return Promise.resolve();
    },
    taken: () => counter.total(),
  };
}

/**
 * Digests rows that arrive column by column: every column of some rows, in any order, before the next rows.
 * That is how the merge takes them, and it is asserted here.
 */
function rowCounter(schema: Schema) {
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const multiset = createMultisetHash();
  let rowCount = 0;
  let open: { rows: number; seen: Set<string>; digester: ReturnType<typeof createRowDigester> } | undefined;
  return {
    add(name: string, column: Column) {
      const rows = columnLength(column);
      open ??= { rows, seen: new Set(), digester: createRowDigester(rows) };
      assert(open.rows === rows && !open.seen.has(name), 'columns are taken rows by rows');
      open.seen.add(name);
      const field = fields.get(name);
      assert(field !== undefined, 'only columns of the schema are taken');
      if (name !== SEQUENCE) open.digester.addColumn(field, column);
      if (open.seen.size < fields.size) return;
      multiset.add(open.digester.finish());
      rowCount += rows;
      open = undefined;
    },
    total: () => ({ rowCount, multiset: multiset.hex() }),
  };
}
