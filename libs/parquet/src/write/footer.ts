import { compareUtf8 } from '@ticklake/core';
import { encodeColumnIndex, encodeOffsetIndex } from './page-index.js';
import type { EncodedChunk } from './encoded-chunk.js';
import { CODEC_NAMES, ENCODING, PHYSICAL } from '../format/constants.js';
import type { Leaf } from './leaf.js';
import type { SchemaElement } from './schema-tree.js';
import { writeStatistics } from './statistics.js';
import { encodeThrift, type ThriftWriter } from './thrift-writer.js';

/** Numbers of the codecs that the sink writes. */
const COMPRESSION = {
  none: CODEC_NAMES.indexOf('UNCOMPRESSED'),
  snappy: CODEC_NAMES.indexOf('SNAPPY'),
  zstd: CODEC_NAMES.indexOf('ZSTD'),
} as const;

/** What the footer keeps of a column chunk once its bytes are written. */
export interface ChunkFacts {
  readonly leaf: Leaf;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly uncompressedSizeBytes: number;
  writeMetadata(writer: ThriftWriter): void;
  readonly columnIndex: Uint8Array | undefined;
  readonly offsetIndex: Uint8Array;
}

/** What the footer keeps of a row group. */
export interface RowGroupSummary {
  readonly rowCount: number;
  readonly chunks: readonly ChunkFacts[];
}

/** Everything the footer says. */
export interface FileSummary {
  readonly elements: readonly SchemaElement[];
  readonly leaves: readonly Leaf[];
  readonly rowGroups: readonly RowGroupSummary[];
  /** Positions in `leaves`, the first sorts first. */
  readonly sortingLeaves: readonly number[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdBy: string;
}

/** Facts of `chunk`, which stands at `offset`; they hold on neither to its bytes nor to what is known of its pages. */
export function factsOf(
  chunk: EncodedChunk,
  place: {
    readonly leaf: Leaf;
    readonly offset: number;
    readonly compression: keyof typeof COMPRESSION;
    readonly indexed: boolean;
  },
): ChunkFacts {
  const { dictionarySizeBytes, kinds, slotCount, nullCount, bounds, sizeBytes, uncompressedSizeBytes } =
    chunk;
  const { leaf, offset } = place;
  const hasDictionary = dictionarySizeBytes > 0;
  const encodings = [...new Set([...kinds.map(({ encoding }) => encoding), ENCODING.RLE])];
  return {
    leaf,
    offset,
    sizeBytes,
    uncompressedSizeBytes,
    columnIndex: place.indexed ? encodeColumnIndex(leaf, chunk) : undefined,
    offsetIndex: encodeOffsetIndex(chunk, offset),
    writeMetadata(writer) {
      writer.i32(1, PHYSICAL[leaf.physical]);
      writer.list(2, 'i32', encodings.length, (i) => writer.element.integer(encodings[i] as number));
      writer.list(3, 'binary', leaf.path.length, (i) => writer.element.text(leaf.path[i] as string));
      writer.i32(4, COMPRESSION[place.compression]);
      writer.i64(5, slotCount);
      writer.i64(6, uncompressedSizeBytes);
      writer.i64(7, sizeBytes);
      writer.i64(9, offset + dictionarySizeBytes);
      if (hasDictionary) writer.i64(11, offset);
      if (leaf.path.length === 1) writer.struct(12, () => writeStatistics(writer, { bounds, nullCount }));
      writeEncodingStats(writer, kinds);
    },
  };
}

/** How many pages have which encoding: it tells a reader that a dictionary holds every value of the chunk. */
function writeEncodingStats(writer: ThriftWriter, kinds: EncodedChunk['kinds']): void {
  writer.list(13, 'struct', kinds.length, (i) => {
    const kind = kinds[i] as (typeof kinds)[number];
    writer.i32(1, kind.type);
    writer.i32(2, kind.encoding);
    writer.i32(3, kind.count);
  });
}

/**
 * Everything after the last row group: page indexes, metadata, its length and the closing magic, in pieces to be
 * written at `offset`.
 */
export function encodeFooter(file: FileSummary, offset: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let at = offset;
  const place = (bytes: Uint8Array | undefined) => {
    if (bytes === undefined) return undefined;
    pieces.push(bytes);
    at += bytes.length;
    return { offset: at - bytes.length, length: bytes.length };
  };
  const chunks = file.rowGroups.flatMap((group) => group.chunks);
  const columnIndexes = new Map(chunks.map((chunk) => [chunk, place(chunk.columnIndex)]));
  const offsetIndexes = new Map(chunks.map((chunk) => [chunk, place(chunk.offsetIndex)]));
  const metadata = encodeThrift((writer) => {
    writeFileMetadata(writer, file, (chunk) => {
      writer.i64(2, 0);
      writer.struct(3, () => chunk.writeMetadata(writer));
      writer.i64(4, offsetIndexes.get(chunk)?.offset);
      writer.i32(5, offsetIndexes.get(chunk)?.length);
      writer.i64(6, columnIndexes.get(chunk)?.offset);
      writer.i32(7, columnIndexes.get(chunk)?.length);
    });
  });
  const end = new Uint8Array(8);
  new DataView(end.buffer).setUint32(0, metadata.length, true);
  end.set(MAGIC, 4);
  pieces.push(metadata, end);
  return pieces;
}

/** Opens and closes every Parquet file. */
export const MAGIC = Uint8Array.of(0x50, 0x41, 0x52, 0x31);

/** Of the format; 2 stands for "may use every encoding of the specification". */
const FORMAT_VERSION = 2;

function writeFileMetadata(
  writer: ThriftWriter,
  file: FileSummary,
  writeChunk: (chunk: ChunkFacts) => void,
): void {
  const { elements, rowGroups, leaves, sortingLeaves } = file;
  const keyValues = Object.entries(file.metadata).sort(([a], [b]) => compareUtf8(a, b));
  writer.i32(1, FORMAT_VERSION);
  writer.list(2, 'struct', elements.length, (i) => elements[i]?.(writer));
  writer.i64(
    3,
    rowGroups.reduce((sum, group) => sum + group.rowCount, 0),
  );
  writer.list(4, 'struct', rowGroups.length, (i) => {
    const { chunks, rowCount } = rowGroups[i] as RowGroupSummary;
    writer.list(1, 'struct', chunks.length, (k) => writeChunk(chunks[k] as ChunkFacts));
    writer.i64(
      2,
      sumOf(chunks, (chunk) => chunk.uncompressedSizeBytes),
    );
    writer.i64(3, rowCount);
    if (sortingLeaves.length > 0) {
      writer.list(4, 'struct', sortingLeaves.length, (k) => {
        writer.i32(1, sortingLeaves[k]);
        writer.bool(2, false);
        writer.bool(3, false);
      });
    }
    writer.i64(5, chunks[0]?.offset);
    writer.i64(
      6,
      sumOf(chunks, (chunk) => chunk.sizeBytes),
    );
  });
  if (keyValues.length > 0) {
    writer.list(5, 'struct', keyValues.length, (i) => {
      writer.text(1, keyValues[i]?.[0]);
      writer.text(2, keyValues[i]?.[1]);
    });
  }
  writer.text(6, file.createdBy);
  // Without the order that the type defines, readers ignore every bound.
  writer.list(7, 'struct', leaves.length, () => writer.struct(1, () => undefined));
}

function sumOf(chunks: readonly ChunkFacts[], sizeOf: (chunk: ChunkFacts) => number): number {
  return chunks.reduce((sum, chunk) => sum + sizeOf(chunk), 0);
}
