import { createArenaBuffer, type Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { crc32 } from 'node:zlib';
import type { PageCodec } from '../codec/page-codec.js';
import { createPlainCodec } from '../codec/plain-codec.js';
import type { PageHeader } from '../format/metadata.js';
import { HEADER_BYTES_MAX, putPageHeader, type PageBody, type PageKind } from './page-header.js';

/** Puts pages together, one after another, each behind its header and with its checksum (MG-25). */
export interface PageWriter {
  /** Forgets all pages. Those that follow are compressed, or not, also where the writer has a codec. */
  begin(way: { readonly isCompressed: boolean }): void;
  /** Whether pages are; never where the codec is none. */
  readonly isCompressed: boolean;
  /** Compresses a body, if pages are compressed, and appends it behind its header. */
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

/** Of pages that are not compressed. */
const PLAIN = createPlainCodec();

/** A writer without pages. */
export function createPageWriter(arena: Arena, codec: PageCodec): PageWriter {
  const pages = createArenaBuffer(arena);
  const hasCodec = codec.name !== 'none';
  let isCompressed = hasCodec;
  let sizeBytes = 0;
  let uncompressedSizeBytes = 0;
  const count = (headerSizeBytes: number, body: PageBody) => {
    sizeBytes += headerSizeBytes + body.sizeBytes;
    uncompressedSizeBytes += headerSizeBytes + body.uncompressedSizeBytes;
  };
  return {
    begin(way) {
      isCompressed = hasCodec && way.isCompressed;
      sizeBytes = 0;
      uncompressedSizeBytes = 0;
    },
    get isCompressed() {
      return isCompressed;
    },
    put(body, kind) {
      const way = isCompressed ? codec : PLAIN;
      const room = sizeBytes + HEADER_BYTES_MAX + way.bound(body.sizeBytes);
      const at = pages.grow(room, sizeBytes) + sizeBytes;
      // Behind where the longest header would end; moved to where this one does.
      const storedAt = at + HEADER_BYTES_MAX;
      const length = way.encode(arena, body.at, body.sizeBytes, storedAt);
      const { bytes } = arena;
      const crc = crc32(bytes.subarray(storedAt, storedAt + length));
      const stored = { sizeBytes: length, uncompressedSizeBytes: body.sizeBytes, crc };
      const bodyAt = putPageHeader(bytes, at, kind, stored);
      arena.move(storedAt, bodyAt, length);
      count(bodyAt - at, stored);
    },
    copy(stored, kind) {
      const { uncompressedSizeBytes: size, crc = crc32(stored) } = kind;
      const body = { sizeBytes: stored.length, uncompressedSizeBytes: size, crc };
      const at = pages.grow(sizeBytes + HEADER_BYTES_MAX + stored.length, sizeBytes) + sizeBytes;
      const bodyAt = putPageHeader(arena.bytes, at, kind, body);
      arena.put(stored, bodyAt);
      count(bodyAt - at, body);
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
