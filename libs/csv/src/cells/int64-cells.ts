import { LF, MINUS, NINE, PLUS, ZERO } from '../bytes.js';
import { CSV_CELL } from '@ticklake/kernels';
import type { CellColumn, CellOptions } from './cell-column.js';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const WORD = 2 ** 32;

/** So many digits are exact as a double. */
const EXACT_DIGITS = 15;

/** Whole numbers of 64 bits, exactly: digits behind an optional sign, and nothing else. */
export function int64Cells(rowsMax: number, { isReused = false }: CellOptions = {}): CellColumn<'fixed'> {
  let values = new BigInt64Array(rowsMax);
  let words = new Int32Array(values.buffer);
  return {
    layout: 'fixed',
    type: { kind: 'int', bits: 64, signed: true },
    readPlain(bytes, start, delimiter, row) {
      const isNegative = bytes[start] === MINUS;
      const first = isNegative ? start + 1 : start;
      let at = first;
      let value = 0;
      let byte = bytes[at] as number;
      while (byte >= ZERO && byte <= NINE) {
        value = value * 10 + (byte - ZERO);
        byte = bytes[++at] as number;
      }
      const digits = at - first;
      const isPlain = (byte === delimiter || byte === LF) && digits > 0 && digits <= EXACT_DIGITS;
      if (!isPlain) return -1;
      putWords(isNegative ? -value : value, row);
      return at;
    },
    bulk: { kind: CSV_CELL.INT64, put: (read, row) => new Uint8Array(values.buffer).set(read, row * 8) },
    put(bytes, start, end, row) {
      const sign = bytes[start];
      const isNegative = sign === MINUS;
      const first = isNegative || sign === PLUS ? start + 1 : start;
      const digits = end - first;
      if (digits === 0 || digits > EXACT_DIGITS) return putLong(bytes, start, end, row);
      let value = 0;
      for (let at = first; at < end; at++) {
        const digit = (bytes[at] as number) - ZERO;
        if (digit < 0 || digit > 9) return NOT_WHOLE;
        value = value * 10 + digit;
      }
      putWords(isNegative ? -value : value, row);
      return undefined;
    },
    take(rowCount) {
      const taken = values.subarray(0, rowCount);
      if (isReused) return taken;
      values = new BigInt64Array(rowsMax);
      words = new Int32Array(values.buffer);
      return taken;
    },
  };

  /** Two words: a bigint for every value would cost more than all the rest. */
  function putWords(value: number, row: number): void {
    const high = Math.floor(value / WORD);
    words[2 * row] = value - high * WORD;
    words[2 * row + 1] = high;
  }

  function putLong(bytes: Uint8Array, start: number, end: number, row: number): string | undefined {
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    if (!/^[+-]?\d{1,40}$/.test(text)) return NOT_WHOLE;
    const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
    if (value < INT64_MIN || value > INT64_MAX) return 'does not fit 64 bits';
    values[row] = value;
    return undefined;
  }
}

const NOT_WHOLE = 'not a whole number';
