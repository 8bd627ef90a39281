import {
  allocFixed,
  fixedWords,
  isFixedType,
  type Column,
  type FixedType,
  type FixedValues,
} from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { createByteBuffer, putBytes } from './byte-buffer.js';
import type { Leaf } from './leaf.js';

/** Single values of a nested leaf, in the form that a nested column carries them, becoming a column. */
export interface LeafValues {
  readonly count: number;
  /** @throws LakeError `invalid` for a value of another type or out of the type's range. */
  put(value: unknown): void;
  /** All of them. */
  column(): Column;
}

/** None yet. */
export function createLeafValues(leaf: Leaf): LeafValues {
  const { type } = leaf;
  return isFixedType(type) ? fixedValues(leaf, type) : byteStrings(leaf);
}

function byteStrings(leaf: Leaf): LeafValues {
  const encoder = new TextEncoder();
  const data = createByteBuffer(64);
  const offsets = [0];
  return {
    get count() {
      return offsets.length - 1;
    },
    put(value) {
      const isText = leaf.type.kind === 'utf8' && typeof value === 'string';
      const bytes = isText ? encoder.encode(value) : value;
      if (!(bytes instanceof Uint8Array) || isText !== (leaf.type.kind === 'utf8'))
        throw wrongValue(leaf, value);
      putBytes(data, bytes);
      offsets.push(data.length);
    },
    column: () => ({
      layout: 'bytes',
      values: { offsets: Uint32Array.from(offsets), data: data.bytes.subarray(0, data.length) },
    }),
  };
}

function fixedValues(leaf: Leaf, type: FixedType): LeafValues {
  const toNumber = numberOf(leaf, type);
  let values = allocFixed(type, 64);
  let count = 0;
  return {
    get count() {
      return count;
    },
    put(value) {
      const number = toNumber(value);
      if (count === values.length) {
        const larger = allocFixed(type, count * 2);
        (larger as Uint8Array).set(values as Uint8Array);
        values = larger;
      }
      values[count] = number;
      if (Number.isNaN(number)) putQuietNaN(values, count);
      count++;
    },
    column: () => ({ layout: 'fixed', values: values.subarray(0, count) as FixedValues }),
  };
}

/**
 * Every NaN is the same one. Which bits a plain number that is none leaves in memory is up to the engine, and changes when it
 * compiles what is often run.
 */
function putQuietNaN(values: FixedValues, index: number): void {
  const { words, perValue } = fixedWords(values);
  words[index * perValue] = perValue === 1 ? 0x7fc0_0000 : 0;
  if (perValue === 2) words[index * 2 + 1] = 0x7ff8_0000;
}

/** A value as its typed array takes it. */
function numberOf(leaf: Leaf, type: FixedType): (value: unknown) => number | bigint {
  if (type.kind === 'float') {
    return (value) => {
      if (typeof value !== 'number') throw wrongValue(leaf, value);
      return value;
    };
  }
  if (leaf.sizeBytes === 8) {
    const fits = leaf.order === 'signed' ? BigInt.asIntN : BigInt.asUintN;
    return (value) => {
      const integer = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
      if (typeof integer !== 'bigint' || fits(64, integer) !== integer) throw wrongValue(leaf, value);
      return integer;
    };
  }
  const [min, max] = rangeOf(leaf);
  return (value) => {
    const integer = type.kind === 'bool' && typeof value === 'boolean' ? Number(value) : value;
    if (typeof integer !== 'number' || !Number.isInteger(integer) || integer < min || integer > max) {
      throw wrongValue(leaf, value);
    }
    return integer;
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
