import type { Column, DataType } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { GrowingBytes, GrowingDoubles, GrowingWords } from './growing.js';
import { createInstantReader } from './instant.js';
import { CHAR, type JsonCursor } from './json-cursor.js';
import { doubleOf, integerOf } from './json-number.js';

/** Values of one leaf, read from JSON. */
export interface LeafValues {
  /** What JSON must have here, for messages. */
  readonly expected: string;
  /** Reads the next value; false where it is of another type, and nothing was taken. @throws LakeError `corrupt`. */
  read(cursor: JsonCursor, first: number): boolean;
  /** All of them, until the next is read. */
  column(): Column;
  clear(): void;
}

/** None yet. @throws LakeError `invalid` for a type that nothing in JSON is read as. */
export function createLeafValues(type: DataType): LeafValues {
  if (type.kind === 'utf8') return new Texts();
  if (type.kind === 'bool') return new Bools();
  if (type.kind === 'float' && type.bits === 64) return new Doubles();
  if (type.kind === 'int' && type.bits === 64 && type.signed) return new Integers();
  if (type.kind === 'timestamp' && type.unit === 'us' && type.utc) return new Instants();
  throw new LakeError('invalid', 'JSON is not read as a column of this type', {
    details: { type: type.kind },
  });
}

function isNumberStart(byte: number): boolean {
  return byte === CHAR.MINUS || (byte - CHAR.ZERO) >>> 0 <= 9;
}

class Texts implements LeafValues {
  readonly expected = 'a string';
  private readonly data = new GrowingBytes();
  private readonly ends = new GrowingWords();

  constructor() {
    this.ends.put(0);
  }

  read(cursor: JsonCursor, first: number): boolean {
    if (first !== CHAR.QUOTE) return false;
    cursor.string();
    this.append(cursor.textBytes, cursor.textStart, cursor.textEnd);
    return true;
  }

  append(bytes: Uint8Array, start: number, end: number): void {
    this.data.append(bytes, start, end);
    this.ends.put(this.data.length);
  }

  column(): Column {
    return { layout: 'bytes', values: { offsets: this.ends.view(), data: this.data.view() } };
  }

  clear(): void {
    this.data.clear();
    this.ends.clear();
    this.ends.put(0);
  }
}

class Bools implements LeafValues {
  readonly expected = 'true or false';
  private readonly values = new GrowingBytes();

  read(cursor: JsonCursor, first: number): boolean {
    if (first !== CHAR.LOWER_T && first !== CHAR.LOWER_F) return false;
    const isTrue = first === CHAR.LOWER_T;
    cursor.word(isTrue ? 'true' : 'false');
    this.values.put(isTrue ? 1 : 0);
    return true;
  }

  column(): Column {
    return { layout: 'fixed', values: this.values.view() };
  }

  clear(): void {
    this.values.clear();
  }
}

class Doubles implements LeafValues {
  readonly expected = 'a number';
  private readonly values = new GrowingDoubles();

  read(cursor: JsonCursor, first: number): boolean {
    if (!isNumberStart(first)) return false;
    cursor.readNumber();
    this.values.put(doubleOf(cursor.number));
    return true;
  }

  column(): Column {
    return { layout: 'fixed', values: this.values.view() };
  }

  clear(): void {
    this.values.clear();
  }
}

/** Words of 64 bits, low half first. */
class Words {
  private readonly halves = new GrowingWords();

  /** A number that is an integer, or a bigint of 64 bits. */
  put(value: number | bigint): void {
    if (typeof value === 'bigint') {
      this.halves.put(Number(BigInt.asUintN(32, value)));
      this.halves.put(Number(BigInt.asUintN(32, value >> 32n)));
      return;
    }
    this.halves.put(value >>> 0);
    this.halves.put(Math.floor(value / 2 ** 32) >>> 0);
  }

  column(): Column {
    const { buffer, length } = this.halves.view();
    return { layout: 'fixed', values: new BigInt64Array(buffer, 0, length / 2) };
  }

  clear(): void {
    this.halves.clear();
  }
}

class Integers implements LeafValues {
  readonly expected = 'an integer';
  private readonly values = new Words();

  read(cursor: JsonCursor, first: number): boolean {
    if (!isNumberStart(first)) return false;
    const start = cursor.at;
    cursor.readNumber();
    const value = integerOf(cursor.number);
    if (value === undefined) {
      cursor.at = start;
      return false;
    }
    this.values.put(value);
    return true;
  }

  column(): Column {
    return this.values.column();
  }

  clear(): void {
    this.values.clear();
  }
}

class Instants implements LeafValues {
  readonly expected = 'an instant in UTC, to the microsecond';
  private readonly values = new Words();
  private readonly instants = createInstantReader();

  read(cursor: JsonCursor, first: number): boolean {
    if (first !== CHAR.QUOTE) return false;
    const us = this.asSpelled(cursor) ?? this.afterEscapes(cursor);
    if (us === undefined) return false;
    this.values.put(us);
    return true;
  }

  /** Where it stands: an instant needs no escapes, and what is one needs no other look at its bytes. */
  private asSpelled(cursor: JsonCursor): number | undefined {
    const { instants } = this;
    const us = instants.read(cursor.bytes, cursor.at + 1, cursor.bytes.length);
    if (us === undefined || cursor.bytes[instants.end] !== CHAR.QUOTE) return undefined;
    cursor.at = instants.end + 1;
    return us;
  }

  private afterEscapes(cursor: JsonCursor): number | undefined {
    const { instants } = this;
    const start = cursor.at;
    cursor.string();
    const us = instants.read(cursor.textBytes, cursor.textStart, cursor.textEnd);
    if (us !== undefined && instants.end === cursor.textEnd) return us;
    cursor.at = start;
    return undefined;
  }

  column(): Column {
    return this.values.column();
  }

  clear(): void {
    this.values.clear();
  }
}
