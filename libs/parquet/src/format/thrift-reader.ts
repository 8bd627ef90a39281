import { corrupt } from './corrupt.js';

/**
 * A place in bytes of the thrift compact protocol. Every length is compared with the bytes that are left before
 * anything is allocated, so a few hundred hostile bytes cannot ask for gigabytes.
 */
export interface ThriftReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;
  /** How many more fields and list elements may be read. */
  nodesLeft: number;
  /** Wire type of the field that {@link nextField} came to last. */
  fieldType: number;
}

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const MAP = 11;
const STRUCT = 12;
const UUID = 13;

/** Structures nested deeper than this have no meaning in a parquet file. */
const DEPTH_MAX = 24;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A reader at `position`; at most `nodesMax` fields and elements may be read with it. */
export function thriftReader(
  bytes: Uint8Array,
  { position, end, nodesMax }: { position: number; end: number; nodesMax: number },
): ThriftReader {
  return { bytes, end, position, nodesLeft: nodesMax, fieldType: 0 };
}

/**
 * The id of the next field of a struct whose last field had id `last` (0 before the first); 0 at the struct's end.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`).
 */
export function nextField(reader: ThriftReader, last: number): number {
  // Here and where numbers are read calls are few: a footer has a hundred thousand fields, in code that runs for the first time.
  const { position } = reader;
  if (position >= reader.end) throw ended(reader);
  reader.position = position + 1;
  const head = reader.bytes[position] as number;
  if (head === 0) return 0;
  if (--reader.nodesLeft < 0) throw tooMany();
  reader.fieldType = head & 15;
  const delta = head >> 4;
  const id = delta === 0 ? zigzag(readVarint(reader)) : last + delta;
  // No writer goes backwards, and a repeated field would say two things at once.
  if (id <= last || id > 32767) throw bad(reader, 'field ids do not ascend');
  return id;
}

/** A 16, 32 or 64-bit integer field as a number; beyond 2^53 it is inexact, and no such number is valid in a file. */
export function fieldInt(reader: ThriftReader): number {
  const { fieldType, position } = reader;
  if (fieldType < BYTE || fieldType > I64) throw bad(reader, 'a field is not an integer');
  if (fieldType === BYTE) return (readByte(reader) << 24) >> 24;
  const first = reader.bytes[position] as number;
  if (first < 128 && position < reader.end) {
    reader.position = position + 1;
    return (first >>> 1) ^ -(first & 1);
  }
  return fieldType === I64 ? readI64(reader) : zigzag(readVarint(reader));
}

/** A boolean field. */
export function fieldBool(reader: ThriftReader): boolean {
  if (reader.fieldType !== TRUE && reader.fieldType !== FALSE) throw bad(reader, 'a field is not a boolean');
  return reader.fieldType === TRUE;
}

/** A binary field, as a view. */
export function fieldBinary(reader: ThriftReader): Uint8Array {
  if (reader.fieldType !== BINARY) throw bad(reader, 'a field is not binary');
  return readBinary(reader);
}

/** Passes over a binary field; returns where its bytes start. They end where the reader then stands. */
export function fieldSpan(reader: ThriftReader): number {
  if (reader.fieldType !== BINARY) throw bad(reader, 'a field is not binary');
  const length = readVarint(reader);
  const start = reader.position;
  advance(reader, length);
  return start;
}

/** A text field. */
export function fieldText(reader: ThriftReader): string {
  if (reader.fieldType !== BINARY) throw bad(reader, 'a field is not binary');
  return readText(reader);
}

/** A struct field; `read` must read up to and including its end. */
export function fieldStruct<T>(reader: ThriftReader, read: (reader: ThriftReader) => T): T {
  requireStruct(reader);
  return read(reader);
}

/** A struct field, whose fields the caller reads up to and including their end. */
export function requireStruct(reader: ThriftReader): void {
  if (reader.fieldType !== STRUCT) throw bad(reader, 'a field is not a struct');
}

/** A field that is a list of structs. */
export function fieldStructs<T>(reader: ThriftReader, read: (reader: ThriftReader) => T): T[] {
  const { size, type } = listHead(reader);
  if (type !== STRUCT && size > 0) throw bad(reader, 'a list does not hold structs');
  const items: T[] = [];
  for (let i = 0; i < size; i++) {
    countNode(reader);
    items.push(read(reader));
  }
  return items;
}

/** A field that is a list of integers. */
export function fieldInts(reader: ThriftReader): number[] {
  const { size, type } = listHead(reader);
  if ((type < BYTE || type > I64) && size > 0) throw bad(reader, 'a list does not hold integers');
  const items: number[] = [];
  for (let i = 0; i < size; i++) {
    countNode(reader);
    items.push(type === BYTE ? readByte(reader) : readI64(reader));
  }
  return items;
}

