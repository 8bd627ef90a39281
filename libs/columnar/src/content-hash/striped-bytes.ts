import { assert } from '@ticklake/core';
import type { BytesValues, Column, FixedValues } from '../batch.js';
import { fixedWords } from '../fixed-words.js';
import { isFixedType, type DataType, type FixedType } from '../schema.js';
import { goesOn, passAbsent, passSlot, walkLeaf, type LeafWalk } from '../striped/leaf-walk.js';
import { leavesOf, type LeafShape, type ListShape, type NestedShape } from '../striped/nested-shape.js';
import type { StripedLeaf, StripedRows } from '../striped/striped-rows.js';
import { minimalDecimal } from './minimal-decimals.js';
import { createRecordWriter } from './record-bytes.js';

/** Makes byte strings of nested rows, in memory that it keeps. */
export interface StripedBytes {
  /** The bytes that `nestedBytes` gives for the same rows (CONTENT-HASH.md, section 6), until the next call. */
  bytesOf(rows: StripedRows): { readonly values: BytesValues; readonly validity: Uint8Array };
}

/** Nothing made yet. */
export function createStripedBytes(): StripedBytes {
  const out = new ByteRoom();
  return {
    bytesOf({ shape, rowCount, leaves }) {
      const walks = leavesOf(shape).map((leaf, i) => walkLeaf(leaf, leaves[i] as StripedLeaf));
      const write = contentWriter(shape, { out, walks, leaves });
      const offsets = new Uint32Array(rowCount + 1);
      const validity = new Uint8Array(rowCount);
      out.length = 0;
      for (let row = 0; row < rowCount; row++) {
        if (write(false)) validity[row] = 1;
        offsets[row + 1] = out.length;
      }
      return { values: { offsets, data: out.bytes.subarray(0, out.length) }, validity };
    },
  };
}

/** Bytes one after another. */
export class ByteRoom {
  bytes = new Uint8Array(64 * 1024);
  length = 0;

  /** Where `size` more bytes go. */
  take(size: number): number {
    const at = this.length;
    if (at + size > this.bytes.length) {
      const larger = new Uint8Array(Math.max(at + size, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, at));
      this.bytes = larger;
    }
    this.length = at + size;
    return at;
  }

  byte(value: number): void {
    const at = this.take(1);
    this.bytes[at] = value;
  }

  word32(value: number): void {
    const at = this.take(4);
    putWord(this.bytes, at, value);
  }

  word64(low: number, high: number): void {
    const at = this.take(8);
    putWord(this.bytes, at, low);
    putWord(this.bytes, at + 4, high);
  }

  put(bytes: Uint8Array): void {
    const at = this.take(bytes.length);
    this.bytes.set(bytes, at);
  }
}

function putWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
}

/** Writes the next value, behind a byte that says whether it is there where one is wanted; false for a null. */
type WriteValue = (marked: boolean) => boolean;

/** What bytes are made of, and where they go. */
export interface Site {
  readonly out: ByteRoom;
  readonly walks: readonly LeafWalk[];
  readonly leaves: readonly StripedLeaf[];
}

function contentWriter(shape: NestedShape, site: Site): WriteValue {
  const { out, walks } = site;
  if (shape.shape === 'leaf') return leafWriter(shape, site);
  const body = shape.shape === 'struct' ? fieldsWriter(shape.children, site) : itemsWriter(shape, site);
  const { optional, leaves, definition } = shape;
  return (marked) => {
    if (optional && passAbsent(walks, leaves, definition)) {
      if (marked) out.byte(0);
      return false;
    }
    if (marked) out.byte(1);
    body();
    return true;
  };
}

function fieldsWriter(children: readonly NestedShape[], site: Site): () => void {
  const writers = children.map((child) => contentWriter(child, site));
  return () => {
    for (let i = 0; i < writers.length; i++) (writers[i] as WriteValue)(true);
  };
}

function itemsWriter(
  { shape, element, elementDefinition, elementRepetition, leaves }: ListShape,
  site: Site,
) {
  const { out, walks } = site;
  // The entry of a map is no value of its own: its key and its value follow one another.
  const item =
    shape === 'map' && element.shape === 'struct'
      ? fieldsWriter(element.children, site)
      : contentWriter(element, site);
  const first = walks[leaves[0]] as LeafWalk;
  const records = shape === 'list' ? createRecordWriter(element, site) : undefined;
  return () => {
    const at = out.take(4);
    let count = 0;
    if (!passAbsent(walks, leaves, elementDefinition)) {
      count = records?.write(elementRepetition) ?? 0;
      if (count === 0) {
        do {
          item(true);
          count++;
        } while (goesOn(first, elementRepetition));
      }
    }
    putWord(out.bytes, at, count);
  };
}

function leafWriter({ leaf, type }: LeafShape, { out, walks, leaves }: Site): WriteValue {
  const walk = walks[leaf] as LeafWalk;
  const write = valueWriter(type, (leaves[leaf] as StripedLeaf).values, out);
  return (marked) => {
    const value = passSlot(walk);
    if (marked) out.byte(value < 0 ? 0 : 1);
    if (value < 0) return false;
    write(value);
    return true;
  };
}

/** Writes value number `index`. */
type WriteIndexed = (index: number) => void;

function valueWriter(type: DataType, column: Column, out: ByteRoom): WriteIndexed {
  if (column.layout === 'dictionary') {
    const { codes, dictionary } = column;
    const entry = 'offsets' in dictionary ? bytesWriter(type, dictionary, out) : fixed(type, dictionary, out);
    return (index) => entry(codes[index] as number);
  }
  if (column.layout === 'bytes') return bytesWriter(type, column.values, out);
  assert(column.layout === 'fixed', 'a leaf is not nested');
  return fixed(type, column.values, out);
}

function fixed(type: DataType, values: FixedValues, out: ByteRoom): WriteIndexed {
  assert(isFixedType(type), 'fixed-width values are of a fixed-width type');
  if (values.BYTES_PER_ELEMENT === 8) return wideWriter(type, values, out);
  if (type.kind === 'float') return floatWriter(values, out);
  // Bools and unsigned numbers are not negative; as signed words the larger ones of 32 bits would be.
  return (index) => {
    const value = values[index] as number;
    out.word64(value, value < 0 ? -1 : 0);
  };
}

function wideWriter(type: FixedType, values: FixedValues, out: ByteRoom): WriteIndexed {
  const { words } = fixedWords(values);
  const isFloat = type.kind === 'float';
  return (index) => {
    const low = words[index * 2] as number;
    const high = words[index * 2 + 1] as number;
    if (isFloat && (high & 0x7ff0_0000) === 0x7ff0_0000 && ((high & 0xf_ffff) | low) !== 0) {
      return out.word64(0, 0x7ff8_0000);
    }
    out.word64(low, high);
  };
}

function floatWriter(values: FixedValues, out: ByteRoom): WriteIndexed {
  const { words } = fixedWords(values);
  return (index) => {
    const word = words[index] as number;
    const isNaN = (word & 0x7f80_0000) === 0x7f80_0000 && (word & 0x7f_ffff) !== 0;
    out.word64(isNaN ? 0x7fc0_0000 : word, 0);
  };
}

function bytesWriter(type: DataType, { offsets, data }: BytesValues, out: ByteRoom): WriteIndexed {
  const isDecimal = type.kind === 'decimal';
  return (index) => {
    const bytes = data.subarray(offsets[index], offsets[index + 1]);
    const kept = isDecimal ? minimalDecimal(bytes) : bytes;
    out.word32(kept.length);
    out.put(kept);
  };
}
