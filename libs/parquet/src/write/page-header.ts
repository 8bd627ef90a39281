import { ENCODING, PAGE } from '../format/constants.js';
import type { PageHeader } from '../format/metadata.js';

/** What a page's header says beside sizes and checksum. */
export type PageKind = Pick<PageHeader, 'type' | 'valueCount' | 'encoding' | 'v2'>;

/** What follows a header. */
export interface PageBody {
  /** As stored. */
  readonly sizeBytes: number;
  readonly uncompressedSizeBytes: number;
  readonly crc: number;
}

/** More than any header takes. */
export const HEADER_BYTES_MAX = 128;

/** First bytes of fields of Thrift's compact protocol whose id is one more than that of the field before. */
const NEXT_I32 = 0x15;
const NEXT_TRUE = 0x11;
const NEXT_FALSE = 0x12;
/** Structs likewise, by how far they are from field 4. */
const STRUCT_5 = 0x1c;
const STRUCT_7 = 0x3c;
const STRUCT_8 = 0x4c;
const STOP = 0;

/**
 * Writes the header of a page at `at`, and returns where it ends. There is one for every page, so it is put down byte for byte, without
 * a writer for any struct.
 */
export function putPageHeader(bytes: Uint8Array, at: number, kind: PageKind, body: PageBody): number {
  const { type, valueCount, encoding, v2 } = kind;
  let end = putInt(bytes, at, type);
  end = putInt(bytes, end, body.uncompressedSizeBytes);
  end = putInt(bytes, end, body.sizeBytes);
  // The checksum is an unsigned number in a signed field.
  end = putInt(bytes, end, body.crc | 0);
  bytes[end++] = type === PAGE.DICTIONARY ? STRUCT_7 : v2 === undefined ? STRUCT_5 : STRUCT_8;
  end = putInt(bytes, end, valueCount);
  if (v2 !== undefined && type !== PAGE.DICTIONARY) end = putV2(bytes, end, encoding, v2);
  else {
    end = putInt(bytes, end, encoding);
    if (type !== PAGE.DICTIONARY) {
      end = putInt(bytes, end, ENCODING.RLE);
      end = putInt(bytes, end, ENCODING.RLE);
    }
  }
  bytes[end++] = STOP;
  bytes[end++] = STOP;
  return end;
}

function putV2(bytes: Uint8Array, at: number, encoding: number, v2: NonNullable<PageKind['v2']>): number {
  let end = putInt(bytes, at, v2.nullCount);
  end = putInt(bytes, end, v2.rowCount);
  end = putInt(bytes, end, encoding);
  end = putInt(bytes, end, v2.definitionSizeBytes);
  end = putInt(bytes, end, v2.repetitionSizeBytes);
  bytes[end++] = v2.compressed ? NEXT_TRUE : NEXT_FALSE;
  return end;
}

/** A field of 32 bits. */
function putInt(bytes: Uint8Array, at: number, value: number): number {
  let end = at;
  bytes[end++] = NEXT_I32;
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  while (rest >= 0x80) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end++] = rest;
  return end;
}
