import type { ColumnFacts, LeafFacts } from './column-facts.js';
import { numberText } from './plain-value.js';
import type { ScalarKindName } from './scalar-kinds.js';
import { halfNumber } from './write-hyparquet.js';

/** Whose word is held against ours: another reader's, or what the writer was given. */
export type PeerName = 'written' | 'duckdb' | 'hyparquet' | 'parquet-wasm';

/** Something that a peer cannot do or does otherwise, and what is compared all the same. */
export interface KnownLimit {
  readonly peer: PeerName;
  readonly why: string;
  readonly applies: (column: ColumnFacts) => boolean;
  /** Made of both texts before they are compared; without it the column is not compared with this peer. */
  readonly normalise?: (text: string) => string;
}

/** The limits of `peer` that `column` meets. */
export function limitsOf(peer: PeerName, column: ColumnFacts): readonly KnownLimit[] {
  return KNOWN_LIMITS.filter((limit) => limit.peer === peer && limit.applies(column));
}

/** Integers of a value and of its parts; digits of bytes at times, but of both sides the same. */
const INTEGERS = /(?<!\w)-?\d+(?!\w)/g;

/** Every exclusion there is; applied in this order. */
const KNOWN_LIMITS: readonly KnownLimit[] = [
  {
    peer: 'written',
    why: 'the dictionaries of DuckDB and hyparquet-writer hold 0 and -0 as one value',
    applies: ({ writer, leaves }) =>
      writer !== 'ticklake' && leaves.some((leaf) => isFloat(leaf) && hasAny(leaf, DICTIONARIES)),
    normalise: (text) => text.replace(/\b8(0{7}|0{15})\b/g, '0$1'),
  },
  {
    peer: 'written',
    why: "DuckDB's dictionaries hold intervals of equal length, such as a month and 30 days, as one value",
    applies: ({ writer, leaves }) => writer === 'duckdb' && leaves.some(isOf('interval')),
  },
  {
    peer: 'duckdb',
    why: 'DuckDB opens no file with a BSON column',
    applies: ({ kindsOfFile }) => kindsOfFile.has('bson'),
  },
  {
    peer: 'duckdb',
    why: 'DuckDB reads BYTE_STREAM_SPLIT of floats only',
    applies: ({ leaves }) => leaves.some((leaf) => !isFloat(leaf) && hasAny(leaf, ['BYTE_STREAM_SPLIT'])),
  },
  {
    peer: 'duckdb',
    why: 'DuckDB reads delta encodings of bytes for text and blobs, not for decimals',
    applies: ({ leaves }) =>
      leaves.some((leaf) => isOf('decimal in bytes')(leaf) && hasAny(leaf, DELTAS_OF_BYTES)),
  },
  {
    peer: 'duckdb',
    why: 'DuckDB widens FLOAT16 to 32 bits, so halves are compared as floats',
    applies: ({ leaves }) => leaves.some(isOf('float16')),
    normalise: (text) =>
      text.replace(/\b[0-9a-f]{4}\b/g, (half) => numberText(32, halfNumber(Buffer.from(half, 'hex')))),
  },
  {
    peer: 'duckdb',
    why: 'DuckDB has instants and times of day in microseconds, where the file has nanoseconds',
    applies: ({ leaves }) => leaves.some((leaf) => isOf('time[ns]')(leaf) || isInstantInNanos(leaf)),
    normalise: (text) => text.replace(INTEGERS, (digits) => String(BigInt(digits) / 1000n)),
  },
  {
    peer: 'duckdb',
    why: 'DuckDB rounds INT96 down to microseconds',
    applies: ({ leaves }) => leaves.some(isOf('int96')),
    normalise: (text) => (text === 'null' ? text : String((BigInt(text) + 10n ** 21n) / 1000n)),
  },
  {
    peer: 'hyparquet',
    why: "hyparquet loses the highest bit of DuckDB's deltas of uint32, which begin with a number of 33 bits",
    applies: ({ writer, leaves }) =>
      writer === 'duckdb' &&
      leaves.some((leaf) => isOf('uint32')(leaf) && hasAny(leaf, ['DELTA_BINARY_PACKED'])),
    normalise: (text) => text.replace(INTEGERS, (digits) => String(BigInt.asUintN(31, BigInt(digits)))),
  },
  {
    peer: 'hyparquet',
    why: 'hyparquet keeps floats of columns with nulls as JavaScript numbers, in which all NaNs are one',
    applies: ({ field, leaves }) => !('shape' in field.type) && leaves.some(isFloat),
    normalise: (text) => (isNan(text) ? 'nan' : text),
  },
];

const DICTIONARIES = ['RLE_DICTIONARY', 'PLAIN_DICTIONARY'];
const DELTAS_OF_BYTES = ['DELTA_LENGTH_BYTE_ARRAY', 'DELTA_BYTE_ARRAY'];

function hasAny({ encodings }: LeafFacts, wanted: readonly string[]): boolean {
  return wanted.some((encoding) => encodings.has(encoding));
}

function isOf(kind: ScalarKindName): (leaf: LeafFacts) => boolean {
  return ({ scalar }) => scalar.kind === kind;
}

function isFloat({ scalar }: LeafFacts): boolean {
  return scalar.data.kind === 'float';
}

function isInstantInNanos({ scalar: { kind, data } }: LeafFacts): boolean {
  return kind === 'timestamp[ns]' && data.kind === 'timestamp' && data.utc;
}

/** Whether hexadecimal digits are the bits of a NaN. */
function isNan(text: string): boolean {
  if (text === 'null') return false;
  const withoutSign = BigInt.asUintN(text.length * 4 - 1, BigInt(`0x${text}`));
  return withoutSign > (text.length === 8 ? 0x7f800000n : 0x7ff0000000000000n);
}
