import {
  allocFixed,
  fixedWords,
  type BytesValues,
  type Column,
  type FixedType,
  type FixedValues,
} from '@ticklake/columnar';
import type { ColumnType, FlatType } from './column-type.js';
import { bigEndian, floatOf, type PlainValue } from './plain-value.js';

/** `values` as a column of ours, as codes into a dictionary where `asDictionary` and the column is flat. */
export function ticklakeColumn(
  type: ColumnType,
  values: readonly PlainValue[],
  { asDictionary }: { asDictionary: boolean },
): Column {
  if ('shape' in type) return { layout: 'nested', values: values.map((value) => nestedValue(type, value)) };
  const { data } = type;
  const present = Uint8Array.from(values, (value) => (value === null ? 0 : 1));
  const validity = present.includes(0) ? present : undefined;
  if (data.kind === 'utf8' || data.kind === 'bytes' || data.kind === 'decimal') {
    const stored = values.map((value) => storedBytes(data, value));
    if (!asDictionary) return { layout: 'bytes', values: packed(stored), validity };
    return {
      layout: 'dictionary',
      codes: backwards(values),
      dictionary: packed([...stored].reverse()),
      validity,
    };
  }
  if (!asDictionary) return { layout: 'fixed', values: fixedValues(data, values), validity };
  const dictionary = fixedValues(data, [...values].reverse());
  return { layout: 'dictionary', codes: backwards(values), dictionary, validity };
}

/** Codes into the values in reverse. */
function backwards(values: readonly PlainValue[]): Uint32Array {
  return Uint32Array.from(values, (_, row) => values.length - 1 - row);
}

function fixedValues(type: FixedType, values: readonly PlainValue[]): FixedValues {
  const fixed = allocFixed(type, values.length);
  const { words, perValue } = fixedWords(fixed);
  values.forEach((value, row) => {
    // Built from bits, because the payload of a NaN does not survive being a number.
    const bits = BigInt.asUintN(64, BigInt((value as boolean | bigint | null) ?? 0n));
    words[row * perValue] = Number(bits & 0xffffffffn);
    if (perValue === 2) words[row * 2 + 1] = Number(bits >> 32n);
  });
  return fixed;
}

function storedBytes(data: FlatType, value: PlainValue): Uint8Array {
  if (value === null) return new Uint8Array(data.kind === 'bytes' ? (data.sizeBytes ?? 0) : 0);
  // Any sufficient length is a decimal's, so some have more bytes than they need.
  return typeof value === 'bigint'
    ? bigEndian(value, 1 + Number(BigInt.asUintN(2, value)))
    : (value as Uint8Array);
}

function packed(values: readonly Uint8Array[]): BytesValues {
  const offsets = new Uint32Array(values.length + 1);
  values.forEach((value, i) => (offsets[i + 1] = (offsets[i] as number) + value.length));
  const data = new Uint8Array(offsets[values.length] as number);
  values.forEach((value, i) => data.set(value, offsets[i]));
  return { offsets, data };
}

/** A value in the form that nested columns hold. */
function nestedValue(type: ColumnType, value: PlainValue): unknown {
  if (value === null) return null;
  if ('shape' in type) {
    const items = value as readonly PlainValue[];
    const child = (index: number) => type.children[index]?.type as ColumnType;
    if (type.shape === 'struct') return items.map((item, i) => nestedValue(child(i), item));
    if (type.shape === 'list') return items.map((item) => nestedValue(child(0), item));
    return items.map((entry) =>
      (entry as readonly PlainValue[]).map((item, i) => nestedValue(child(i), item)),
    );
  }
  const { data } = type;
  if (data.kind === 'utf8') return Buffer.from(value as Uint8Array).toString('utf8');
  if (data.kind === 'decimal') return storedBytes(data, value);
  if (data.kind === 'float') return floatOf(data.bits, value as bigint);
  if (typeof value !== 'bigint') return value;
  return hasWords(data) ? value : Number(value);
}

/** Whether a value has 64 bits, and so is a bigint in nested columns too. */
function hasWords(data: FlatType): boolean {
  if (data.kind === 'int') return data.bits === 64;
  return data.kind === 'timestamp' || (data.kind === 'time' && data.unit !== 'ms');
}
