import { corrupt } from '../corrupt.js';

/** A number as it stands in JSON, before it is known what it is to be. One object is used for all of them. */
export interface JsonNumber {
  bytes: Uint8Array;
  start: number;
  end: number;
  negative: boolean;
  /** The digits as an integer, exact up to {@link EXACT_DIGITS} of them. */
  digits: number;
  /** How many there are. */
  digitCount: number;
  /** The power of ten that the digits are multiplied with. */
  exponent: number;
  /** Without point and exponent. */
  isInteger: boolean;
}

/** An integer of so many digits is a double, exactly. */
export const EXACT_DIGITS = 15;
/** The largest power of ten that is a double, exactly; and how many of them. */
const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);

/** As it stands in the file. */
export function numberText({ bytes, start, end }: JsonNumber): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/**
 * The nearest double.
 *
 * @throws LakeError `corrupt` (`JSON_NUMBER`) for an integer that is no double, and for what is too large or too small to be one.
 */
export function doubleOf(number: JsonNumber): number {
  const { digits, digitCount, exponent, negative } = number;
  if (digitCount <= EXACT_DIGITS && exponent >= -22 && exponent <= 22) {
    const size =
      exponent < 0 ? digits / (POWERS[-exponent] as number) : digits * (POWERS[exponent] as number);
    return negative ? -size : size;
  }
  const text = numberText(number);
  const value = Number(text);
  if (!Number.isFinite(value) || (value === 0 && !ZERO.test(text))) throw outOfRange(number, text);
  if (number.isInteger && BigInt(text) !== BigInt(value)) {
    throw corrupt('JSON_NUMBER', 'an integer would be rounded', { value: shown(text), offset: number.start });
  }
  return value;
}

/** Whatever its exponent. */
const ZERO = /^-?[0.]+(?:e|$)/i;

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;

/**
 * An integer of 64 bits, as a number where that is exact; `undefined` when it is none. `7.0` is 7.
 *
 * @throws LakeError `corrupt` (`JSON_NUMBER`) outside 64 bits.
 */
export function integerOf(number: JsonNumber): number | bigint | undefined {
  const { digits, digitCount, isInteger, negative } = number;
  if (isInteger && digitCount <= EXACT_DIGITS) return negative ? 0 - digits : digits;
  const whole = /^(-?\d+)(?:\.0+)?$/.exec(numberText(number))?.[1];
  if (whole === undefined) return undefined;
  const value = BigInt(whole);
  if (value < MIN || value > MAX) throw outOfRange(number, whole);
  return value;
}

function outOfRange({ start: offset }: JsonNumber, text: string): Error {
  return corrupt('JSON_NUMBER', 'a number is out of range', { value: shown(text), offset });
}

/** Hostile ones have any number of digits. */
function shown(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
