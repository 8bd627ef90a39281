import { CODEC_NAMES, ENCODING, PHYSICAL } from '../format/constants.js';
import { createByteBuffer, putByte, putBytes, putVarint, reserve, type ByteBuffer } from './byte-buffer.js';
import type { ReadNotes } from './chunk-notes.js';
import type { WrittenCodec } from './column-options.js';
import {
  FIELD,
  INT_BYTES_MAX,
  putInt,
  putList,
  putListHead,
  putZigzag,
  STOP,
  writeInt,
} from './compact-fields.js';
import type { EncodedChunk, PageKindCount } from './encoded-chunk.js';
import type { Leaf } from './leaf.js';

/** Where a chunk stands in the file, and what else a footer says of it that its pages do not tell. */
export interface ChunkPlace {
  readonly leaf: Leaf;
  readonly offset: number;
  readonly compression: WrittenCodec;
}

/** Numbers of the codecs that the sink writes. */
const COMPRESSION = {
  none: CODEC_NAMES.indexOf('UNCOMPRESSED'),
  snappy: CODEC_NAMES.indexOf('SNAPPY'),
  zstd: CODEC_NAMES.indexOf('ZSTD'),
} as const satisfies Record<WrittenCodec, number>;

/** Written over by the next; views of it hold until then. */
const scratch = createByteBuffer(1024);

/**
 * What a footer says of a chunk, as a struct. A file of many row groups and leaves has ten thousand, so that it is put down byte for
 * byte, without a writer. Until the next call.
 */
export function encodeChunkMetadata(
  { dictionarySizeBytes, kinds, slotCount, uncompressedSizeBytes, sizeBytes }: EncodedChunk,
  { leaf, offset, compression }: ChunkPlace,
  statistics: Uint8Array | undefined,
): Uint8Array {
  scratch.length = 0;
  putInt(scratch, 1, FIELD.i32, PHYSICAL[leaf.physical]);
  putEncodings(scratch, kinds);
  putByte(scratch, (1 << 4) | FIELD.list);
  putBytes(scratch, pathOf(leaf));
  putInt(scratch, 1, FIELD.i32, COMPRESSION[compression]);
  putInt(scratch, 1, FIELD.i64, slotCount);
  putInt(scratch, 1, FIELD.i64, uncompressedSizeBytes);
  putInt(scratch, 1, FIELD.i64, sizeBytes);
  putInt(scratch, 2, FIELD.i64, offset + dictionarySizeBytes);
  let lastId = 9;
  if (dictionarySizeBytes > 0) {
    putInt(scratch, 2, FIELD.i64, offset);
    lastId = 11;
  }
  if (statistics !== undefined) {
    putByte(scratch, ((12 - lastId) << 4) | FIELD.struct);
    putBytes(scratch, statistics);
    lastId = 12;
  }
  putEncodingStats(scratch, 13 - lastId, kinds);
  putByte(scratch, STOP);
  return scratch.bytes.subarray(0, scratch.length);
}

/** What {@link encodeChunkMetadata} gave, with the place of a bloom filter, which is known only later. Until the next call. */
export function withBloomFilter(
  metadata: Uint8Array,
  { offset, sizeBytes }: { readonly offset: number; readonly sizeBytes: number },
): Uint8Array {
  scratch.length = 0;
  // Between its last field, which has id 13, and its end.
  putBytes(scratch, metadata.subarray(0, -1));
  putInt(scratch, 1, FIELD.i64, offset);
  putInt(scratch, 1, FIELD.i32, sizeBytes);
  putByte(scratch, STOP);
  return scratch.bytes.subarray(0, scratch.length);
}

/** Of an offset index, more than a page takes: three numbers and an end. */
const PAGE_BYTES_MAX = 3 * INT_BYTES_MAX + 1;

/** What fields begin with whose id is one more than that of the field before. */
const NEXT_I32 = (1 << 4) | FIELD.i32;
const NEXT_I64 = (1 << 4) | FIELD.i64;

/** Where each page of a chunk is, as a struct; `chunkOffset` is the chunk's place in the file. Until the next call. */
export function encodeOffsetIndex(notes: ReadNotes, chunkOffset: number): Uint8Array {
  const { pageCount } = notes;
  scratch.length = 0;
  putList(scratch, 1, FIELD.struct, pageCount);
  reserve(scratch, pageCount * PAGE_BYTES_MAX + 1);
  const { bytes } = scratch;
  let end = scratch.length;
  for (let page = 0; page < pageCount; page++) {
    end = writeInt(bytes, end, NEXT_I64, chunkOffset + notes.offset(page));
    end = writeInt(bytes, end, NEXT_I32, notes.sizeBytes(page));
    end = writeInt(bytes, end, NEXT_I64, notes.rowStart(page));
    bytes[end++] = STOP;
  }
  bytes[end++] = STOP;
  return bytes.subarray(0, end);
}

function putEncodings(out: ByteBuffer, kinds: readonly PageKindCount[]): void {
  const encodings: number[] = [];
  for (const { encoding } of kinds) if (!encodings.includes(encoding)) encodings.push(encoding);
  if (!encodings.includes(ENCODING.RLE)) encodings.push(ENCODING.RLE);
  putList(out, 1, FIELD.i32, encodings.length);
  for (const encoding of encodings) putZigzag(out, encoding);
}

/** How many pages have which encoding: it tells a reader that a dictionary holds every value of the chunk. */
function putEncodingStats(out: ByteBuffer, step: number, kinds: readonly PageKindCount[]): void {
  putList(out, step, FIELD.struct, kinds.length);
  for (const { type, encoding, count } of kinds) {
    putInt(out, 1, FIELD.i32, type);
    putInt(out, 1, FIELD.i32, encoding);
    putInt(out, 1, FIELD.i32, count);
    putByte(out, STOP);
  }
}

/** Names of a leaf as a list, which every row group repeats. */
const paths = new WeakMap<Leaf, Uint8Array>();

function pathOf(leaf: Leaf): Uint8Array {
  let path = paths.get(leaf);
  if (path === undefined) {
    const out = createByteBuffer(64);
    putListHead(out, FIELD.binary, leaf.path.length);
    for (const name of leaf.path) {
      const text = Buffer.from(name);
      putVarint(out, text.length);
      putBytes(out, text);
    }
    path = out.bytes.slice(0, out.length);
    paths.set(leaf, path);
  }
  return path;
}
