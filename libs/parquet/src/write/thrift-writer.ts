import {
  createByteBuffer,
  putByte,
  putBytes,
  putVarint,
  takeBytes,
  viewBytes,
  type ByteBuffer,
} from './byte-buffer.js';
import { FIELD, STOP } from './compact-fields.js';

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
  /** A struct that {@link encodeThrift} gave. */
  encoded(id: number, struct: Uint8Array): void;
  /** `write` puts down element `index` with {@link ThriftWriter.element}, or by writing the fields of a struct. */
  list(id: number, type: ThriftElement, count: number, write: (index: number) => void): void;
  readonly element: {
    bool(value: boolean): void;
    integer(value: number): void;
    binary(value: Uint8Array): void;
    text(value: string): void;
  };
}

const ELEMENT_CODE = {
  bool: FIELD.true,
  i32: FIELD.i32,
  i64: FIELD.i64,
  binary: FIELD.binary,
  struct: FIELD.struct,
};

/** The bytes of the struct whose fields `write` puts down: a view of `room`, where there is some and they fit. */
export function encodeThrift(write: (writer: ThriftWriter) => void, room?: Uint8Array): Uint8Array {
  const out = room === undefined ? takeSpare() : { bytes: room, length: 0 };
  const writer = new CompactWriter(out);
  writer.nested(() => write(writer));
  // What is long is neither copied nor kept.
  if (room !== undefined || out.bytes.length > SPARE_BYTES_MAX) return viewBytes(out);
  const bytes = takeBytes(out);
  spare = out;
  return bytes;
}

const SHORT_BYTES = 1024;
const SPARE_BYTES_MAX = 64 * 1024;

/** Every page has a header: the room one was written in serves for the next. */
let spare: ByteBuffer | undefined;

function takeSpare(): ByteBuffer {
  const out = spare ?? createByteBuffer(SHORT_BYTES);
  spare = undefined;
  out.length = 0;
  return out;
}

class CompactWriter implements ThriftWriter {
  readonly element: ThriftWriter['element'];
  private lastId = 0;

  constructor(private readonly out: ByteBuffer) {
    this.element = new ElementWriter(out);
  }

  bool(id: number, value: boolean | undefined): void {
    if (value !== undefined) this.field(id, value ? FIELD.true : FIELD.false);
  }

  i8(id: number, value: number): void {
    this.field(id, FIELD.i8);
    putByte(this.out, value);
  }

  i32(id: number, value: number | undefined): void {
    if (value === undefined) return;
    this.field(id, FIELD.i32);
    this.element.integer(value);
  }

  i64(id: number, value: number | undefined): void {
    if (value === undefined) return;
    this.field(id, FIELD.i64);
    this.element.integer(value);
  }

  binary(id: number, value: Uint8Array | undefined): void {
    if (value === undefined) return;
    this.field(id, FIELD.binary);
    this.element.binary(value);
  }

  text(id: number, value: string | undefined): void {
    if (value === undefined) return;
    this.field(id, FIELD.binary);
    this.element.text(value);
  }

  struct(id: number, write: () => void): void {
    this.field(id, FIELD.struct);
    this.nested(write);
  }

  encoded(id: number, struct: Uint8Array): void {
    this.field(id, FIELD.struct);
    putBytes(this.out, struct);
  }

  list(id: number, type: ThriftElement, count: number, write: (index: number) => void): void {
    this.field(id, FIELD.list);
    if (count < 15) putByte(this.out, (count << 4) | ELEMENT_CODE[type]);
    else {
      putByte(this.out, 0xf0 | ELEMENT_CODE[type]);
      putVarint(this.out, count);
    }
    for (let i = 0; i < count; i++) {
      if (type === 'struct') this.nested(() => write(i));
      else write(i);
    }
  }

  /** The fields of a struct, and its end. */
  nested(write: () => void): void {
    const outerId = this.lastId;
    this.lastId = 0;
    write();
    putByte(this.out, STOP);
    this.lastId = outerId;
  }

  private field(id: number, code: number): void {
    const step = id - this.lastId;
    if (step > 0 && step < 16) putByte(this.out, (step << 4) | code);
    else {
      putByte(this.out, code);
      putVarint(this.out, zigzag(id));
    }
    this.lastId = id;
  }
}

class ElementWriter {
  constructor(private readonly out: ByteBuffer) {}

  bool(value: boolean): void {
    putByte(this.out, value ? FIELD.true : FIELD.false);
  }

  integer(value: number): void {
    putVarint(this.out, zigzag(value));
  }

  binary(value: Uint8Array): void {
    putVarint(this.out, value.length);
    putBytes(this.out, value);
  }

  text(value: string): void {
    this.binary(new TextEncoder().encode(value));
  }
}

/** Arithmetic, not bitwise, so that offsets past 2^31 survive. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}
