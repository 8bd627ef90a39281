import { unreachable } from '@ticklake/core';
import type { Random } from '../spool/random.js';
import { between, chance, oneOf, randomBits } from './choose.js';
import type { FlatType, ScalarType } from './column-type.js';
import { floatBits, nanosPerUnit, type PlainValue } from './plain-value.js';

/** How the values of a column follow one another. */
export interface ValueStyle {
  /** Share of values that are the least, the greatest, empty, not a number, very long… */
  readonly edges: number;
  /** Each value a little above the one before, as times and ids are. */
  readonly rising: boolean;
  /** NaNs of any sign and payload; only our sink promises to keep them. */
  readonly nanPayloads: boolean;
}

/** A source of values of `type`, never null. */
export function scalarSource(type: ScalarType, style: ValueStyle, random: Random): () => PlainValue {
  const next = style.rising ? risingSource(type, random) : undefined;
  return () => {
    if (chance(random, style.edges)) return edgeValue(type, style, random);
    return next === undefined ? anyValue(type, random) : next();
  };
}

const SPECIAL = {
  32: [0x0n, 0x80000000n, 0x7f800000n, 0xff800000n, 0x7fc00000n, 0x1n, 0x80000001n, 0x7f7fffffn],
  64: [
    0x0n,
    0x8000000000000000n,
    0x7ff0000000000000n,
    0xfff0000000000000n,
    0x7ff8000000000000n,
    0x1n,
    0x8000000000000001n,
    0x7fefffffffffffffn,
  ],
};
const PAYLOADS = {
  32: [0x7fc01234n, 0xffc00000n, 0x7f800001n, 0xffffffffn],
  64: [0x7ff80000deadbeefn, 0xfff8000000000000n, 0x7ff0000000000001n, 0xffffffffffffffffn],
};
/** Both zeros, infinities, the one NaN that every reader gives back, the least and the greatest. */
const HALVES = [0x0000, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x0001, 0x83ff, 0x0400, 0x7bff];
const TEXTS = [
  '',
  '\ufeff',
  '\ufeffbom',
  'é',
  '₿',
  '😀',
  '\u0000',
  'a\u0000b',
  '"',
  '\\',
  "'",
  ' ',
  '\n',
  '\u{10ffff}',
];
const DOCUMENTS = ['{}', '[]', '0', '"x"', 'true', '{"a":1}', '{"a":[1,2,{"b":"ключ"}]}', '[1,"two",false]'];
const LONGEST = 3_000;
/** Every value that columns stored as an enumeration have. */
export const ENUM_ENTRIES: readonly string[] = Array.from({ length: 20 }, (_, i) => `entry-${i}`);

function edgeValue(type: ScalarType, style: ValueStyle, random: Random): PlainValue {
  const { data, form } = type;
  switch (data.kind) {
    case 'bool':
      return chance(random, 0.5);
    case 'float':
      return oneOf(
        random,
        style.nanPayloads ? [...SPECIAL[data.bits], ...PAYLOADS[data.bits]] : SPECIAL[data.bits],
      );
    case 'utf8':
      if (form === 'json') return Buffer.from(oneOf(random, DOCUMENTS));
      if (form === 'enum') return anyValue(type, random);
      return Buffer.from(chance(random, 0.1) ? longText(random) : oneOf(random, TEXTS));
    case 'bytes': {
      if (form === 'float16') return halfBytes(oneOf(random, HALVES));
      if (form === 'interval') return anyValue(type, random);
      const size = data.sizeBytes ?? oneOf(random, [0, 1, 500, LONGEST]);
      return new Uint8Array(size).fill(oneOf(random, [0, 0x20, 0x80, 0xff]));
    }
    default: {
      const { min, max } = rangeOf(data);
      return oneOf(random, [min, max, min + 1n, max - 1n, 0n, min < 0n ? -1n : 1n]);
    }
  }
}

function anyValue(type: ScalarType, random: Random): PlainValue {
  const { data, form } = type;
  switch (data.kind) {
    case 'bool':
      return chance(random, 0.5);
    case 'float':
      return floatBits(data.bits, anyNumber(random));
    case 'utf8':
      if (form === 'json') return Buffer.from(JSON.stringify({ n: random.below(1000), s: anyText(random) }));
      if (form === 'enum') return Buffer.from(oneOf(random, ENUM_ENTRIES));
      return Buffer.from(anyText(random));
    case 'bytes':
      if (form === 'float16') return halfBytes(finiteHalf(random));
      if (form === 'interval') return intervalBytes(random);
      return randomBytes(random, data.sizeBytes ?? random.below(24));
    default:
      return within(data, randomBits(random, oneOf(random, [8, 16, 33, 64, 127])));
  }
}

