import type { BytesValues } from '@ticklake/columnar';
import { clearInterner, createBytesInterner, internBytes, type BytesInterner } from './bytes-interner.js';
import { createByteBuffer, putBytes, type ByteBuffer } from './byte-buffer.js';

/** After this many values a dictionary that hardly repeats is given up. */
const PROBE_VALUES = 4096;
const PROBE_DISTINCT_MAX = (PROBE_VALUES * 3) / 4;

/**
 * Present values of a leaf of byte strings, first as codes into a dictionary, then, once a dictionary is seen not to
 * pay, as the bytes one after the other. Which of the two depends on the values and their order, on nothing else.
 */
export interface TextBuffer {
  /** `undefined` once given up. */
  dictionary: BytesInterner | undefined;
  codes: Int32Array;
  readonly data: ByteBuffer;
  offsets: Uint32Array;
  valueCount: number;
  /** Bytes of all values as they stand in a plain page. */
  plainBytes: number;
  /** Bytes of the length that precedes each value of a plain page; 0 for fixed lengths. */
  readonly lengthBytes: 0 | 4;
  readonly dictionaryBytesMax: number;
  readonly interner: BytesInterner;
}

/** An empty buffer. */
export function createTextBuffer(options: {
  readonly lengthBytes: 0 | 4;
  readonly dictionaryBytesMax: number;
}): TextBuffer {
  const interner = createBytesInterner();
  return {
    dictionary: options.dictionaryBytesMax > 0 ? interner : undefined,
    codes: new Int32Array(0),
    data: createByteBuffer(0),
    offsets: new Uint32Array(1),
    valueCount: 0,
    plainBytes: 0,
    interner,
    ...options,
  };
}

/** Forgets every value and keeps the memory. */
export function clearText(buffer: TextBuffer): void {
  clearInterner(buffer.interner);
  buffer.dictionary = buffer.dictionaryBytesMax > 0 ? buffer.interner : undefined;
  buffer.data.length = 0;
  buffer.valueCount = 0;
  buffer.plainBytes = 0;
}

/** Appends `bytes[start … end)` as one value. */
export function putText(buffer: TextBuffer, bytes: Uint8Array, start: number, end: number): void {
  // Too long for any dictionary, so not worth hashing.
  if (end - start > buffer.dictionaryBytesMax) giveUpDictionary(buffer);
  if (buffer.dictionary === undefined) return putPlain(buffer, bytes, start, end);
  putCode(buffer, internBytes(buffer.dictionary, bytes, start, end));
}

/** Appends entry `code` of the buffer's dictionary, which must not have been given up. */
export function putCode(buffer: TextBuffer, code: number): void {
  const { dictionary } = buffer;
  if (dictionary === undefined) return;
  if (buffer.valueCount === buffer.codes.length) {
    const grown = new Int32Array(Math.max(1024, buffer.codes.length * 2));
    grown.set(buffer.codes);
    buffer.codes = grown;
  }
  buffer.codes[buffer.valueCount++] = code;
  buffer.plainBytes +=
    buffer.lengthBytes + (dictionary.offsets[code + 1] as number) - (dictionary.offsets[code] as number);
  if (!pays(buffer, dictionary)) giveUpDictionary(buffer);
}

/** Appends the rows `start … end` of `values`, all of them present. */
export function putTexts(buffer: TextBuffer, values: BytesValues, start: number, end: number): void {
  const { offsets, data } = values;
  let row = start;
  for (; row < end && buffer.dictionary !== undefined; row++) {
    putText(buffer, data, offsets[row] as number, offsets[row + 1] as number);
  }
  if (row === end) return;
  reserveOffsets(buffer, end - row);
  const shift = buffer.data.length - (offsets[row] as number);
  const base = buffer.valueCount - row + 1;
  const target = buffer.offsets;
  for (let i = row; i < end; i++) target[base + i] = (offsets[i + 1] as number) + shift;
  const piece = data.subarray(offsets[row], offsets[end]);
  putBytes(buffer.data, piece);
  buffer.valueCount += end - row;
  buffer.plainBytes += piece.length + buffer.lengthBytes * (end - row);
}

/** Turns codes into the bytes they stand for. Does nothing when that was done before. */
export function giveUpDictionary(buffer: TextBuffer): void {
  const { dictionary, codes, valueCount } = buffer;
  if (dictionary === undefined) return;
  buffer.dictionary = undefined;
  buffer.valueCount = 0;
  buffer.plainBytes = 0;
  for (let i = 0; i < valueCount; i++) {
    const code = codes[i] as number;
    putPlain(
      buffer,
      dictionary.data.bytes,
      dictionary.offsets[code] as number,
      dictionary.offsets[code + 1] as number,
    );
  }
}

/** Bytes of the dictionary as a plain page. */
export function dictionaryBytesOf(buffer: TextBuffer, dictionary: BytesInterner): number {
  return dictionary.data.length + buffer.lengthBytes * dictionary.entryCount;
}

function putPlain(buffer: TextBuffer, bytes: Uint8Array, start: number, end: number): void {
  reserveOffsets(buffer, 1);
  putBytes(buffer.data, bytes.subarray(start, end));
  buffer.offsets[++buffer.valueCount] = buffer.data.length;
  buffer.plainBytes += buffer.lengthBytes + end - start;
}

function pays(buffer: TextBuffer, dictionary: BytesInterner): boolean {
  const { entryCount, collisionCount } = dictionary;
  if (buffer.valueCount === PROBE_VALUES && entryCount > PROBE_DISTINCT_MAX) return false;
  if (collisionCount > 8 * entryCount + PROBE_VALUES) return false;
  return dictionaryBytesOf(buffer, dictionary) <= buffer.dictionaryBytesMax;
}

function reserveOffsets(buffer: TextBuffer, count: number): void {
  const needed = buffer.valueCount + count + 1;
  if (needed <= buffer.offsets.length) return;
  const grown = new Uint32Array(Math.max(needed, buffer.offsets.length * 2));
  grown.set(buffer.offsets.subarray(0, buffer.valueCount + 1));
  buffer.offsets = grown;
}
