import { ENCODING } from '../../format/constants.js';
import { hostileFile, oneColumn, type HostileChunk, type HostilePage } from '../hostile-file.js';
import { PHYSICAL, REPETITION } from '../../format/constants.js';

/** Pieces of bytes as one. */
export function bytes(...parts: readonly (number | readonly number[] | Uint8Array)[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))));
}

/** Four bytes, little-endian. */
export function u32(value: number): Uint8Array {
  return Buffer.from(Uint32Array.of(value).buffer);
}

/** An unsigned varint. */
export function varint(value: number): number[] {
  return value < 128 ? [value] : [value % 128 | 128, ...varint(Math.floor(value / 128))];
}

/** INT64 values as PLAIN stores them. */
export function longs(...values: readonly number[]): Uint8Array {
  return Buffer.from(BigInt64Array.from(values, BigInt).buffer);
}

/** The ten values that every attack pretends to have. */
export const TEN = longs(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);

/** A run of 2^30 values, as the head of an RLE run says it. */
export const HUGE_RUN = varint(2 ** 31);

/** A bit-packed run whose head, shifted with a sign, is negative. */
export const NEGATIVE_RUN = varint(0xffffffff);

/** A run of ten values. */
export const RUN_OF_TEN = 20;

/** Levels of a version 1 page, after their length. */
export function levels(...runs: readonly (number | readonly number[])[]): Uint8Array {
  const all = bytes(...runs);
  return bytes(u32(all.length), all);
}

/** A version 1 page of PLAIN values. */
export function page(body: Uint8Array, rest: Partial<HostilePage> = {}): HostilePage {
  return { body, ...rest };
}

/** A version 2 page: the sizes of its levels are made to fit. */
export function pageV2(
  parts: { readonly repetition?: Uint8Array; readonly definition?: Uint8Array; readonly values: Uint8Array },
  rest: Partial<HostilePage> & { readonly nulls?: number; readonly rows?: number } = {},
): HostilePage {
  const { repetition = bytes(), definition = bytes(), values } = parts;
  const { nulls = 0, rows = 10, ...header } = rest;
  const v2 = { nulls, rows, definition: definition.length, repetition: repetition.length };
  return { body: bytes(repetition, definition, values), type: 'v2', v2, ...header };
}

/** A dictionary of two INT64 values. */
export const DICTIONARY = page(longs(1, 2), { type: 'dictionary', valueCount: 2 });

/** A version 1 page of codes. */
export function coded(...body: readonly (number | readonly number[])[]): HostilePage {
  return page(bytes(...body), { encoding: ENCODING.RLE_DICTIONARY });
}

/** A version 2 page of codes. */
export function codedV2(...body: readonly (number | readonly number[])[]): HostilePage {
  return pageV2({ values: bytes(...body) }, { encoding: ENCODING.RLE_DICTIONARY });
}

/** A file of one required INT64 column. */
export function required(chunk: HostileChunk, rows = 10): Uint8Array {
  return hostileFile({ groups: [{ rows, chunks: [chunk] }] });
}

/** A file of one optional INT64 column. */
export function optional(chunk: HostileChunk, rows = 10): Uint8Array {
  return oneOf({ repetition: REPETITION.OPTIONAL }, chunk, rows);
}

/** A file of one repeated INT64 column: a list. */
export function repeated(chunk: HostileChunk, rows = 10): Uint8Array {
  return oneOf({ repetition: REPETITION.REPEATED }, chunk, rows);
}

/** A file of one BYTE_ARRAY column. */
export function texts(chunk: HostileChunk, rows = 10): Uint8Array {
  return oneOf({ physical: PHYSICAL.BYTE_ARRAY }, chunk, rows);
}

/** A file of one column that `element` describes. */
export function oneOf(
  element: NonNullable<Parameters<typeof oneColumn>[0]>,
  chunk: HostileChunk,
  rows = 10,
): Uint8Array {
  return hostileFile({ elements: oneColumn(element), groups: [{ rows, chunks: [chunk] }] });
}

/** One page as the first, second or third of three, between good pages of ten values. */
export function among(at: 0 | 1 | 2, bad: HostilePage, good: HostilePage): HostilePage[] {
  return [0, 1, 2].map((i) => (i === at ? bad : good));
}
