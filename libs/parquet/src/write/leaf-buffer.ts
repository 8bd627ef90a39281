import type { Leaf } from './leaf.js';
import { clearText, createTextBuffer, type TextBuffer } from './text-buffer.js';
import { createWordBuffer, type WordBuffer } from './word-buffer.js';

/** The present values of a leaf, by what they are made of. */
export type LeafValues =
  | { readonly kind: 'words'; readonly buffer: WordBuffer }
  | { readonly kind: 'text'; readonly buffer: TextBuffer };

/** One row group of one leaf, as far as it has been written. */
export interface LeafBuffer {
  readonly leaf: Leaf;
  readonly values: LeafValues;
  /** Rows of a flat leaf; of a nested one, places where a value could stand. */
  slotCount: number;
  rowCount: number;
  /** One a slot. `undefined` while every slot of a flat leaf holds a value. */
  definitions: Uint8Array | undefined;
  /** One a slot. Only under a list or map. */
  repetitions: Uint8Array | undefined;
}

/** An empty buffer; `dictionaryBytesMax` as the sink's option. */
export function createLeafBuffer(leaf: Leaf, dictionaryBytesMax: number): LeafBuffer {
  const nested = leaf.path.length > 1;
  return {
    leaf,
    values: emptyValues(leaf, dictionaryBytesMax),
    slotCount: 0,
    rowCount: 0,
    definitions: nested && leaf.definitionMax > 0 ? new Uint8Array(0) : undefined,
    repetitions: leaf.repetitionMax > 0 ? new Uint8Array(0) : undefined,
  };
}

/** Forgets the row group and keeps the memory. */
export function clearLeaf(buffer: LeafBuffer): void {
  if (buffer.values.kind === 'words') buffer.values.buffer.valueCount = 0;
  else clearText(buffer.values.buffer);
  buffer.slotCount = 0;
  buffer.rowCount = 0;
  if (buffer.leaf.path.length === 1) buffer.definitions = undefined;
}

/** Appends `end - start` rows of a flat leaf; `validity` is `undefined` when all of them hold a value. */
export function putValidity(
  buffer: LeafBuffer,
  validity: Uint8Array | undefined,
  start: number,
  end: number,
): void {
  const count = end - start;
  const { slotCount } = buffer;
  if (validity !== undefined || buffer.definitions !== undefined) {
    const levels = withRoom(buffer.definitions ?? new Uint8Array(slotCount).fill(1), slotCount, count);
    buffer.definitions = levels;
    if (validity === undefined) levels.fill(1, slotCount, slotCount + count);
    else for (let i = 0; i < count; i++) levels[slotCount + i] = validity[start + i] === 0 ? 0 : 1;
  }
  buffer.slotCount += count;
  buffer.rowCount += count;
}

/** Appends one slot of a nested leaf. The caller appends its value where `definition` says there is one. */
export function putSlot(buffer: LeafBuffer, repetition: number, definition: number): void {
  const { slotCount } = buffer;
  if (buffer.definitions !== undefined) {
    buffer.definitions = withRoom(buffer.definitions, slotCount, 1);
    buffer.definitions[slotCount] = definition;
  }
  if (buffer.repetitions !== undefined) {
    buffer.repetitions = withRoom(buffer.repetitions, slotCount, 1);
    buffer.repetitions[slotCount] = repetition;
  }
  buffer.slotCount++;
  if (repetition === 0) buffer.rowCount++;
}

/** How many values are present. */
export function valueCountOf(buffer: LeafBuffer): number {
  return buffer.values.buffer.valueCount;
}

function emptyValues(leaf: Leaf, dictionaryBytesMax: number): LeafValues {
  if (leaf.physical === 'BYTE_ARRAY' || leaf.physical === 'FIXED_LEN_BYTE_ARRAY') {
    const lengthBytes = leaf.sizeBytes === undefined ? 4 : 0;
    return { kind: 'text', buffer: createTextBuffer({ lengthBytes, dictionaryBytesMax }) };
  }
  return { kind: 'words', buffer: createWordBuffer(leaf.sizeBytes === 8 ? 2 : 1) };
}

function withRoom(levels: Uint8Array, used: number, count: number): Uint8Array {
  if (used + count <= levels.length) return levels;
  const grown = new Uint8Array(Math.max(used + count, levels.length * 2, 64));
  grown.set(levels.subarray(0, used));
  return grown;
}
