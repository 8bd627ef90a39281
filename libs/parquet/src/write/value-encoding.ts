import { createByteBuffer, putBytes, putInt32, reserve, takeBytes, type ByteBuffer } from './byte-buffer.js';
import type { BytesInterner } from './bytes-interner.js';
import { putDelta32, putDelta64 } from './delta-binary-packed.js';
import { ENCODING } from '../format/constants.js';
import type { Leaf } from './leaf.js';
import type { LeafBuffer } from './leaf-buffer.js';
import { bitWidthOf, putRleBitPacked } from './rle-bit-packed.js';
import { dictionaryBytesOf, giveUpDictionary, type TextBuffer } from './text-buffer.js';
import type { WordBuffer } from './word-buffer.js';
import { buildWordDictionary } from './word-dictionary.js';

/** How the values of one column chunk are stored. One encoding for the whole chunk, dictionary or not. */
export interface ValueEncoding {
  /** Of its data pages, see `ENCODING`. */
  readonly encoding: number;
  /** The body of the dictionary page. */
  readonly dictionary: { readonly bytes: Uint8Array; readonly entryCount: number } | undefined;
  /** Appends values `start … end`. */
  put(buffer: ByteBuffer, start: number, end: number): void;
  /** About how many bytes values `start … end` take, which bounds a page. Cheap. */
  sizeOf(start: number, end: number): number;
}

/** A delta encoding this small is taken without looking for repeated values. */
const DELTA_BITS_EXCELLENT = 8;
const SAMPLE_BLOCKS = 16;
const SAMPLE_BLOCK_VALUES = 129;

/**
 * The smallest of the encodings that suit the type, as estimated from the values alone: equal values in equal order
 * are always stored the same way.
 */
export function chooseEncoding({ leaf, values }: LeafBuffer, dictionaryBytesMax: number): ValueEncoding {
  if (values.kind === 'text') return chooseTextEncoding(leaf, values.buffer);
  if (leaf.type.kind === 'bool') return plainBits(values.buffer);
  return chooseWordEncoding(leaf, values.buffer, dictionaryBytesMax);
}

function chooseWordEncoding(leaf: Leaf, buffer: WordBuffer, dictionaryBytesMax: number): ValueEncoding {
  const { valueCount, wordsPerValue } = buffer;
  const plainSize = valueCount * wordsPerValue * 4;
  const deltaSize = leaf.order === 'float' ? Infinity : estimateDelta(buffer);
  const best = Math.min(deltaSize, plainSize);
  if (best > (valueCount * DELTA_BITS_EXCELLENT) / 8) {
    const entryBytes = 4 * wordsPerValue;
    const worthwhile = entriesWorthwhile({ valueCount, entryBytes, best });
    const entriesMax = Math.min(worthwhile, Math.floor(dictionaryBytesMax / entryBytes));
    const dictionary = buildWordDictionary(buffer, entriesMax);
    if (dictionary !== undefined) {
      const { entryCount, words, codes } = dictionary;
      return coded({ bytes: new Uint8Array(words.buffer, 0, entryCount * entryBytes), entryCount, codes });
    }
  }
  return deltaSize < plainSize ? delta(buffer) : plainWords(buffer);
}

/** Bytes of the whole column as deltas, from blocks spread evenly over it. */
function estimateDelta(buffer: WordBuffer): number {
  const { valueCount, words } = buffer;
  const putDelta = buffer.wordsPerValue === 2 ? putDelta64 : putDelta32;
  const sample = createByteBuffer(SAMPLE_BLOCKS * SAMPLE_BLOCK_VALUES * 8);
  if (valueCount <= SAMPLE_BLOCKS * SAMPLE_BLOCK_VALUES) {
    putDelta(sample, words, 0, valueCount);
    return sample.length;
  }
  for (let i = 0; i < SAMPLE_BLOCKS; i++) {
    const start = Math.floor(((valueCount - SAMPLE_BLOCK_VALUES) * i) / (SAMPLE_BLOCKS - 1));
    putDelta(sample, words, start, start + SAMPLE_BLOCK_VALUES);
  }
  // Each block of the sample also has a header and a first value, which pages hardly have.
  const surplus = SAMPLE_BLOCKS * (4 + 4 * buffer.wordsPerValue);
  return ((sample.length - surplus) / (SAMPLE_BLOCKS * SAMPLE_BLOCK_VALUES)) * valueCount;
}

