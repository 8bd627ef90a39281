/**
 * Any structure of the thrift compact protocol as a tree that can be changed and written again. The fuzzer has its own
 * reader and writer of it, so that what the library misreads is not misread here too.
 */
export interface ThriftStruct {
  readonly type: 'struct';
  fields: ThriftField[];
}

/** A field; ids ascend within a struct. */
export interface ThriftField {
  id: number;
  value: ThriftValue;
}

/** A list, or a set, which is stored like one. */
export interface ThriftList {
  readonly type: 'list';
  readonly code: 9 | 10;
  /** Wire type of the items; an empty list has one too. */
  readonly itemCode: number;
  items: ThriftValue[];
}

/** An integer of 8 to 64 bits, by its wire type. */
export interface ThriftInt {
  readonly type: 'int';
  readonly code: 3 | 4 | 5 | 6;
  value: bigint;
}

/** A value of a field or a list; doubles are kept as bytes. */
export type ThriftValue =
  | ThriftStruct
  | ThriftList
  | ThriftInt
  | { readonly type: 'bool'; value: boolean }
  | { readonly type: 'bytes'; readonly code: 7 | 8; value: Uint8Array };

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const DOUBLE = 7;
const BINARY = 8;
const STRUCT = 12;
const STOP = 0;

/**
 * The struct that starts at `offset`, and where it ends. For bytes that are known to be good.
 *
 * @throws Error when they are not, and on maps, which Parquet does not use.
 */
export function parseThrift(
  bytes: Uint8Array,
  offset: number,
): { readonly tree: ThriftStruct; readonly end: number } {
  const cursor = { bytes, at: offset };
  const tree = parseStruct(cursor);
  return { tree, end: cursor.at };
}

/** `tree` as bytes. */
export function encodeThriftTree(tree: ThriftStruct): Uint8Array {
  const out: number[] = [];
  putStruct(out, tree);
  return Uint8Array.from(out);
}

/** The value of field `id`, if it is there. */
export function fieldOf(struct: ThriftStruct, id: number): ThriftValue | undefined {
  return struct.fields.find((field) => field.id === id)?.value;
}

/** The integer in field `id`, or `undefined` where there is none. */
export function intOf(struct: ThriftStruct, id: number): number | undefined {
  const value = fieldOf(struct, id);
  return value?.type === 'int' ? Number(value.value) : undefined;
}

/** The struct in field `id`, or `undefined` where there is none. */
export function structOf(struct: ThriftStruct, id: number): ThriftStruct | undefined {
  const value = fieldOf(struct, id);
  return value?.type === 'struct' ? value : undefined;
}

/** The structs of the list in field `id`; none where there is no such list. */
export function structsOf(struct: ThriftStruct, id: number): ThriftStruct[] {
  const value = fieldOf(struct, id);
  return value?.type === 'list' ? value.items.filter((item) => item.type === 'struct') : [];
}

/** Puts `value` into field `id`, new or not; `undefined` takes the field away. */
export function setField(struct: ThriftStruct, id: number, value: ThriftValue | undefined): void {
  struct.fields = struct.fields.filter((field) => field.id !== id);
  if (value === undefined) return;
  struct.fields.push({ id, value });
  struct.fields.sort((a, b) => a.id - b.id);
}

/** An i32 or i64 value. */
export function thriftInt(code: 5 | 6, value: number): ThriftInt {
  return { type: 'int', code, value: BigInt(value) };
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function parseStruct(cursor: Cursor): ThriftStruct {
  const fields: ThriftField[] = [];
  for (let id = 0; ; ) {
    const head = byteAt(cursor);
    if (head === STOP) return { type: 'struct', fields };
    const step = head >> 4;
    id = step === 0 ? Number(signed(varint(cursor))) : id + step;
    fields.push({ id, value: parseField(cursor, head & 15) });
  }
}

/** A boolean field is its own type. */
function parseField(cursor: Cursor, code: number): ThriftValue {
  if (code === TRUE || code === FALSE) return { type: 'bool', value: code === TRUE };
  return parseValue(cursor, code);
}

function parseValue(cursor: Cursor, code: number): ThriftValue {
  switch (code) {
    case TRUE:
    case FALSE:
      return { type: 'bool', value: byteAt(cursor) === TRUE };
    case BYTE:
      return { type: 'int', code, value: BigInt((byteAt(cursor) << 24) >> 24) };
    case 4:
    case 5:
    case 6:
      return { type: 'int', code, value: signed(varint(cursor)) };
    case DOUBLE:
      return { type: 'bytes', code, value: take(cursor, 8) };
    case BINARY:
      return { type: 'bytes', code, value: take(cursor, Number(varint(cursor))) };
    case 9:
    case 10:
      return parseList(cursor, code);
    case STRUCT:
      return parseStruct(cursor);
    default:
      throw new Error(`thrift type ${code} at ${cursor.at}`);
  }
}

function parseList(cursor: Cursor, code: 9 | 10): ThriftList {
  const head = byteAt(cursor);
  const count = head >> 4 === 15 ? Number(varint(cursor)) : head >> 4;
  const items: ThriftValue[] = [];
  for (let i = 0; i < count; i++) items.push(parseValue(cursor, head & 15));
  return { type: 'list', code, itemCode: head & 15, items };
}

function byteAt(cursor: Cursor): number {
  const byte = cursor.bytes[cursor.at++];
  if (byte === undefined) throw new Error(`thrift ends at ${cursor.at}`);
  return byte;
}

function take(cursor: Cursor, length: number): Uint8Array {
  const value = cursor.bytes.slice(cursor.at, cursor.at + length);
  if (value.length !== length) throw new Error(`thrift ends at ${cursor.at}`);
  cursor.at += length;
  return value;
}

function varint(cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = byteAt(cursor);
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return value;
  }
}

function signed(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}

function putStruct(out: number[], struct: ThriftStruct): void {
  let last = 0;
  for (const { id, value } of struct.fields) {
    const code = value.type === 'bool' ? (value.value ? TRUE : FALSE) : codeOf(value);
    const step = id - last;
    if (step > 0 && step < 16) out.push((step << 4) | code);
    else {
      out.push(code);
      putVarint(out, zigzag(BigInt(id)));
    }
    if (value.type !== 'bool') putValue(out, value);
    last = id;
  }
  out.push(STOP);
}

function codeOf(value: ThriftValue): number {
  if (value.type === 'struct') return STRUCT;
  return value.type === 'bool' ? TRUE : value.code;
}

function putValue(out: number[], value: ThriftValue): void {
  switch (value.type) {
    case 'bool':
      out.push(value.value ? TRUE : FALSE);
      return;
    case 'int':
      if (value.code === BYTE) out.push(Number(value.value & 255n));
      else putVarint(out, zigzag(value.value));
      return;
    case 'bytes':
      if (value.code === BINARY) putVarint(out, BigInt(value.value.length));
      for (const byte of value.value) out.push(byte);
      return;
    case 'list':
      out.push((Math.min(value.items.length, 15) << 4) | value.itemCode);
      if (value.items.length >= 15) putVarint(out, BigInt(value.items.length));
      for (const item of value.items) putValue(out, item);
      return;
    case 'struct':
      putStruct(out, value);
  }
}

function zigzag(value: bigint): bigint {
  return value >= 0n ? value << 1n : (-value << 1n) - 1n;
}

function putVarint(out: number[], value: bigint): void {
  let left = value;
  for (; left > 127n; left >>= 7n) out.push(Number(left & 127n) | 128);
  out.push(Number(left));
}
