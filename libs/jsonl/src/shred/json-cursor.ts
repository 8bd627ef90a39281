import { corrupt } from '../corrupt.js';
import { GrowingBytes } from './growing.js';
import type { JsonNumber } from './json-number.js';

/** Bytes that JSON is made of. */
export const CHAR = {
  QUOTE: 34,
  PLUS: 43,
  COMMA: 44,
  MINUS: 45,
  POINT: 46,
  ZERO: 48,
  COLON: 58,
  UPPER_E: 69,
  OPEN_LIST: 91,
  BACKSLASH: 92,
  CLOSE_LIST: 93,
  LOWER_E: 101,
  LOWER_F: 102,
  LOWER_N: 110,
  LOWER_T: 116,
  OPEN: 123,
  CLOSE: 125,
} as const;

/** An integer of so many digits has 32 bits. */
const HALF_DIGITS = 9;
/** Powers of ten that the first half of digits is multiplied with. */
const TENS = Array.from({ length: HALF_DIGITS + 1 }, (_, i) => 10 ** i);

/** Deeper JSON is an attack, not data. */
const DEPTH_MAX = 64;

/**
 * Reads one JSON text front to back, as RFC 8259 has it and not a byte otherwise: no NaN, no comments, no trailing
 * commas. The bytes are valid UTF-8. Everything it throws is a LakeError `corrupt` with `offset`, which counts from the
 * text's first byte.
 */