/** A field that is a list of texts. */
export function fieldTexts(reader: ThriftReader): string[] {
  const { size, type } = listHead(reader);
  if (type !== BINARY && size > 0) throw bad(reader, 'a list does not hold text');
  const items: string[] = [];
  for (let i = 0; i < size; i++) {
    countNode(reader);
    items.push(readText(reader));
  }
  return items;
}

/** A copy of what was read since `start`: of a Buffer, `slice` is none. */
export function readSince({ bytes, position }: ThriftReader, start: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, position));
}

/** A list that has been read. */
export interface KnownList {
  /** As it stood there: a copy, since nobody knows what becomes of where it was read. */
  readonly bytes: Uint8Array;
  /** How many items it has. */
  readonly count: number;
}

/** Passes over a list that is `known`, byte for byte; `false` where it is another, or no list: then it is still to be read. */
export function passLike(reader: ThriftReader, known: KnownList): boolean {
  const { bytes, position } = reader;
  const { length } = known.bytes;
  if (reader.fieldType !== LIST || length === 0 || length > reader.end - position) return false;
  for (let i = 0; i < length; i++) if (known.bytes[i] !== bytes[position + i]) return false;
  reader.position += length;
  countNodes(reader, known.count);
  return true;
}

/** A field that is a list of byte strings, as views. */
export function fieldBinaries(reader: ThriftReader): Uint8Array[] {
  const { size, type } = listHead(reader);
  if (type !== BINARY && size > 0) throw bad(reader, 'a list does not hold byte strings');
  const items: Uint8Array[] = [];
  for (let i = 0; i < size; i++) {
    countNode(reader);
    items.push(readBinary(reader));
  }
  return items;
}

/** A field that is a list of booleans, which take a byte each there. Some writers say false as 0, others as 2. */
export function fieldBools(reader: ThriftReader): boolean[] {
  const { size, type } = listHead(reader);
  if (type !== TRUE && type !== FALSE && size > 0) throw bad(reader, 'a list does not hold booleans');
  const items: boolean[] = [];
  for (let i = 0; i < size; i++) {
    countNode(reader);
    const value = readByte(reader);
    if (value > FALSE) throw bad(reader, 'a boolean is neither true nor false');
    items.push(value === TRUE);
  }
  return items;
}

/** Passes over a field this reader has no use for, within the same bounds. */
export function skipField(reader: ThriftReader): void {
  const type = reader.fieldType;
  if (type > BYTE && type <= I64) readI64(reader);
  else if (type !== TRUE && type !== FALSE) skipValue(reader, type, 0);
}

/** Passes over a struct of which only the presence matters. */
export function skipStruct(reader: ThriftReader): void {
  skipValue(reader, STRUCT, 0);
}

function skipValue(reader: ThriftReader, type: number, depth: number): void {
  if (depth > DEPTH_MAX)
    throw corrupt('LIMIT', 'thrift structures are nested too deep', { depthMax: DEPTH_MAX });
  if (type === STRUCT) {
    for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
      const inner = reader.fieldType;
      if (inner !== TRUE && inner !== FALSE) skipValue(reader, inner, depth + 1);
    }
  } else if (type === LIST || type === SET) {
    const { size, type: inner } = listHead(reader, true);
    for (let i = 0; i < size; i++) skipElement(reader, inner, depth + 1);
  } else if (type === MAP) {
    const size = readVarint(reader);
    const types = size === 0 ? 0 : readByte(reader);
    checkCount(reader, size);
    for (let i = 0; i < size; i++) {
      skipElement(reader, types >> 4, depth + 1);
      skipElement(reader, types & 15, depth + 1);
    }
  } else skipScalar(reader, type);
}

/** Inside lists and maps a boolean takes a byte. */
function skipElement(reader: ThriftReader, type: number, depth: number): void {
  countNode(reader);
  if (type === TRUE || type === FALSE) readByte(reader);
  else skipValue(reader, type, depth);
}

function skipScalar(reader: ThriftReader, type: number): void {
  if (type === BINARY) advance(reader, readVarint(reader));
  else if (type === DOUBLE) advance(reader, 8);
  else if (type === UUID) advance(reader, 16);
  else if (type === BYTE) readByte(reader);
  else if (type > BYTE && type <= I64) readI64(reader);
  else throw bad(reader, 'an unknown thrift type');
}

