import { createByteBuffer, putByte, putBytes, putVarint, takeBytes } from './byte-buffer.js';

/** Element types of a list in the compact protocol. */
export type ThriftElement = 'bool' | 'i32' | 'i64' | 'binary' | 'struct';

/**
 * Writes one struct of Thrift's compact protocol. Fields must be written in ascending order of `id`.
 * Integers are safe integers; an `undefined` value leaves the field out.
 */
export interface ThriftWriter {
  bool(id: number, value: boolean | undefined): void;
  i8(id: number, value: number): void;
  i32(id: number, value: number | undefined): void;
  i64(id: number, value: number | undefined): void;
  binary(id: number, value: Uint8Array | undefined): void;
  text(id: number, value: string | undefined): void;
  struct(id: number, write: () => void): void;
  /** `write` puts down element `index` with {@link ThriftWriter.element}, or by writing the fields of a struct. */
  list(id: number, type: ThriftElement, count: number, write: (index: number) => void): void;
  readonly element: {
    bool(value: boolean): void;
    integer(value: number): void;
    binary(value: Uint8Array): void;
    text(value: string): void;
  };
}

const CODE = { true: 1, false: 2, i8: 3, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 };
const ELEMENT_CODE = {
  bool: CODE.true,
  i32: CODE.i32,
  i64: CODE.i64,
  binary: CODE.binary,
  struct: CODE.struct,
};
const STOP = 0;

/** The bytes of the struct whose fields `write` puts down. */
export function encodeThrift(write: (writer: ThriftWriter) => void): Uint8Array {
  const out = createByteBuffer(256);
  let lastId = 0;

  const field = (id: number, code: number) => {
    const step = id - lastId;
    if (step > 0 && step < 16) putByte(out, (step << 4) | code);
    else {
      putByte(out, code);
      putVarint(out, zigzag(id));
    }
    lastId = id;
  };
  const nested = (body: () => void) => {
    const outerId = lastId;
    lastId = 0;
    body();
    putByte(out, STOP);
    lastId = outerId;
  };
  const element = {
    bool: (value: boolean) => putByte(out, value ? CODE.true : CODE.false),
    integer: (value: number) => putVarint(out, zigzag(value)),
    binary: (value: Uint8Array) => {
      putVarint(out, value.length);
      putBytes(out, value);
    },
    text: (value: string) => element.binary(new TextEncoder().encode(value)),
  };
  const optional =
    <T>(code: number, put: (value: T) => void) =>
    (id: number, value: T | undefined) => {
      if (value === undefined) return;
      field(id, code);
      put(value);
    };

  const writer: ThriftWriter = {
    bool: (id, value) => {
      if (value !== undefined) field(id, value ? CODE.true : CODE.false);
    },
    i8: (id, value) => {
      field(id, CODE.i8);
      putByte(out, value);
    },
    i32: optional(CODE.i32, element.integer),
    i64: optional(CODE.i64, element.integer),
    binary: optional(CODE.binary, element.binary),
    text: optional(CODE.binary, element.text),
    struct: (id, body) => {
      field(id, CODE.struct);
      nested(body);
    },
    list: (id, type, count, each) => {
      field(id, CODE.list);
      if (count < 15) putByte(out, (count << 4) | ELEMENT_CODE[type]);
      else {
        putByte(out, 0xf0 | ELEMENT_CODE[type]);
        putVarint(out, count);
      }
      for (let i = 0; i < count; i++) {
        if (type === 'struct') nested(() => each(i));
        else each(i);
      }
    },
    element,
  };
  nested(() => write(writer));
  return takeBytes(out);
}

/** Arithmetic, not bitwise, so that offsets past 2^31 survive. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}
