import { LakeError } from '@ticklake/core';
import { fitsLeaf, toFixedDecimal } from './fixed-bytes.js';
import type { Leaf } from './leaf.js';
import type { LeafBuffer } from './leaf-buffer.js';
import { putText, type TextBuffer } from './text-buffer.js';
import { reserveWords, type WordBuffer } from './word-buffer.js';

/**
 * Appends single values of a nested leaf, in the form that a nested column carries them.
 * What it returns throws LakeError `invalid` for a value of another type or out of the type's range.
 */
export function createLeafPutter({ leaf, values }: LeafBuffer): (value: unknown) => void {
  return values.kind === 'text' ? textPutter(leaf, values.buffer) : wordPutter(leaf, values.buffer);
}

function textPutter(leaf: Leaf, buffer: TextBuffer): (value: unknown) => void {
  const encoder = new TextEncoder();
  const fixed = new Uint8Array(leaf.sizeBytes ?? 0);
  return (value) => {
    if (leaf.type.kind === 'utf8') {
      if (typeof value !== 'string') throw wrongValue(leaf, value);
      const bytes = encoder.encode(value);
      return putText(buffer, bytes, 0, bytes.length);
    }
    if (!(value instanceof Uint8Array)) throw wrongValue(leaf, value);
    if (leaf.type.kind === 'decimal') {
      toFixedDecimal(value, fixed, leaf);
      return putText(buffer, fixed, 0, fixed.length);
    }
    if (leaf.sizeBytes !== undefined) fitsLeaf(value.length, leaf);
    putText(buffer, value, 0, value.length);
  };
}

function wordPutter(leaf: Leaf, buffer: WordBuffer): (value: unknown) => void {
  const toWords = wordsOf(leaf);
  return (value) => {
    const words = toWords(value);
    reserveWords(buffer, 1);
    buffer.words.set(words, buffer.valueCount * buffer.wordsPerValue);
    buffer.valueCount++;
  };
}

/** The returned function gives a view of one value's words that its next call changes. */
function wordsOf(leaf: Leaf): (value: unknown) => Int32Array {
  const { type } = leaf;
  const cell = new ArrayBuffer(8);
  const word = new Int32Array(cell, 0, 1);
  const words = new Int32Array(cell);
  if (type.kind === 'float') {
    const target = type.bits === 64 ? new Float64Array(cell) : new Float32Array(cell, 0, 1);
    return (value) => {
      if (typeof value !== 'number') throw wrongValue(leaf, value);
      target[0] = value;
      return type.bits === 64 ? words : word;
    };
  }
  if (leaf.sizeBytes === 8) {
    const target = new BigInt64Array(cell);
    const fits = leaf.order === 'signed' ? BigInt.asIntN : BigInt.asUintN;
    return (value) => {
      const integer = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
      if (typeof integer !== 'bigint' || fits(64, integer) !== integer) throw wrongValue(leaf, value);
      target[0] = integer;
      return words;
    };
  }
  const [min, max] = rangeOf(leaf);
  return (value) => {
    const integer = type.kind === 'bool' && typeof value === 'boolean' ? Number(value) : value;
    if (typeof integer !== 'number' || !Number.isInteger(integer) || integer < min || integer > max) {
      throw wrongValue(leaf, value);
    }
    word[0] = integer;
    return word;
  };
}

function rangeOf({ type, order }: Leaf): readonly [number, number] {
  const bits = type.kind === 'bool' ? 1 : type.kind === 'int' ? type.bits : 32;
  return order === 'signed' ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

function wrongValue(leaf: Leaf, value: unknown): LakeError {
  return new LakeError('invalid', 'a nested value is not of its type', {
    details: { column: leaf.path.join('.'), type: leaf.type.kind, value: typeof value },
  });
}
