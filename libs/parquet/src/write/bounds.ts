import { withBlock, type Arena } from '@ticklake/columnar';
import { compareBytes } from '@ticklake/core';
import type { DenseValues } from './dense-values.js';
import type { Leaf } from './leaf.js';

/** The least and the greatest of some values, each as its plain bytes without a length. */
export interface Bounds {
  readonly min: Uint8Array;
  readonly max: Uint8Array;
}

/**
 * Bounds of the present values `start … end`, in the order that the format gives to the leaf's type:
 * NaN is left out, a least zero is -0 and a greatest zero is +0. `undefined` when no value is left.
 */
export function boundsOf(
  arena: Arena,
  leaf: Leaf,
  values: DenseValues,
  { start, end }: { readonly start: number; readonly end: number },
): Bounds | undefined {
  if (start >= end) return undefined;
  const range = { start, end };
  switch (values.kind) {
    case 'bits': {
      const part = arena.bytes.subarray(values.values + start, values.values + end);
      return { min: Uint8Array.of(part.includes(0) ? 0 : 1), max: Uint8Array.of(part.includes(1) ? 1 : 0) };
    }
    case 'words':
    case 'wordCodes':
      return wordBounds(arena, leaf, values, range);
    case 'bytes':
    case 'byteCodes':
      return stringBounds(arena, leaf, values, range);
  }
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
      return compareWords(a, b, 0x80);
    case 'unsigned':
      return compareWords(a, b, 0);
  }
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function wordBounds(
  arena: Arena,
  leaf: Leaf,
  values: Extract<DenseValues, { readonly kind: 'words' | 'wordCodes' }>,
  { start, end }: Range,
): Bounds | undefined {
  const { size } = values;
  const count = end - start;
  return withBlock(arena, 64, (to) => {
    const { ofWords, ofNamed } = wordKernels(arena, leaf, size);
    if (values.kind === 'words') ofWords(values.values + start * size, count, to);
    else if (values.entryCount === 1) ofWords(values.entries, 1, to);
    else ofNamed(values.entries, values.codes + start * 4, count, to);
    if (leaf.order === 'float') {
      const [least, most] = arena.view<Float64Array | Float32Array>(
        size === 8 ? Float64Array : Float32Array,
        to,
        2,
      );
      if ((least as number) > (most as number)) return undefined;
    }
    return { min: arena.bytes.slice(to, to + size), max: arena.bytes.slice(to + size, to + 2 * size) };
  });
}

function wordKernels({ kernels }: Arena, { order }: Leaf, size: 4 | 8) {
  if (order === 'float') {
    return size === 8
      ? { ofWords: kernels.boundsF64, ofNamed: kernels.namedBoundsF64 }
      : { ofWords: kernels.boundsF32, ofNamed: kernels.namedBoundsF32 };
  }
  if (order === 'unsigned') {
    return size === 8
      ? { ofWords: kernels.boundsU64, ofNamed: kernels.namedBoundsU64 }
      : { ofWords: kernels.boundsU32, ofNamed: kernels.namedBoundsU32 };
  }
  return size === 8
    ? { ofWords: kernels.boundsI64, ofNamed: kernels.namedBoundsI64 }
    : { ofWords: kernels.boundsI32, ofNamed: kernels.namedBoundsI32 };
}

function stringBounds(
  arena: Arena,
  leaf: Leaf,
  values: Extract<DenseValues, { readonly kind: 'bytes' | 'byteCodes' }>,
  { start, end }: Range,
): Bounds {
  const { kernels } = arena;
  const count = end - start;
  const flip = leaf.order === 'signedBytes' ? 0x80 : 0;
  const entryAt = (index: number) => {
    const [from, to] = arena.view(Uint32Array, values.offsets + index * 4, 2);
    return arena.bytes.slice(values.data + (from as number), values.data + (to as number));
  };
  if (values.kind === 'bytes') {
    return withBlock(arena, 64, (to) => {
      kernels.boundsBytes(values.offsets + start * 4, values.data, count, flip, to);
      const [least, most] = arena.view(Uint32Array, to, 2);
      return { min: entryAt(start + (least as number)), max: entryAt(start + (most as number)) };
    });
  }
  const codes = usedCodes(arena.view(Uint32Array, values.codes + start * 4, count), values.entryCount);
  const isAfter = leaf.order === 'bytes' ? compareBytes : compareSigned;
  let min = entryAt(codes[0] as number);
  let max = min;
  for (const code of codes) {
    const value = entryAt(code);
    if (isAfter(min, value) > 0) min = value;
    else if (isAfter(value, max) > 0) max = value;
  }
  return { min, max };
}

/** Every code once. */
function usedCodes(codes: Uint32Array, entryCount: number): number[] {
  if (entryCount === 1) return [0];
  const isUsed = new Uint8Array(entryCount);
  for (let i = 0; i < codes.length; i++) isUsed[codes[i] as number] = 1;
  const used: number[] = [];
  for (let code = 0; code < entryCount; code++) if (isUsed[code] === 1) used.push(code);
  return used;
}

/** Words of one size, the least significant byte first; `flip` inverts the sign of the most significant one. */
function compareWords(a: Uint8Array, b: Uint8Array, flip: number): number {
  for (let i = a.length - 1, mask = flip; i >= 0; i--, mask = 0) {
    const difference = ((a[i] as number) ^ mask) - ((b[i] as number) ^ mask);
    if (difference !== 0) return difference;
  }
  return 0;
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
