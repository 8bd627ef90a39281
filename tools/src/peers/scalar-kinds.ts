import type { TimeUnit } from '@ticklake/columnar';
import type { Random } from '../spool/random.js';
import { between, chance, oneOf } from './choose.js';
import type { FlatType, ScalarType, StorageForm } from './column-type.js';

/** Who writes the generated files. */
export type WriterName = 'duckdb' | 'hyparquet-writer' | 'ticklake';

/** The writers, in the order reports show them. */
export const WRITERS: readonly WriterName[] = ['duckdb', 'hyparquet-writer', 'ticklake'];

interface ScalarKind {
  readonly writers: readonly WriterName[];
  readonly data: (random: Random, writer: WriterName) => FlatType;
  readonly form?: StorageForm;
}

const OTHERS = ['duckdb', 'hyparquet-writer'] as const;
const HYPARQUET = ['hyparquet-writer'] as const;
const NOT_DUCKDB = ['hyparquet-writer', 'ticklake'] as const;

const KINDS = {
  bool: always({ kind: 'bool' }),
  int8: integer(8, true),
  int16: integer(16, true),
  int32: integer(32, true),
  int64: integer(64, true),
  uint8: integer(8, false),
  uint16: integer(16, false),
  uint32: integer(32, false),
  uint64: integer(64, false),
  float32: always({ kind: 'float', bits: 32 }),
  float64: always({ kind: 'float', bits: 64 }),
  float16: always({ kind: 'bytes', sizeBytes: 2 }, HYPARQUET, 'float16'),
  date: always({ kind: 'date' }),
  'time[ms]': time('ms', NOT_DUCKDB),
  'time[us]': time('us', WRITERS),
  'time[ns]': time('ns', NOT_DUCKDB),
  'timestamp[ms]': timestamp('ms'),
  'timestamp[us]': timestamp('us'),
  'timestamp[ns]': timestamp('ns'),
  int96: always({ kind: 'timestamp', unit: 'ns', utc: false }, HYPARQUET, 'int96'),
  utf8: always({ kind: 'utf8' }),
  json: always({ kind: 'utf8' }, OTHERS, 'json'),
  enum: always({ kind: 'utf8' }, OTHERS, 'enum'),
  bytes: always({ kind: 'bytes' }),
  bson: always({ kind: 'bytes' }, HYPARQUET, 'bson'),
  'fixed bytes': {
    writers: NOT_DUCKDB,
    data: (random) => ({ kind: 'bytes', sizeBytes: oneOf(random, [1, 2, 3, 5, 7, 8, 12, 16, 33]) }),
  },
  uuid: always({ kind: 'bytes', sizeBytes: 16 }, OTHERS, 'uuid'),
  interval: always({ kind: 'bytes', sizeBytes: 12 }, OTHERS, 'interval'),
  'decimal in int32': decimal(9, OTHERS, 'int32'),
  'decimal in int64': decimal(18, OTHERS, 'int64'),
  'decimal in fixed bytes': decimal(38, WRITERS, 'usual'),
  'decimal in bytes': decimal(38, HYPARQUET, 'variable'),
} as const satisfies Readonly<Record<string, ScalarKind>>;

/** What columns are counted as. */
export type ScalarKindName = keyof typeof KINDS;

/** Every kind, in the order reports show them. */
export const SCALAR_KINDS = Object.keys(KINDS) as readonly ScalarKindName[];

/** The kinds that `writer` can write. */
export function kindsOf(writer: WriterName): readonly ScalarKindName[] {
  return SCALAR_KINDS.filter((kind) => (KINDS[kind].writers as readonly WriterName[]).includes(writer));
}

/** A type of `kind` with its parameters chosen. */
export function scalarType(kind: ScalarKindName, writer: WriterName, random: Random): ScalarType {
  const facts: ScalarKind = KINDS[kind];
  return { kind, data: facts.data(random, writer), form: facts.form ?? 'usual' };
}

function always(data: FlatType, writers: readonly WriterName[] = WRITERS, form?: StorageForm): ScalarKind {
  return { writers, data: () => data, ...(form === undefined ? {} : { form }) };
}

function integer(bits: 8 | 16 | 32 | 64, signed: boolean): ScalarKind {
  return always({ kind: 'int', bits, signed });
}

function time(unit: TimeUnit, writers: readonly WriterName[]): ScalarKind {
  return { writers, data: (random) => ({ kind: 'time', unit, utc: chance(random, 0.5) }) };
}

/** DuckDB has an instant in microseconds only. */
function timestamp(unit: TimeUnit): ScalarKind {
  const hasInstant = (writer: WriterName) => writer !== 'duckdb' || unit === 'us';
  const utc = (random: Random, writer: WriterName) => hasInstant(writer) && chance(random, 0.5);
  return {
    writers: WRITERS,
    data: (random, writer) => ({ kind: 'timestamp', unit, utc: utc(random, writer) }),
  };
}

/** DuckDB chooses the storage by the precision: up to 9 digits in 32 bits, up to 18 in 64. */
function decimal(precisionMax: number, writers: readonly WriterName[], form: StorageForm): ScalarKind {
  const smaller = { 9: 1, 18: 10, 38: 19 }[precisionMax] ?? 1;
  return {
    writers,
    form,
    data: (random, writer) => {
      const precision = between(random, writer === 'duckdb' ? smaller : 1, precisionMax);
      return { kind: 'decimal', precision, scale: random.below(precision + 1) };
    },
  };
}
