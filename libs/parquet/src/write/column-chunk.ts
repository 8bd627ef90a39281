import { crc32 } from 'node:zlib';
import type { PageCodec } from '../codec/page-codec.js';
import { boundsOf, joinBounds, type Bounds } from './bounds.js';
import {
  createByteBuffer,
  putBytes,
  putInt32,
  takeBytes,
  viewBytes,
  writeInt32,
  type ByteBuffer,
} from './byte-buffer.js';
import { ENCODING, PAGE } from '../format/constants.js';
import type { Leaf } from './leaf.js';
import { valueCountOf, type LeafBuffer } from './leaf-buffer.js';
import { planPages, type PageRange } from './page-plan.js';
import { bitWidthOf, putRleBitPacked, putRun } from './rle-bit-packed.js';
import { encodeThrift, type ThriftWriter } from './thrift-writer.js';
import { chooseEncoding, type ValueEncoding } from './value-encoding.js';

/** One data page as the page index describes it. */
export interface WrittenPage {
  /** From the start of the chunk. */
  readonly offset: number;
  /** Header included. */
  readonly sizeBytes: number;
  /** Within the row group. */
  readonly rowStart: number;
  readonly slotCount: number;
  readonly nullCount: number;
  /** Absent where no present value is, or page bounds were not asked for. */
  readonly bounds: Bounds | undefined;
}

/** One column of one row group, ready to be written. */
export interface WrittenChunk {
  readonly leaf: Leaf;
  readonly bytes: Uint8Array;
  readonly slotCount: number;
  readonly nullCount: number;
  /** Header included; 0 without a dictionary. */
  readonly dictionarySizeBytes: number;
  readonly encoding: number;
  /** With headers, before compression. */
  readonly uncompressedSizeBytes: number;
  readonly bounds: Bounds | undefined;
  readonly pages: readonly WrittenPage[];
}

/** What {@link createChunkEncoder} needs to know. */
export interface ChunkOptions {
  readonly codec: PageCodec;
  readonly pageRows: number;
  readonly dictionaryBytesMax: number;
}

/** Encodes row groups of leaves, one after the other, reusing its scratch memory. */
export function createChunkEncoder(
  options: ChunkOptions,
): (buffer: LeafBuffer, pageBounds: boolean) => WrittenChunk {
  const { codec } = options;
  const body = createByteBuffer(1 << 16);
  const chunk = createByteBuffer(1 << 16);

  return (buffer, pageBounds) => {
    const { leaf } = buffer;
    chunk.length = 0;
    const encoding = chooseEncoding(buffer, options.dictionaryBytesMax);
    let uncompressedSizeBytes = 0;
    if (encoding.dictionary !== undefined) {
      const { bytes, entryCount } = encoding.dictionary;
      uncompressedSizeBytes += putPage(chunk, bytes, codec, {
        type: PAGE.DICTIONARY,
        valueCount: entryCount,
      });
    }
    const dictionarySizeBytes = chunk.length;
    const isFlat = leaf.path.length === 1;
    const pages = planPages(buffer, encoding, options.pageRows).map((range): WrittenPage => {
      body.length = 0;
      putLevels(body, buffer, range);
      encoding.put(body, range.valueStart, range.valueEnd);
      const slotCount = range.slotEnd - range.slotStart;
      const offset = chunk.length;
      const header = { type: PAGE.DATA, valueCount: slotCount, encoding: encoding.encoding };
      uncompressedSizeBytes += putPage(chunk, viewBytes(body), codec, header);
      return {
        offset,
        sizeBytes: chunk.length - offset,
        rowStart: range.rowStart,
        slotCount,
        nullCount: slotCount - (range.valueEnd - range.valueStart),
        bounds: isFlat && pageBounds ? boundsOf(buffer, range.valueStart, range.valueEnd) : undefined,
      };
    });
    const valueCount = valueCountOf(buffer);
    return {
      leaf,
      bytes: takeBytes(chunk),
      slotCount: buffer.slotCount,
      nullCount: buffer.slotCount - valueCount,
      dictionarySizeBytes,
      encoding: encoding.encoding,
      uncompressedSizeBytes,
      bounds: chunkBounds(buffer, pageBounds, pages),
      pages,
    };
  };
}

function chunkBounds(
  buffer: LeafBuffer,
  pageBounds: boolean,
  pages: readonly WrittenPage[],
): Bounds | undefined {
  if (buffer.leaf.path.length > 1) return undefined;
  if (!pageBounds) return boundsOf(buffer, 0, valueCountOf(buffer));
  return joinBounds(
    buffer.leaf,
    pages.map((page) => page.bounds),
  );
}

/** The repetition and definition levels of a data page, each behind its length. */
function putLevels(body: ByteBuffer, { leaf, repetitions, definitions }: LeafBuffer, range: PageRange): void {
  putLevel(body, repetitions, leaf.repetitionMax, range);
  putLevel(body, definitions, leaf.definitionMax, range);
}

/** Without `levels` every slot is at the highest one. */
function putLevel(body: ByteBuffer, levels: Uint8Array | undefined, max: number, range: PageRange): void {
  if (max === 0) return;
  const lengthAt = body.length;
  putInt32(body, 0);
  const { slotStart: start, slotEnd: end } = range;
  const width = bitWidthOf(max);
  if (levels === undefined) putRun(body, { value: max, count: end - start, width });
  else putRleBitPacked(body, levels, { start, end, width });
  writeInt32(body.bytes, lengthAt, body.length - lengthAt - 4);
}

interface PageKind {
  readonly type: number;
  readonly valueCount: number;
  readonly encoding?: ValueEncoding['encoding'];
}

/** Compresses `body` and appends it behind its header. Returns how large the page would be uncompressed. */
function putPage(chunk: ByteBuffer, body: Uint8Array, codec: PageCodec, kind: PageKind): number {
  const stored = codec.compress(body);
  const header = encodeThrift((writer) => {
    writer.i32(1, kind.type);
    writer.i32(2, body.length);
    writer.i32(3, stored.length);
    // The checksum is an unsigned number in a signed field.
    writer.i32(4, crc32(stored) | 0);
    writeKind(writer, kind);
  });
  putBytes(chunk, header);
  putBytes(chunk, stored);
  return header.length + body.length;
}

function writeKind(writer: ThriftWriter, { type, valueCount, encoding }: PageKind): void {
  if (type === PAGE.DICTIONARY) {
    writer.struct(7, () => {
      writer.i32(1, valueCount);
      writer.i32(2, ENCODING.PLAIN);
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
