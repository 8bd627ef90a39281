/** Values begin at multiples of it. */
const ALIGN_BYTES = 8;

/** What so many bytes take in a block. */
export function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / ALIGN_BYTES) * ALIGN_BYTES;
}

/** The bytes of rows that are put together, being filled up to `at`. */
export interface BlockWriter {
  readonly bytes: Uint8Array;
  readonly at: number;
  /** Room for so many bytes, which have to be filled. */
  room(sizeBytes: number): Uint8Array;
  /** Of the room that was given last, `roomBytes`, only the first `sizeBytes` were filled. */
  shrink(roomBytes: number, sizeBytes: number): void;
}

/** A block to be filled, which takes no more than `bytes`. */
export function blockWriter(bytes: Uint8Array): BlockWriter {
  return new Block(bytes);
}

/** The bytes of such rows, in their turn. */
export interface BlockReader {
  /** The next so many bytes. */
  room(sizeBytes: number): Uint8Array;
}

/** What a writer has filled. */
export function blockReader(bytes: Uint8Array): BlockReader {
  return new Block(bytes);
}

class Block implements BlockWriter, BlockReader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  room(sizeBytes: number): Uint8Array {
    const room = this.bytes.subarray(this.at, this.at + sizeBytes);
    this.at += padded(sizeBytes);
    return room;
  }

  shrink(roomBytes: number, sizeBytes: number): void {
    this.at -= padded(roomBytes) - padded(sizeBytes);
  }
}

/** Bytes of a block as words of 32 bits. */
export function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}
