import { bytesSource, type ByteSink } from '@ticklake/core';
import {
  columnLength,
  textColumn,
  valueAt,
  type Column,
  type Field,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { createParquetSink, openParquet } from '@ticklake/parquet';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { SPOOL_LIMITS } from '../limits.js';
import { ARENA } from './context.js';

const int64: Field['type'] = { kind: 'int', bits: 64, signed: true };

/** Columns of the little spool files of these tests: a clock, a price, a symbol. */
const SPOOL_SCHEMA: Schema = {
  fields: [
    { name: 'ts_event', type: int64, nullable: true },
    { name: 'price', type: { kind: 'float', bits: 64 }, nullable: true },
    { name: 'symbol', type: { kind: 'utf8' }, nullable: true },
  ],
};

/** One row of {@link SPOOL_SCHEMA}. */
export type SpoolRow = readonly [time: bigint, price: number, symbol: string | null];

/** Rows as a batch of {@link SPOOL_SCHEMA}. */
export function spoolBatch(rows: readonly SpoolRow[]): RecordBatch {
  const columns: Column[] = [
    { layout: 'fixed', values: BigInt64Array.from(rows, ([time]) => time) },
    { layout: 'fixed', values: Float64Array.from(rows, ([, price]) => price) },
    textColumn(rows.map(([, , symbol]) => symbol)),
  ];
  return { schema: SPOOL_SCHEMA, rowCount: rows.length, columns };
}

/** A batch as the bytes of a Parquet file. */
export async function parquetBytes(batch: RecordBatch, rowGroupRows = 50): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const target: ByteSink = {
    write(bytes) {
      pieces.push(bytes.slice());
      return Promise.resolve();
    },
  };
  const sink = createParquetSink({ target, arena: ARENA }, batch.schema, {
    compression: 'snappy',
    zstdLevel: 1,
    rowGroupRows,
    pageRows: 20,
    dictionaryBytesMax: 1024,
    sortingColumns: [],
    createdBy: 'test',
  });
  await sink.write(batch);
  await sink.finish({});
  return new Uint8Array(Buffer.concat(pieces));
}

/** Puts a spool file of `rows`. */
export async function putSpool(store: ObjectStore, key: string, rows: readonly SpoolRow[]): Promise<void> {
  await store.put(key, await parquetBytes(spoolBatch(rows)));
}

/** A published row: its number, then the row. */
export type PublishedRow = readonly [seq: bigint, ...row: SpoolRow];

/** Every row of a published data object, in file order. */
export async function publishedRows(store: ObjectStore, key: string): Promise<PublishedRow[]> {
  const { bytes } = await store.get(key);
  const reader = await openParquet({ source: bytesSource(bytes), arena: ARENA }, SPOOL_LIMITS);
  const take = (name: string) => reader.column(name).take(reader.rowCount);
  const values = async (name: string) => {
    const column = await take(name);
    return Array.from({ length: reader.rowCount }, (_, row) => valueAt(column, row));
  };
  const [times, numbers, prices] = [await values('ts_event'), await values('seq'), await values('price')];
  const symbols = texts(await take('symbol'));
  reader.close();
  return Array.from({ length: reader.rowCount }, (_, row) => [
    numbers[row] as bigint,
    times[row] as bigint,
    prices[row] as number,
    symbols[row] ?? null,
  ]);
}

/** The sorted, numbered rows that `files` (by name) must come to: a stable sort of their concatenation. */
export function expectedRows(files: Readonly<Record<string, readonly SpoolRow[]>>): PublishedRow[] {
  const rows = Object.keys(files)
    .sort()
    .flatMap((name) => files[name] ?? []);
  const sorted = rows
    .map((row, index) => ({ row, index }))
    .sort((a, b) => (a.row[0] < b.row[0] ? -1 : a.row[0] > b.row[0] ? 1 : a.index - b.index));
  return sorted.map(({ row }, index) => [BigInt(index), ...row]);
}

/** Every object of a store by key, for comparing whole stores. */
export async function contentsOf(store: ObjectStore): Promise<Map<string, string>> {
  const contents = new Map<string, string>();
  for await (const { key } of store.list('')) {
    const { bytes } = await store.get(key);
    contents.set(key, Buffer.from(bytes).toString('latin1'));
  }
  return contents;
}

let openEmpty: () => ObjectStore = memoryStore;

/** From now on, stores of the suites in this file are what `open` gives: the same suites, on another backend. */
export function openStoresWith(open: () => ObjectStore): void {
  openEmpty = open;
}

/** A new, empty store: in memory, where nobody asked for others. */
export function emptyStore(): ObjectStore {
  return openEmpty();
}

function texts(column: Column): (string | null)[] {
  return Array.from({ length: columnLength(column) }, (_, row) => {
    const value = valueAt(column, row);
    return value instanceof Uint8Array ? new TextDecoder().decode(value) : null;
  });
}