function chooseTextEncoding(leaf: Leaf, buffer: TextBuffer): ValueEncoding {
  const { dictionary, valueCount, plainBytes } = buffer;
  if (dictionary !== undefined) {
    const { entryCount } = dictionary;
    if (dictionarySize(dictionaryBytesOf(buffer, dictionary), entryCount, valueCount) < plainBytes) {
      return coded({ bytes: plainDictionary(buffer, dictionary), entryCount, codes: buffer.codes });
    }
    giveUpDictionary(buffer);
  }
  const sizeOf = (start: number, end: number) =>
    (buffer.offsets[end] as number) - (buffer.offsets[start] as number) + buffer.lengthBytes * (end - start);
  const putData = (out: ByteBuffer, start: number, end: number) =>
    putBytes(out, buffer.data.bytes.subarray(buffer.offsets[start], buffer.offsets[end]));
  if (leaf.sizeBytes !== undefined)
    return { encoding: ENCODING.PLAIN, dictionary: undefined, put: putData, sizeOf };
  return {
    encoding: ENCODING.DELTA_LENGTH_BYTE_ARRAY,
    dictionary: undefined,
    put(out, start, end) {
      const lengths = new Int32Array(end - start);
      for (let i = start; i < end; i++) {
        lengths[i - start] = (buffer.offsets[i + 1] as number) - (buffer.offsets[i] as number);
      }
      putDelta32(out, lengths, 0, lengths.length);
      putData(out, start, end);
    },
    sizeOf,
  };
}

function dictionarySize(dictionaryBytes: number, entryCount: number, valueCount: number): number {
  return dictionaryBytes + (valueCount * codeWidth(entryCount)) / 8;
}

/**
 * The most entries with which a dictionary is smaller than `best`, which is known before one is built: where values
 * hardly repeat or codes are as wide as deltas, it is given up after the first of them.
 */
function entriesWorthwhile({
  valueCount,
  entryBytes,
  best,
}: {
  readonly valueCount: number;
  readonly entryBytes: number;
  readonly best: number;
}): number {
  let most = 0;
  for (let width = 1; width <= 31; width++) {
    const room = best - dictionarySize(0, 2 ** width, valueCount);
    const entries = Math.min(2 ** width, Math.ceil(room / entryBytes) - 1);
    if (entries <= most) break;
    most = entries;
  }
  return most;
}

/** Some readers take a width of 0 badly, so a single entry has codes of one bit. */
function codeWidth(entryCount: number): number {
  return Math.max(1, bitWidthOf(entryCount - 1));
}

function coded(chosen: {
  readonly bytes: Uint8Array;
  readonly entryCount: number;
  readonly codes: Int32Array;
}): ValueEncoding {
  const width = codeWidth(chosen.entryCount);
  return {
    encoding: ENCODING.RLE_DICTIONARY,
    dictionary: chosen,
    put(out, start, end) {
      reserve(out, 1);
      out.bytes[out.length++] = width;
      putRleBitPacked(out, chosen.codes, { start, end, width });
    },
    sizeOf: (start, end) => ((end - start) * width) / 8,
  };
}

function plainDictionary(buffer: TextBuffer, { offsets, data, entryCount }: BytesInterner): Uint8Array {
  const out = createByteBuffer(data.length + buffer.lengthBytes * entryCount);
  for (let i = 0; i < entryCount; i++) {
    const [start, end] = [offsets[i] as number, offsets[i + 1] as number];
    if (buffer.lengthBytes > 0) putInt32(out, end - start);
    putBytes(out, data.bytes.subarray(start, end));
  }
  return takeBytes(out);
}

function delta({ words, wordsPerValue }: WordBuffer): ValueEncoding {
  const putDelta = wordsPerValue === 2 ? putDelta64 : putDelta32;
  return {
    encoding: ENCODING.DELTA_BINARY_PACKED,
    dictionary: undefined,
    put: (out, start, end) => putDelta(out, words, start, end),
    sizeOf: (start, end) => (end - start) * wordsPerValue * 4,
  };
}

function plainWords({ words, wordsPerValue }: WordBuffer): ValueEncoding {
  const width = wordsPerValue * 4;
  return {
    encoding: ENCODING.PLAIN,
    dictionary: undefined,
    put: (out, start, end) =>
      putBytes(out, new Uint8Array(words.buffer, start * width, (end - start) * width)),
    sizeOf: (start, end) => (end - start) * width,
  };
}

function plainBits({ words }: WordBuffer): ValueEncoding {
  return {
    encoding: ENCODING.PLAIN,
    dictionary: undefined,
    put(out, start, end) {
      const size = Math.ceil((end - start) / 8);
      reserve(out, size);
      out.bytes.fill(0, out.length, out.length + size);
      for (let i = start; i < end; i++) {
        if (words[i] === 0) continue;
        const at = out.length + ((i - start) >> 3);
        out.bytes[at] = (out.bytes[at] as number) | (1 << ((i - start) & 7));
      }
      out.length += size;
    },
    sizeOf: (start, end) => (end - start) / 8,
  };
}