function listHead(reader: ThriftReader, anyType = false): { size: number; type: number } {
  if (!anyType && reader.fieldType !== LIST) throw bad(reader, 'a field is not a list');
  const head = readByte(reader);
  const size = head >> 4 === 15 ? readVarint(reader) : head >> 4;
  checkCount(reader, size);
  return { size, type: head & 15 };
}

/** Every element takes at least one byte. */
function checkCount(reader: ThriftReader, size: number): void {
  if (size > reader.end - reader.position) throw bad(reader, 'a list is longer than its bytes');
}

function countNode(reader: ThriftReader): void {
  countNodes(reader, 1);
}

function countNodes(reader: ThriftReader, count: number): void {
  reader.nodesLeft -= count;
  if (reader.nodesLeft < 0) throw tooMany();
}

function tooMany(): Error {
  return corrupt('LIMIT', 'too many thrift fields and elements');
}

function readByte(reader: ThriftReader): number {
  if (reader.position >= reader.end) throw ended(reader);
  return reader.bytes[reader.position++] as number;
}

function advance(reader: ThriftReader, length: number): void {
  if (length > reader.end - reader.position) throw ended(reader);
  reader.position += length;
}

function readBinary(reader: ThriftReader): Uint8Array {
  const length = readVarint(reader);
  const start = reader.position;
  advance(reader, length);
  return reader.bytes.subarray(start, start + length);
}

/** Nearly every name is short and plain; a writer's own, with its version and build, is longer. */
const PLAIN_TEXT_MAX = 96;

/**
 * Such names, each the last of those that have the same hash: thousands of files have the same few, and a text takes longer to make
 * than to know.
 */
const knownTexts = new Array<string | undefined>(256).fill(undefined);

function readText(reader: ThriftReader): string {
  const length = readVarint(reader);
  const start = reader.position;
  advance(reader, length);
  const { bytes } = reader;
  const hash = length <= PLAIN_TEXT_MAX ? hashOfAscii(bytes, start, length) : -1;
  if (hash >= 0) {
    const known = knownTexts[hash];
    if (known !== undefined && isSame(known, bytes, start, length)) return known;
    return (knownTexts[hash] = String.fromCharCode(...bytes.subarray(start, start + length)));
  }
  try {
    return utf8.decode(bytes.subarray(start, start + length));
  } catch {
    throw bad(reader, 'a name is not utf-8');
  }
}

/** Where in {@link knownTexts} a text belongs; negative unless it is ASCII. */
function hashOfAscii(bytes: Uint8Array, start: number, length: number): number {
  let hash = length;
  for (let i = 0; i < length; i++) {
    const byte = bytes[start + i] as number;
    if (byte > 127) return -1;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return (hash ^ (hash >>> 8)) & 255;
}

function isSame(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

/** An unsigned varint of at most 32 bits: what is beyond them would be lost, and a large number pass for a small one. */
function readVarint(reader: ThriftReader): number {
  const { position } = reader;
  const first = reader.bytes[position] as number;
  if (first < 128 && position < reader.end) {
    reader.position = position + 1;
    return first;
  }
  let value = 0;
  for (let shift = 0; shift < 35; shift += 7) {
    const byte = readByte(reader);
    if (shift === 28 && byte > 15) break;
    value |= (byte & 127) << shift;
    if (byte < 128) return value >>> 0;
  }
  throw bad(reader, 'a varint is too long');
}

function zigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1);
}

const POWERS_OF_128 = Array.from({ length: 6 }, (_, i) => 128 ** i);

/** A zigzag varint of at most ten bytes. */
function readI64(reader: ThriftReader): number {
  const { bytes, end } = reader;
  let { position } = reader;
  let low = 0;
  for (let shift = 0; shift < 28 && position < end; shift += 7) {
    const byte = bytes[position++] as number;
    low |= (byte & 127) << shift;
    if (byte < 128) {
      reader.position = position;
      return (low >>> 1) ^ -(low & 1);
    }
  }
  reader.position = position;
  let high = 0;
  for (let i = 0; i < 6; i++) {
    const byte = readByte(reader);
    high += (byte & 127) * (POWERS_OF_128[i] as number);
    if (byte < 128) {
      const negative = (low & 1) === 1;
      const magnitude = high * 2 ** 27 + (low >>> 1);
      return negative ? -magnitude - 1 : magnitude;
    }
  }
  throw bad(reader, 'a varint is too long');
}

function ended(reader: ThriftReader): Error {
  return bad(reader, 'bytes end inside a thrift structure');
}

function bad(reader: ThriftReader, message: string): Error {
  return corrupt('THRIFT_ERROR', message, { position: reader.position });
}