/** What has no order of its own is as random as ever. */
function risingSource(type: ScalarType, random: Random): () => PlainValue {
  const { data, form } = type;
  let at = random.below(1_000_000);
  const step = () => (at += random.below(oneOf(random, [2, 2, 5, 1000])));
  switch (data.kind) {
    case 'bool':
      return () => chance(random, 0.5);
    case 'float':
      return () => floatBits(data.bits, step() / 100);
    case 'utf8':
      if (form !== 'usual') return () => anyValue(type, random);
      return () => Buffer.from(`trade-${String(step()).padStart(9, '0')}`);
    case 'bytes':
      if (form === 'float16' || form === 'interval') return () => anyValue(type, random);
      return () => risingBytes(step(), data.sizeBytes ?? 9);
    default:
      return () => within(data, BigInt(step()));
  }
}

/** The range in which every writer and reader can hold the type; the whole range of the type, if they all can. */
function rangeOf(data: Exclude<FlatType, { kind: 'bool' | 'float' | 'utf8' | 'bytes' }>): {
  min: bigint;
  max: bigint;
} {
  switch (data.kind) {
    case 'int': {
      const bits = BigInt(data.bits);
      return data.signed
        ? { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n }
        : { min: 0n, max: (1n << bits) - 1n };
    }
    case 'date':
      // DuckDB's greatest dates mean infinity, and its least ones are no dates.
      return { min: -2_000_000n, max: 2_000_000_000n };
    case 'time':
      return { min: 0n, max: 86_400_000_000_000n / nanosPerUnit(data) - 1n };
    case 'timestamp': {
      // DuckDB counts milliseconds in microseconds, and the last numbers mean infinity.
      const limit = data.unit === 'ns' ? 9_223_372_036_854_775_000n : 9_000_000_000_000_000_000n;
      const max = data.unit === 'ms' ? limit / 1000n : limit;
      return { min: -max, max };
    }
    case 'decimal': {
      const max = 10n ** BigInt(data.precision) - 1n;
      return { min: -max, max };
    }
    default:
      return unreachable(data);
  }
}

function within(data: Parameters<typeof rangeOf>[0], bits: bigint): bigint {
  const { min, max } = rangeOf(data);
  const value = min < 0n && (bits & 1n) === 1n ? -bits : bits;
  if (value >= min && value <= max) return value;
  const span = max - min + 1n;
  return min + ((((value - min) % span) + span) % span);
}

function anyNumber(random: Random): number {
  const size = 10 ** between(random, -20, 20);
  const value = oneOf(random, [random.below(100), random.next(), random.next() * size]);
  return chance(random, 0.5) ? value : -value;
}

function anyText(random: Random): string {
  const letters = oneOf(random, ['ab', '0123456789', 'ключ', 'a₿😀é']);
  const characters = [...letters];
  return Array.from({ length: random.below(14) }, () => oneOf(random, characters)).join('');
}

function longText(random: Random): string {
  return oneOf(random, ['x', 'аб', 'lorem ipsum ', '😀']).repeat(between(random, 20, 250));
}

function randomBytes(random: Random, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, () => random.below(256));
}

function risingBytes(value: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256;
  return bytes;
}

/** No NaN: a half has many, and a reader that widens it keeps one. */
function finiteHalf(random: Random): number {
  const half = random.below(2 ** 16);
  return (half & 0x7c00) === 0x7c00 ? half & 0xfc00 : half;
}

function halfBytes(half: number): Uint8Array {
  return Uint8Array.of(half & 0xff, half >> 8);
}

/** Months, days and milliseconds, as far as DuckDB's signed numbers go. */
function intervalBytes(random: Random): Uint8Array {
  const bytes = new Uint8Array(12);
  const view = new DataView(bytes.buffer);
  for (const at of [0, 4, 8]) view.setUint32(at, random.below(oneOf(random, [2, 100, 2 ** 31])), true);
  return bytes;
}
