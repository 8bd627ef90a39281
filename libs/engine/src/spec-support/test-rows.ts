import {
  concatBatches,
  createMultisetHash,
  createOrderedHash,
  createRowHasher,
  emptyColumn,
  takeRows,
  type Column,
  type Field,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { arbitraryBatch } from '@ticklake/columnar/testing';
import type { TakenRows } from '@ticklake/merge';
import fc from 'fast-check';
import { ARENA } from './test-arena.js';

const field = (name: string, type: Field['type'], nullable = false): Field => ({ name, type, nullable });

/** Two order columns first, then a column of every kind. */
export const SCHEMA: Schema = {
  fields: [
    field('ts_event', { kind: 'timestamp', unit: 'us', utc: true }),
    field('seq', { kind: 'int', bits: 64, signed: true }),
    field('price', { kind: 'float', bits: 64 }, true),
    field('size', { kind: 'float', bits: 32 }),
    field('level', { kind: 'int', bits: 16, signed: false }),
    field('count', { kind: 'int', bits: 64, signed: false }, true),
    field('flag', { kind: 'bool' }, true),
    field('day', { kind: 'date' }),
    field('side', { kind: 'utf8' }, true),
    field('id', { kind: 'bytes' }),
    field('key', { kind: 'bytes', sizeBytes: 5 }, true),
    field('fee', { kind: 'decimal', precision: 18, scale: 2 }, true),
    field(
      'levels',
      { kind: 'nested', shape: 'list', children: [field('element', { kind: 'float', bits: 64 }, true)] },
      true,
    ),
  ],
};

/** `batch` with these values in the order columns. */
export function withKeys(batch: RecordBatch, ...keys: readonly (readonly bigint[])[]): RecordBatch {
  const order = keys.map((values): Column => ({ layout: 'fixed', values: BigInt64Array.from(values) }));
  return { ...batch, columns: [...order, ...batch.columns.slice(order.length)] };
}

/** Rows of {@link SCHEMA} in any order whose keys tie often; the least first key is `from`. */
export function arbitraryRows(rowsMax: number, from = 0n): fc.Arbitrary<RecordBatch> {
  return fc.nat({ max: rowsMax }).chain((rowCount) => {
    const keys = fc.array(fc.bigInt({ min: 0n, max: 6n }), { minLength: rowCount, maxLength: rowCount });
    return fc.tuple(arbitraryBatch(SCHEMA, rowCount), keys, keys).map(([batch, first, second]) =>
      withKeys(
        batch,
        first.map((key) => key + from),
        second,
      ),
    );
  });
}

/** `rowCount` rows of {@link SCHEMA}, always the same ones. */
export function sampleRows(rowCount: number, seed: number): RecordBatch {
  return fc.sample(arbitraryBatch(SCHEMA, rowCount), { numRuns: 1, seed })[0] as RecordBatch;
}

/** Values of an order column. */
export function keysOf(batch: RecordBatch, name: string): bigint[] {
  const column = batch.columns[batch.schema.fields.findIndex((one) => one.name === name)];
  if (column?.layout !== 'fixed') throw new Error(`order column ${name} is not fixed`);
  return Array.from(column.values, BigInt);
}

/** The obvious version: rows ordered by bigints, and by where they stood. */
export function sorted(batch: RecordBatch, orderBy: readonly string[]): RecordBatch {
  const keys = orderBy.map((name) => keysOf(batch, name));
  const rows = Array.from({ length: batch.rowCount }, (_, row) => row);
  rows.sort((a, b) => {
    const column = keys.find((values) => values[a] !== values[b]);
    return column === undefined ? a - b : (column[a] ?? 0n) < (column[b] ?? 0n) ? -1 : 1;
  });
  return takeRows(batch, Uint32Array.from(rows));
}

/** All rows, one batch after another; there may be no batch at all. */
export function whole(schema: Schema, batches: readonly RecordBatch[]): RecordBatch {
  if (batches.length > 0) return concatBatches(batches);
  return { schema, rowCount: 0, columns: schema.fields.map(({ type }) => emptyColumn(type)) };
}

/** The content hashes of a batch, with its order and without. */
export function hashesOf(
  batch: RecordBatch,
  exclude: readonly string[],
): { readonly taken: TakenRows; readonly ordered: string } {
  const hasher = createRowHasher(ARENA, batch.schema, { exclude });
  const [multiset, ordered] = [createMultisetHash(), createOrderedHash()];
  const digests = hasher.digestBatch(batch);
  multiset.add(digests);
  ordered.add(digests);
  hasher.release();
  return { taken: { rowCount: batch.rowCount, multiset: multiset.hex() }, ordered: ordered.hex() };
}

/** Rows with first keys from `from` on, each `ties` times, in any order; those of a seed are always the same. */
export function keyedRows(
  rowCount: number,
  { seed, from = 0, ties = 1 }: { readonly seed: number; readonly from?: number; readonly ties?: number },
): RecordBatch {
  const first = Array.from(
    { length: rowCount },
    (_, row) => BigInt(from) + BigInt((row * 7) % rowCount) / BigInt(ties),
  );
  const second = Array.from({ length: rowCount }, (_, row) => BigInt((row * 3) % 5));
  return withKeys(sampleRows(rowCount, seed), first, second);
}
