import type { Random } from '../spool/random.js';
import { between, chance, oneOf } from './choose.js';
import type { ColumnField, ColumnType, ScalarType, TreeType } from './column-type.js';
import { kindsOf, scalarType, type WriterName } from './scalar-kinds.js';

/** Names that need quoting, or that careless readers trip over. */
const NAMES = [
  'price',
  'with space',
  'a.b',
  'ключ',
  'select',
  '"quoted"',
  'constructor',
  'toString',
  'list',
  'key',
  'x\ny',
];
const DEPTH_MAX = 3;
const KEY_KINDS = ['utf8', 'int32', 'int64', 'date', 'uint16', 'bytes'] as const;

/** Columns of any type that `writer` can write. Names differ by more than case. */
export function anyFields(random: Random, writer: WriterName): readonly ColumnField[] {
  return Array.from({ length: between(random, 1, 6) }, (_, i) => ({
    name: chance(random, 0.15) ? `${oneOf(random, NAMES)}${i}` : `c${i}`,
    type: anyType(random, writer, 0),
    // DuckDB has no required columns in files.
    nullable: writer === 'duckdb' || chance(random, 0.6),
  }));
}

function anyType(random: Random, writer: WriterName, depth: number): ColumnType {
  const isNested = depth < DEPTH_MAX && chance(random, depth === 0 ? 0.22 : 0.3);
  return isNested ? anyTree(random, writer, depth + 1) : anyScalar(random, writer, depth);
}

function anyScalar(random: Random, writer: WriterName, depth: number): ScalarType {
  // INT96 is put together outside the writer, for flat columns. DuckDB refuses a whole file for one BSON column.
  const kinds = kindsOf(writer).filter(
    (kind) => (depth === 0 || kind !== 'int96') && (kind !== 'bson' || chance(random, 0.2)),
  );
  return scalarType(oneOf(random, kinds), writer, random);
}

function anyTree(random: Random, writer: WriterName, depth: number): TreeType {
  const shape = oneOf(random, ['struct', 'list', 'list', 'map'] as const);
  const child = (name: string): ColumnField => ({
    name,
    type: anyType(random, writer, depth),
    nullable: writer === 'duckdb' || chance(random, 0.7),
  });
  if (shape === 'list') return { shape, children: [child('element')] };
  if (shape === 'map') {
    const key = scalarType(oneOf(random, KEY_KINDS), writer, random);
    return { shape, children: [{ name: 'key', type: key, nullable: false }, child('value')] };
  }
  return { shape, children: Array.from({ length: between(random, 1, 3) }, (_, i) => child(`f${i}`)) };
}
