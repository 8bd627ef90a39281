import { DOT, LF, MINUS, NINE, PLUS, ZERO } from '../bytes.js';
import { CSV_CELL } from '@ticklake/kernels';
import type { CellColumn, CellOptions } from './cell-column.js';

/** Decimals as the nearest double. */
export interface Float64Cells extends CellColumn<'fixed'> {
  /** How many values so far have more digits than their double gives back. They are stored as the nearest one all the same. */
  readonly roundedCount: number;
}

/** Significant digits that always come back from a double. */
const EXACT_DIGITS = 15;
/** Powers of ten that are exact as a double. */
const POWERS = Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/**
 * Decimals, each as the double nearest to it, as IEEE 754 asks. Infinities, NaN, and numbers that a double can hold as
 * infinity or zero only are refused.
 */
export function float64Cells(rowsMax: number, { isReused = false }: CellOptions = {}): Float64Cells {
  let values = new Float64Array(rowsMax);
  let roundedCount = 0;
  return {
    layout: 'fixed',
    type: { kind: 'float', bits: 64 },
    get roundedCount() {
      return roundedCount;
    },
    readPlain: (bytes, start, delimiter, row) => readPlain(bytes, start, delimiter, row, values),
    bulk: { kind: CSV_CELL.FLOAT64, put: (read, row) => new Uint8Array(values.buffer).set(read, row * 8) },
    put(bytes, start, end, row) {
      const sign = bytes[start];
      const isNegative = sign === MINUS;
      let at = isNegative || sign === PLUS ? start + 1 : start;
      let mantissa = 0;
      let significant = 0;
      let digits = 0;
      let fraction = -1;
      for (; at < end; at++) {
        const byte = bytes[at] as number;
        const digit = byte - ZERO;
        if (digit >= 0 && digit <= 9) {
          mantissa = mantissa * 10 + digit;
          digits++;
          if (mantissa > 0) significant++;
          if (fraction >= 0) fraction++;
        } else if (byte === DOT && fraction < 0) fraction = 0;
        else break;
      }
      if (at < end || digits === 0 || significant > EXACT_DIGITS || fraction >= POWERS.length) {
        return putLong(bytes, start, end, row);
      }
      const value = quotient(mantissa, fraction);
      values[row] = isNegative ? -value : value;
      return undefined;
    },
    take(rowCount) {
      const taken = values.subarray(0, rowCount);
      if (!isReused) values = new Float64Array(rowsMax);
      return taken;
    },
  };

  function putLong(bytes: Uint8Array, start: number, end: number, row: number): string | undefined {
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    const parts = decimalOf(text);
    if (parts === undefined) return NAMES.test(text) ? 'not a finite number' : 'not a number';
    const value = Number(text);
    if (!Number.isFinite(value)) return 'too large for a double';
    if (value === 0 && parts.digits !== '') return 'too small for a double';
    if (parts.digits.length > EXACT_DIGITS && !isSame(parts, value)) roundedCount++;
    values[row] = value;
    return undefined;
  }
}

/** As {@link CellColumn.readPlain}. */
function readPlain(
  bytes: Uint8Array,
  start: number,
  delimiter: number,
  row: number,
  values: Float64Array,
): number {
  const isNegative = bytes[start] === MINUS;
  let at = isNegative ? start + 1 : start;
  const first = at;
  let mantissa = 0;
  let byte = bytes[at] as number;
  while (byte >= ZERO && byte <= NINE) {
    mantissa = mantissa * 10 + (byte - ZERO);
    byte = bytes[++at] as number;
  }
  let digits = at - first;
  let fraction = 0;
  if (byte === DOT) {
    const point = at;
    byte = bytes[++at] as number;
    while (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      byte = bytes[++at] as number;
    }
    fraction = at - point - 1;
    digits += fraction;
  }
  const isPlain = (byte === delimiter || byte === LF) && digits > 0 && digits <= EXACT_DIGITS;
  if (!isPlain) return -1;
  const value = quotient(mantissa, fraction);
  values[row] = isNegative ? -value : value;
  return at;
}

/** A quotient of two exact doubles is rounded once, hence to the nearest. */
function quotient(mantissa: number, fraction: number): number {
  return fraction > 0 ? mantissa / (POWERS[fraction] as number) : mantissa;
}

const NAMES = /^[+-]?(nan|inf|infinity|null|none)$/i;

/** The number `0.<digits> × 10^exponent`, without zeros at either end; no digits for zero. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

function decimalOf(text: string): Decimal | undefined {
  const match = /^[+-]?(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/.exec(text);
  if (match === null) return undefined;
  const [, whole = '', fraction = '', power = '0'] = match;
  if (whole + fraction === '') return undefined;
  const all = whole + fraction;
  const leading = /^0*/.exec(all)?.[0].length ?? 0;
  const digits = all.slice(leading).replace(/0+$/, '');
  return { digits, exponent: digits === '' ? 0 : whole.length - leading + Number(power) };
}

/** Whether a double gives back exactly the digits it was read from. */
function isSame({ digits, exponent }: Decimal, value: number): boolean {
  const shortest = decimalOf(String(value));
  return shortest?.digits === digits && shortest.exponent === exponent;
}