export class JsonCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  /** Of the string that was read last: where its content stands, without escapes. */
  textBytes: Uint8Array = this.bytes;
  textStart = 0;
  textEnd = 0;
  readonly number: JsonNumber = {
    bytes: this.bytes,
    start: 0,
    end: 0,
    negative: false,
    digits: 0,
    digitCount: 0,
    exponent: 0,
    isInteger: true,
  };
  private end = 0;
  private readonly unescaped = new GrowingBytes();

  open(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.number.bytes = bytes;
    this.at = 0;
    this.end = bytes.length;
  }

  /** The next byte that is no white space, which is not passed; −1 at the end. */
  peek(): number {
    while (this.at < this.end) {
      const byte = this.bytes[this.at] as number;
      if (byte > 32 || (byte !== 32 && byte !== 9 && byte !== 10 && byte !== 13)) return byte;
      this.at++;
    }
    return -1;
  }

  /** Passes `byte`, which must be next. */
  expect(byte: number): void {
    if (this.peek() !== byte) throw this.unexpected();
    this.at++;
  }

  /** Passes what separates members or elements; false at `close`, which is passed as well. */
  goesOn(close: number): boolean {
    const byte = this.peek();
    if (byte !== CHAR.COMMA && byte !== close) throw this.unexpected();
    this.at++;
    return byte === CHAR.COMMA;
  }

  /** Nothing may follow. */
  finish(): void {
    if (this.peek() !== -1) throw this.unexpected();
  }

  /** Passes `true`, `false` or `null`, whose first byte is next. */
  word(text: string): void {
    for (let i = 0; i < text.length; i++, this.at++) {
      if (this.at >= this.end || this.bytes[this.at] !== text.charCodeAt(i)) throw this.unexpected();
    }
  }

  /** Passes `key` and its quotes where just these bytes are next. */
  passKey(key: Uint8Array): boolean {
    const { bytes, at } = this;
    const size = key.length;
    if (at + size + 2 > this.end || bytes[at] !== CHAR.QUOTE || bytes[at + size + 1] !== CHAR.QUOTE)
      return false;
    for (let i = 0; i < size; i++) if (bytes[at + 1 + i] !== key[i]) return false;
    this.at = at + size + 2;
    return true;
  }

  /** Reads a string, which must be next, to {@link JsonCursor.textBytes}. */
  string(): void {
    this.expect(CHAR.QUOTE);
    const { bytes, end, at: start } = this;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte === CHAR.QUOTE) {
        this.textBytes = bytes;
        this.textStart = start;
        this.textEnd = at;
        this.at = at + 1;
        return;
      }
      if (byte === CHAR.BACKSLASH) return this.escapedString(start);
      if (byte < 32) {
        this.at = at;
        throw this.failure('JSON_TEXT', 'a string has a control character');
      }
    }
    this.at = end;
    throw this.unexpected();
  }

  /** The string that was read last. */
  text(): string {
    const { textBytes, textStart, textEnd } = this;
    const { buffer, byteOffset } = textBytes;
    return Buffer.from(buffer, byteOffset + textStart, textEnd - textStart).toString('utf8');
  }

  /** Reads a number, which must be next, to {@link JsonCursor.number}. */
  readNumber(): void {
    const { bytes, end, number } = this;
    let at = this.at;
    number.start = at;
    number.negative = bytes[at] === CHAR.MINUS;
    if (number.negative) at++;
    const whole = at;
    // Two integers of 32 bits take a third of the time of one double.
    let head = 0;
    let tail = 0;
    let digitCount = 0;
    let point = -1;
    for (; at < end; at++) {
      const byte = bytes[at] as number;
      const digit = byte - CHAR.ZERO;
      if (digit >>> 0 <= 9) {
        if (digitCount < HALF_DIGITS) head = head * 10 + digit;
        else if (digitCount < 2 * HALF_DIGITS) tail = tail * 10 + digit;
        digitCount++;
      } else if (byte === CHAR.POINT && point < 0) point = at;
      else break;
    }
    const wholeEnd = point < 0 ? at : point;
    if (wholeEnd === whole || (bytes[whole] === CHAR.ZERO && wholeEnd > whole + 1)) {
      throw this.unexpectedAt(whole);
    }
    if (at === point + 1) throw this.unexpectedAt(at);
    const more = Math.min(digitCount - HALF_DIGITS, HALF_DIGITS);
    number.digits = more <= 0 ? head : head * (TENS[more] as number) + tail;
    number.digitCount = digitCount;
    number.exponent = point < 0 ? 0 : point + 1 - at;
    number.isInteger = point < 0;
    if (at < end && ((bytes[at] as number) | 32) === CHAR.LOWER_E) at = this.readExponent(at);
    number.end = at;
    this.at = at;
  }

  /** Passes any value, `depth` levels below the text's own, checking it as if it were read. */
  skip(depth: number): void {
    if (depth > DEPTH_MAX) throw this.failure('LIMIT', 'JSON is nested too deep', { depthMax: DEPTH_MAX });
    const byte = this.peek();
    if (byte === CHAR.QUOTE) this.string();
    else if (byte === CHAR.OPEN) this.skipMembers(depth);
    else if (byte === CHAR.OPEN_LIST) this.skipElements(depth);
    else if (byte === CHAR.LOWER_T) this.word('true');
    else if (byte === CHAR.LOWER_F) this.word('false');
    else if (byte === CHAR.LOWER_N) this.word('null');
    else this.readNumber();
  }

  /** What is here cannot stand here. */
  unexpected(): Error {
    return this.unexpectedAt(this.at);
  }

  /** A failure at the present place. */
  failure(
    code: 'JSON_TEXT' | 'LIMIT' | 'DUPLICATE_KEY' | 'SCHEMA_MISMATCH',
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ): Error {
    return corrupt(code, message, { ...details, offset: this.at });
  }

  private unexpectedAt(offset: number): Error {
    if (offset >= this.end) return corrupt('JSON_SYNTAX', 'JSON ends in the middle', { offset });
    const found = JSON.stringify(String.fromCharCode(this.bytes[offset] as number));
    return corrupt('JSON_SYNTAX', 'this is not JSON', { found, offset });
  }

  /** From the `e` on; returns where it ends. */
  private readExponent(start: number): number {
    const { bytes, end, number } = this;
    let at = start + 1;
    const sign = bytes[at];
    if (sign === CHAR.PLUS || sign === CHAR.MINUS) at++;
    const first = at;
    let size = 0;
    for (; at < end; at++) {
      const digit = (bytes[at] as number) - CHAR.ZERO;
      if (digit >>> 0 > 9) break;
      // More would change nothing.
      size = Math.min(size * 10 + digit, 1e6);
    }
    if (at === first) throw this.unexpectedAt(at);
    number.isInteger = false;
    number.exponent += sign === CHAR.MINUS ? -size : size;
    return at;
  }

  private skipMembers(depth: number): void {
    this.at++;
    if (this.peek() === CHAR.CLOSE) {
      this.at++;
      return;
    }
    const keys = new Set<string>();
    do {
      this.peek();
      this.string();
      const key = this.text();
      if (keys.has(key)) throw this.failure('DUPLICATE_KEY', 'a key is there twice', { key });
      keys.add(key);
      this.expect(CHAR.COLON);
      this.skip(depth + 1);
    } while (this.goesOn(CHAR.CLOSE));
  }

  private skipElements(depth: number): void {
    this.at++;
    if (this.peek() === CHAR.CLOSE_LIST) {
      this.at++;
      return;
    }
    do this.skip(depth + 1);
    while (this.goesOn(CHAR.CLOSE_LIST));
  }

  /** A string with escapes is put together elsewhere. */
  private escapedString(start: number): void {
    const { bytes, end, unescaped } = this;
    unescaped.clear();
    let from = start;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] as number;
      this.at = at;
      if (byte < 32) throw this.failure('JSON_TEXT', 'a string has a control character');
      if (byte === CHAR.QUOTE) {
        unescaped.append(bytes, from, at);
        this.at = at + 1;
        this.textBytes = unescaped.bytes;
        this.textStart = 0;
        this.textEnd = unescaped.length;
        return;
      }
      if (byte !== CHAR.BACKSLASH) continue;
      unescaped.append(bytes, from, at);
      at = this.escape(at + 1);
      from = at + 1;
    }
    throw this.unexpectedAt(end);
  }

  /** What stands behind a backslash at `at`; returns its last place. */
  private escape(at: number): number {
    const plain = ESCAPES[this.bytes[at] as number];
    if (plain !== undefined) {
      this.unescaped.put(plain);
      return at;
    }
    if (this.bytes[at] !== LOWER_U)
      throw this.failure('JSON_TEXT', 'a string has an escape that there is not');
    const unit = this.unit(at + 1);
    if (unit < 0xd800 || unit > 0xdfff) {
      this.putCodePoint(unit);
      return at + 4;
    }
    const isPair = unit < 0xdc00 && this.bytes[at + 5] === CHAR.BACKSLASH && this.bytes[at + 6] === LOWER_U;
    const low = isPair ? this.unit(at + 7) : 0;
    if (low < 0xdc00 || low > 0xdfff)
      throw this.failure('JSON_TEXT', 'a string has half of a surrogate pair');
    this.putCodePoint(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    return at + 10;
  }

  private unit(at: number): number {
    let unit = 0;
    for (let i = at; i < at + 4; i++) {
      const digit =
        i < this.end ? Number.parseInt(String.fromCharCode(this.bytes[i] as number), 16) : Number.NaN;
      if (Number.isNaN(digit)) throw this.failure('JSON_TEXT', 'a string has an escape that there is not');
      unit = unit * 16 + digit;
    }
    return unit;
  }

  private putCodePoint(point: number): void {
    const bytes = Buffer.from(String.fromCodePoint(point), 'utf8');
    this.unescaped.append(bytes, 0, bytes.length);
  }
}

const LOWER_U = 117;
/** What stands behind a backslash, and what it means. */
const ESCAPES: Readonly<Record<number, number>> = {
  34: 34,
  92: 92,
  47: 47,
  98: 8,
  102: 12,
  110: 10,
  114: 13,
  116: 9,
};
