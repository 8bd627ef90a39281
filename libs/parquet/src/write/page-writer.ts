import { createArenaBuffer, type Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { crc32 } from 'node:zlib';
import type { PageCodec } from '../codec/page-codec.js';
import { ENCODING, PAGE } from '../format/constants.js';
import type { PageHeader } from '../format/metadata.js';
import { encodeThrift, type ThriftWriter } from './thrift-writer.js';

/** Puts pages together, one after another, each behind its header and with its checksum (MG-25). */
export interface PageWriter {
  /** Forgets all pages. */
  begin(): void;
  /** Compresses a body and appends it behind its header. */
  put(body: { readonly at: Address; readonly sizeBytes: number }, kind: PageKind): void;
  /** Appends a page as it is stored elsewhere, levels included, behind a header of its own. */
  copy(stored: Uint8Array, header: PageHeader): void;
  /** Of all pages so far, as stored. */
  readonly sizeBytes: number;
  /** Of all pages so far, with headers, before compression. */
  readonly uncompressedSizeBytes: number;
  /** Room for bytes that are none of a page, behind all pages, until the next call; its place is a multiple of 4. */
  behind(sizeBytes: number): Address;
  /** Where all pages so far stand, until the next call. */
  place(): { readonly at: Address; readonly sizeBytes: number };
  release(): void;
}

/** What a page's header says beside sizes and checksum. */
export type PageKind = Pick<PageHeader, 'type' | 'valueCount' | 'encoding' | 'v2'>;

/** More than any header takes. */
const HEADER_BYTES_MAX = 128;

/** A writer without pages. */
export function createPageWriter(arena: Arena, codec: PageCodec): PageWriter {
  const pages = createArenaBuffer(arena);
  let sizeBytes = 0;
  let uncompressedSizeBytes = 0;
  const append = (
    header: Uint8Array,
    body: { readonly sizeBytes: number; readonly uncompressedSizeBytes: number },
  ) => {
    arena.put(header, pages.address + sizeBytes);
    sizeBytes += header.length + body.sizeBytes;
    uncompressedSizeBytes += header.length + body.uncompressedSizeBytes;
  };
  return {
    begin() {
      sizeBytes = 0;
      uncompressedSizeBytes = 0;
    },
    put(body, kind) {
      const room = sizeBytes + HEADER_BYTES_MAX + codec.bound(body.sizeBytes);
      const at = pages.grow(room, sizeBytes) + sizeBytes;
      // Behind where the longest header would end; moved to where this one does.
      const storedAt = at + HEADER_BYTES_MAX;
      const length = codec.encode(arena, body.at, body.sizeBytes, storedAt);
      const sizes = { sizeBytes: length, uncompressedSizeBytes: body.sizeBytes };
      const crc = crc32(arena.bytes.subarray(storedAt, storedAt + length));
      const header = encodeHeader(kind, { ...sizes, crc });
      arena.move(storedAt, at + header.length, length);
      append(header, sizes);
    },
    copy(stored, kind) {
      const sizes = { sizeBytes: stored.length, uncompressedSizeBytes: kind.uncompressedSizeBytes };
      const header = encodeHeader(kind, { ...sizes, crc: kind.crc ?? crc32(stored) });
      const at = pages.grow(sizeBytes + header.length + stored.length, sizeBytes) + sizeBytes;
      arena.put(stored, at + header.length);
      append(header, sizes);
    },
    get sizeBytes() {
      return sizeBytes;
    },
    get uncompressedSizeBytes() {
      return uncompressedSizeBytes;
    },
    behind(more) {
      const start = (sizeBytes + 3) & ~3;
      return pages.grow(Math.max(start + more, 1), sizeBytes) + start;
    },
    place: () => ({ at: pages.address, sizeBytes }),
    release: () => pages.release(),
  };
}

function encodeHeader(
  kind: PageKind,
  sizes: { readonly sizeBytes: number; readonly uncompressedSizeBytes: number; readonly crc: number },
): Uint8Array {
  return encodeThrift((writer) => {
    writer.i32(1, kind.type);
    writer.i32(2, sizes.uncompressedSizeBytes);
    writer.i32(3, sizes.sizeBytes);
    // The checksum is an unsigned number in a signed field.
    writer.i32(4, sizes.crc | 0);
    writeKind(writer, kind);
  });
}

function writeKind(writer: ThriftWriter, { type, valueCount, encoding, v2 }: PageKind): void {
  if (type === PAGE.DICTIONARY) {
    writer.struct(7, () => {
      writer.i32(1, valueCount);
      writer.i32(2, encoding);
    });
    return;
  }
  if (v2 !== undefined) {
    writer.struct(8, () => {
      writer.i32(1, valueCount);
      writer.i32(2, v2.nullCount);
      writer.i32(3, v2.rowCount);
      writer.i32(4, encoding);
      writer.i32(5, v2.definitionSizeBytes);
      writer.i32(6, v2.repetitionSizeBytes);
      writer.bool(7, v2.compressed);
    });
    return;
  }
  writer.struct(5, () => {
    writer.i32(1, valueCount);
    writer.i32(2, encoding);
    writer.i32(3, ENCODING.RLE);
    writer.i32(4, ENCODING.RLE);
  });
}
