import { textColumn, type Column, type DataType } from '@ticklake/columnar';
import { toHex } from '@ticklake/core';
import type { SoughtValue } from '../../read/stored-forms.js';

/** A column of a type whose value number `n` is known: as a filter has it, in rows, and for DuckDB. */
export interface Kind {
  readonly type: DataType;
  /** Equal numbers are equal values, others are not. */
  value(n: number): SoughtValue;
  column(values: readonly number[]): Column;
  sql(n: number): string;
}

const fixed = <T extends Column>(layout: T) => layout;
/** By the name of their type. */
export const KINDS: Readonly<Record<string, Kind>> = {
  int16: {
    type: { kind: 'int', bits: 16, signed: true },
    value: (n) => n - 500,
    column: (all) => fixed({ layout: 'fixed', values: Int16Array.from(all, (n) => n - 500) }),
    sql: (n) => `${n - 500}::SMALLINT`,
  },
  uint16: {
    type: { kind: 'int', bits: 16, signed: false },
    value: (n) => 60_000 + n,
    column: (all) => fixed({ layout: 'fixed', values: Uint16Array.from(all, (n) => 60_000 + n) }),
    sql: (n) => `${60_000 + n}::USMALLINT`,
  },
  int32: {
    type: { kind: 'int', bits: 32, signed: true },
    value: (n) => n * 7919 - 1_000_000,
    column: (all) => fixed({ layout: 'fixed', values: Int32Array.from(all, (n) => n * 7919 - 1_000_000) }),
    sql: (n) => `${n * 7919 - 1_000_000}::INTEGER`,
  },
  uint32: {
    type: { kind: 'int', bits: 32, signed: false },
    value: (n) => 4_000_000_000 + n,
    column: (all) => fixed({ layout: 'fixed', values: Uint32Array.from(all, (n) => 4_000_000_000 + n) }),
    sql: (n) => `${4_000_000_000 + n}::UINTEGER`,
  },
  int64: {
    type: { kind: 'int', bits: 64, signed: true },
    value: (n) => BigInt(n) * 1_000_003n - 2n ** 40n,
    column: (all) =>
      fixed({ layout: 'fixed', values: BigInt64Array.from(all, (n) => BigInt(n) * 1_000_003n - 2n ** 40n) }),
    sql: (n) => `${BigInt(n) * 1_000_003n - 2n ** 40n}::BIGINT`,
  },
  uint64: {
    type: { kind: 'int', bits: 64, signed: false },
    value: (n) => 2n ** 63n + BigInt(n),
    column: (all) =>
      fixed({ layout: 'fixed', values: BigUint64Array.from(all, (n) => 2n ** 63n + BigInt(n)) }),
    sql: (n) => `${2n ** 63n + BigInt(n)}::UBIGINT`,
  },
  date: {
    type: { kind: 'date' },
    value: (n) => 10_000 + n,
    column: (all) => fixed({ layout: 'fixed', values: Int32Array.from(all, (n) => 10_000 + n) }),
    sql: (n) => `(DATE '1970-01-01' + ${10_000 + n}::INTEGER)`,
  },
  timestamp: {
    type: { kind: 'timestamp', unit: 'us', utc: false },
    value: (n) => 1_700_000_000_000_000n + BigInt(n),
    column: (all) =>
      fixed({ layout: 'fixed', values: BigInt64Array.from(all, (n) => 1_700_000_000_000_000n + BigInt(n)) }),
    sql: (n) => `make_timestamp(${1_700_000_000_000_000n + BigInt(n)})`,
  },
  float: {
    type: { kind: 'float', bits: 32 },
    value: (n) => Math.fround((n - 500) / 8),
    column: (all) => fixed({ layout: 'fixed', values: Float32Array.from(all, (n) => (n - 500) / 8) }),
    sql: (n) => `${(n - 500) / 8}::FLOAT`,
  },
  double: {
    type: { kind: 'float', bits: 64 },
    value: (n) => (n - 500) / 1024,
    column: (all) => fixed({ layout: 'fixed', values: Float64Array.from(all, (n) => (n - 500) / 1024) }),
    sql: (n) => `${(n - 500) / 1024}::DOUBLE`,
  },
  utf8: {
    type: { kind: 'utf8' },
    // Of every length about where the hash goes on in another way.
    value: (n) => textOf(n),
    column: (all) => textColumn(all.map(textOf)),
    sql: (n) => `'${textOf(n)}'`,
  },
  bytes: {
    type: { kind: 'bytes' },
    value: (n) => bytesOf(n, 1 + (n % 40)),
    column: (all) => bytesColumn(all.map((n) => bytesOf(n, 1 + (n % 40)))),
    sql: (n) => `from_hex('${toHex(bytesOf(n, 1 + (n % 40)))}')`,
  },
  'fixed bytes': {
    type: { kind: 'bytes', sizeBytes: 12 },
    value: (n) => bytesOf(n, 12),
    column: (all) => bytesColumn(all.map((n) => bytesOf(n, 12))),
    sql: (n) => `from_hex('${toHex(bytesOf(n, 12))}')`,
  },
};

function textOf(n: number): string {
  return `${'ключ😀'.repeat(n % 7)}${n}`;
}

function bytesOf(n: number, length: number): Uint8Array {
  const text = Buffer.from(`${n}:`.repeat(20));
  return new Uint8Array(Buffer.concat([Buffer.from(String(n)), text])).slice(0, Math.max(length, 6));
}

function bytesColumn(values: readonly Uint8Array[]): Column {
  const offsets = new Uint32Array(values.length + 1);
  values.forEach((value, i) => (offsets[i + 1] = (offsets[i] as number) + value.length));
  return { layout: 'bytes', values: { offsets, data: new Uint8Array(Buffer.concat(values)) } };
}
