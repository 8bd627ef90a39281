import { compareBytes } from '@ticklake/core';
import type { Leaf } from './leaf.js';
import type { LeafBuffer } from './leaf-buffer.js';
import type { TextBuffer } from './text-buffer.js';

/** The least and the greatest of some values, each as its plain bytes without a length. */
export interface Bounds {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/**
 * Bounds of the present values `start … end`, in the order that the format gives to the leaf's type:
 * NaN is left out, a least zero is -0 and a greatest zero is +0. `undefined` when no value is left.
 */
export function boundsOf({ leaf, values }: LeafBuffer, start: number, end: number): Bounds | undefined {
  if (start >= end) return undefined;
  if (values.kind === 'text') return textBounds(leaf, values.buffer, start, end);
  const { words, wordsPerValue } = values.buffer;
  if (leaf.type.kind === 'bool') return boolBounds(words, start, end);
  if (leaf.order === 'float') return floatBounds(words, wordsPerValue, start, end);
  const flip = leaf.order === 'unsigned' ? 0x80000000 | 0 : 0;
  return wordsPerValue === 1 ? intBounds(words, start, end, flip) : longBounds(words, start, end, flip);
}

/** Bounds of everything that any of `parts` bounds. */
export function joinBounds(leaf: Leaf, parts: readonly (Bounds | undefined)[]): Bounds | undefined {
  let joined: Bounds | undefined;
  for (const part of parts) {
    if (part === undefined) continue;
    joined = {
      min: joined === undefined || compareBounds(leaf, part.min, joined.min) < 0 ? part.min : joined.min,
      max: joined === undefined || compareBounds(leaf, part.max, joined.max) > 0 ? part.max : joined.max,
    };
  }
  return joined;
}

/** Order of two plain values of `leaf`; neither is NaN. */
export function compareBounds(leaf: Leaf, a: Uint8Array, b: Uint8Array): number {
  switch (leaf.order) {
    case 'bytes':
      return compareBytes(a, b);
    case 'signedBytes':
      return compareSigned(a, b);
    case 'float': {
      const difference = floatOf(a) - floatOf(b);
      // Infinities of one sign differ by NaN; they are equal.
      return Number.isNaN(difference) ? 0 : difference;
    }
    case 'signed':
    case 'unsigned': {
      const [x, y] = [a.toReversed(), b.toReversed()];
      return leaf.order === 'signed' ? compareSigned(x, y) : compareBytes(x, y);
    }
  }
}

function boolBounds(words: Int32Array, start: number, end: number): Bounds {
  let min = 1;
  let max = 0;
  for (let i = start; i < end; i++) {
    if (words[i] === 0) min = 0;
    else max = 1;
  }
  return { min: Uint8Array.of(min), max: Uint8Array.of(max) };
}

/** `flip` inverts the sign bit, which makes unsigned order signed. */
function intBounds(words: Int32Array, start: number, end: number, flip: number): Bounds {
  let min = (words[start] as number) ^ flip;
  let max = min;
  for (let i = start + 1; i < end; i++) {
    const value = (words[i] as number) ^ flip;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  return { min: bytesOf(Int32Array.of(min ^ flip)), max: bytesOf(Int32Array.of(max ^ flip)) };
}

function longBounds(words: Int32Array, start: number, end: number, flip: number): Bounds {
  let minLow = (words[2 * start] as number) >>> 0;
  let minHigh = (words[2 * start + 1] as number) ^ flip;
  let maxLow = minLow;
  let maxHigh = minHigh;
  for (let i = start + 1; i < end; i++) {
    const high = (words[2 * i + 1] as number) ^ flip;
    const low = (words[2 * i] as number) >>> 0;
    if (high < minHigh || (high === minHigh && low < minLow)) {
      minHigh = high;
      minLow = low;
    } else if (high > maxHigh || (high === maxHigh && low > maxLow)) {
      maxHigh = high;
      maxLow = low;
    }
  }
  return {
    min: bytesOf(Int32Array.of(minLow, minHigh ^ flip)),
    max: bytesOf(Int32Array.of(maxLow, maxHigh ^ flip)),
  };
}

function floatBounds(
  words: Int32Array,
  wordsPerValue: 1 | 2,
  start: number,
  end: number,
): Bounds | undefined {
  const values =
    wordsPerValue === 2 ? new Float64Array(words.buffer, 0, end) : new Float32Array(words.buffer, 0, end);
  let min = Infinity;
  let max = -Infinity;
  for (let i = start; i < end; i++) {
    const value = values[i] as number;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) return undefined;
  const lowest = min === 0 ? -0 : min;
  const highest = max === 0 ? 0 : max;
  return wordsPerValue === 2
    ? { min: bytesOf(Float64Array.of(lowest)), max: bytesOf(Float64Array.of(highest)) }
    : { min: bytesOf(Float32Array.of(lowest)), max: bytesOf(Float32Array.of(highest)) };
}

function textBounds(leaf: Leaf, text: TextBuffer, start: number, end: number): Bounds {
  const { dictionary, codes } = text;
  const offsets = dictionary === undefined ? text.offsets : dictionary.offsets;
  const data = dictionary === undefined ? text.data.bytes : dictionary.data.bytes;
  const at = (entry: number) => data.subarray(offsets[entry], offsets[entry + 1]);
  const isAfter = leaf.order === 'bytes' ? compareBytes : compareSigned;
  const everyEntry = dictionary !== undefined && start === 0 && end === text.valueCount;
  const last = everyEntry ? dictionary.entryCount : end;
  const entryOf = (i: number) => (dictionary === undefined || everyEntry ? i : (codes[i] as number));
  let previous = entryOf(start);
  let min = at(previous);
  let max = min;
  for (let i = start + 1; i < last; i++) {
    const entry = entryOf(i);
    if (entry === previous) continue;
    previous = entry;
    const value = at(entry);
    if (isAfter(min, value) > 0) min = value;
    else if (isAfter(value, max) > 0) max = value;
  }
  return { min: min.slice(), max: max.slice() };
}

/** Big-endian two's complement of equal length: the sign bit, inverted, sorts negatives first. */
function compareSigned(a: Uint8Array, b: Uint8Array): number {
  const first = ((a[0] as number) ^ 0x80) - ((b[0] as number) ^ 0x80);
  return first !== 0 ? first : compareBytes(a, b);
}

function floatOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.length === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true);
}

function bytesOf(values: Int32Array | Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
