import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { createRandom, type Random } from '../../spool/random.js';

type WriteOptions = Parameters<typeof parquetWriteBuffer>[0];
type ColumnSource = WriteOptions['columnData'][number];
type Encoding = NonNullable<ColumnSource['encoding']>;

const SEED = 20260203;
const ROWS = 1_600;

/** Small enough for several pages in every chunk. */
const STORED = { rowGroupSize: 900, pageSize: 1_500, createdBy: 'fuzz' };

/** Which encoding the columns ask for. */
export type FlatEncoding = 'plain' | 'dictionary' | 'delta' | 'split';

/** A file of flat columns that hyparquet-writer writes: version 2 pages, page and column indexes, bloom filters. */
export function hyparquetFlat(encoding: FlatEncoding, codec: 'UNCOMPRESSED' | 'SNAPPY'): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ ...STORED, codec, columnData: flatColumns(encoding) }));
}

/** A file of nested columns that hyparquet-writer writes. */
export function hyparquetNested(): Uint8Array {
  const random = createRandom(SEED);
  const rows = Array.from({ length: ROWS / 2 }, (_, row) => row);
  const list = rows.map(() => maybe(random, () => items(random, () => maybe(random, () => long(random)))));
  const struct = rows.map((row) =>
    maybe(random, () => ({ a: BigInt(row), b: maybe(random, () => `b${random.below(50)}`) })),
  );
  const map = rows.map(() =>
    maybe(random, () =>
      items(random, (at) => ({ key: `k${at}`, value: maybe(random, () => random.next()) })),
    ),
  );
  const columnData = [
    { name: 'list', data: list },
    { name: 'struct', data: struct },
    { name: 'map', data: map },
  ];
  return new Uint8Array(
    parquetWriteBuffer({ ...STORED, codec: 'UNCOMPRESSED', schema: NESTED_SCHEMA, columnData }),
  );
}

const NESTED_SCHEMA: SchemaElement[] = [
  { name: 'root', num_children: 3 },
  { name: 'list', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', repetition_type: 'OPTIONAL', type: 'INT64' },
  { name: 'struct', repetition_type: 'OPTIONAL', num_children: 2 },
  { name: 'a', repetition_type: 'REQUIRED', type: 'INT64' },
  { name: 'b', repetition_type: 'OPTIONAL', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  { name: 'map', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'MAP' },
  { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
  { name: 'key', repetition_type: 'REQUIRED', type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  { name: 'value', repetition_type: 'OPTIONAL', type: 'DOUBLE' },
];

/** What each kind of value is encoded as. */
const ENCODINGS: Readonly<Record<FlatEncoding, { int: Encoding; float: Encoding; text: Encoding }>> = {
  plain: { int: 'PLAIN', float: 'PLAIN', text: 'PLAIN' },
  dictionary: { int: 'RLE_DICTIONARY', float: 'RLE_DICTIONARY', text: 'RLE_DICTIONARY' },
  delta: { int: 'DELTA_BINARY_PACKED', float: 'PLAIN', text: 'DELTA_BYTE_ARRAY' },
  split: { int: 'BYTE_STREAM_SPLIT', float: 'BYTE_STREAM_SPLIT', text: 'DELTA_LENGTH_BYTE_ARRAY' },
};

function flatColumns(kind: FlatEncoding): ColumnSource[] {
  const random = createRandom(SEED);
  const { int, float, text } = ENCODINGS[kind];
  // A dictionary of values that do not repeat would not be one.
  const few = kind === 'dictionary' ? 40 : 2 ** 31;
  const column = <T>(value: (row: number) => T) => Array.from({ length: ROWS }, (_, row) => value(row));
  const index = { columnIndex: true, bloomFilter: kind === 'dictionary' };
  return [
    {
      name: 'ts',
      type: 'INT64',
      data: column((row) => BigInt(1e12 + row * 7)),
      encoding: int,
      nullable: false,
    },
    { name: 'wide', type: 'INT64', data: column(() => maybe(random, () => long(random))), encoding: int },
    { name: 'seq', type: 'INT32', data: column(() => random.below(few)), encoding: int, ...index },
    { name: 'price', type: 'DOUBLE', data: column(() => random.below(few) / 8), encoding: float },
    {
      name: 'size',
      type: 'FLOAT',
      data: column(() => maybe(random, () => random.below(999))),
      encoding: float,
    },
    { name: 'side', type: 'STRING', data: column(() => `side-${random.below(5)}`), encoding: text, ...index },
    {
      name: 'note',
      type: 'STRING',
      data: column(() => maybe(random, () => `n-${random.below(few)}`)),
      encoding: text,
    },
    { name: 'flag', type: 'BOOLEAN', data: column(() => random.below(3) > 0) },
  ] as ColumnSource[];
}

function maybe<T>(random: Random, make: () => T): T | null {
  return random.below(5) === 0 ? null : make();
}

function items<T>(random: Random, make: (at: number) => T): T[] {
  return Array.from({ length: random.below(4) }, (_, at) => make(at));
}

function long(random: Random): bigint {
  return BigInt(random.below(2 ** 31)) * BigInt(random.below(2 ** 31)) - BigInt(random.below(2 ** 31));
}
