import type { FixedValues } from '@ticklake/columnar';

/**
 * Present values of a fixed-width leaf as 32-bit words: one a value, or two (low, high) for 64-bit types.
 * `words` may be longer than the values need.
 */
export interface WordBuffer {
  words: Int32Array;
  readonly wordsPerValue: 1 | 2;
  valueCount: number;
}

/** An empty buffer. */
export function createWordBuffer(wordsPerValue: 1 | 2): WordBuffer {
  return { words: new Int32Array(0), wordsPerValue, valueCount: 0 };
}

/** Appends the rows `start … end` of `values` that `validity` marks as present. */
export function putWords(
  buffer: WordBuffer,
  values: FixedValues,
  {
    start,
    end,
    validity,
  }: { readonly start: number; readonly end: number; readonly validity: Uint8Array | undefined },
): void {
  reserveWords(buffer, end - start);
  const source = wordsOf(values);
  const { words, wordsPerValue } = buffer;
  const at = buffer.valueCount * wordsPerValue;
  if (validity === undefined) {
    words.set(source.subarray(start * wordsPerValue, end * wordsPerValue), at);
    buffer.valueCount += end - start;
    return;
  }
  let next = at;
  for (let row = start; row < end; row++) {
    if (validity[row] === 0) continue;
    words[next++] = source[row * wordsPerValue] as number;
    if (wordsPerValue === 2) words[next++] = source[row * 2 + 1] as number;
  }
  buffer.valueCount = next / wordsPerValue;
}

/** Makes room for `count` more values. */
export function reserveWords(buffer: WordBuffer, count: number): void {
  const needed = (buffer.valueCount + count) * buffer.wordsPerValue;
  if (needed <= buffer.words.length) return;
  const grown = new Int32Array(Math.max(needed, buffer.words.length * 2));
  grown.set(buffer.words.subarray(0, buffer.valueCount * buffer.wordsPerValue));
  buffer.words = grown;
}

/** Wide values as their words; narrow ones as they are, since copying them into words widens each by its sign. */
function wordsOf(values: FixedValues): Uint8Array | Int8Array | Int16Array | Uint16Array | Int32Array {
  switch (values.BYTES_PER_ELEMENT) {
    case 8:
      return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    case 4:
      return new Int32Array(values.buffer, values.byteOffset, values.length);
    default:
      return values as Uint8Array | Int8Array | Int16Array | Uint16Array;
  }
}
