import { corrupt } from './corrupt.js';
import type { Attachment, AttachmentKind, ChunkMeta, Statistics } from './metadata.js';
import {
  fieldBool,
  fieldInt,
  fieldInts,
  fieldSpan,
  fieldStruct,
  fieldText,
  fieldTexts,
  nextField,
  passLike,
  readSince,
  requireStruct,
  skipField,
  type KnownList,
  type ThriftReader,
} from './thrift-reader.js';

/**
 * What a row group of a footer says of one of its columns. `like` is what another one says of the same column, of this footer or another:
 * names and encodings are those nearly always.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`, `UNSUPPORTED`).
 */
export function parseChunk(reader: ThriftReader, like?: ChunkMeta): ChunkMeta {
  const chunk = new StoredChunk();
  let hasMeta = false;
  let encrypted = false;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) chunk.filePath = fieldText(reader);
    else if (id === 3) {
      requireStruct(reader);
      parseChunkMeta(reader, chunk, like as StoredChunk | undefined);
      hasMeta = true;
    } else if (id === 4) chunk.offsetIndexOffset = fieldInt(reader);
    else if (id === 5) chunk.offsetIndexSize = fieldInt(reader);
    else if (id === 6) chunk.columnIndexOffset = fieldInt(reader);
    else if (id === 7) chunk.columnIndexSize = fieldInt(reader);
    else {
      if (id === 8 || id === 9) encrypted = true;
      skipField(reader);
    }
  }
  if (encrypted) throw corrupt('UNSUPPORTED', 'a column is encrypted');
  if (!hasMeta) throw corrupt('THRIFT_ERROR', 'a column chunk has no metadata');
  return chunk;
}

/** There are as many as columns, of thousands of files, and of every row group: each is one object until more is asked of it. */
class StoredChunk implements ChunkMeta {
  filePath: string | undefined;
  physical = -1;
  encodings: readonly number[] = NO_ITEMS;
  path: readonly string[] = NO_ITEMS;
  /** That and the encodings, as they were read. */
  knownPath: KnownList | undefined;
  knownEncodings: KnownList | undefined;
  codec = -1;
  valueCount = -1;
  uncompressedSizeBytes = 0;
  sizeBytes = -1;
  dataPageOffset = -1;
  dictionaryPageOffset: number | undefined;
  statistics: Statistics | undefined;
  bloomFilterOffset: number | undefined;
  bloomFilterSize: number | undefined;
  offsetIndexOffset: number | undefined;
  offsetIndexSize: number | undefined;
  columnIndexOffset: number | undefined;
  columnIndexSize: number | undefined;

  attachment(kind: AttachmentKind): Attachment | undefined {
    const offset = this.attachmentOffset(kind);
    return offset === undefined ? undefined : { kind, offset, sizeBytes: this.attachmentSize(kind) };
  }

  attachmentOffset(kind: AttachmentKind): number | undefined {
    if (this.sizeOf(kind) === undefined) return undefined;
    if (kind === 'offset index') return this.offsetIndexOffset;
    return kind === 'column index' ? this.columnIndexOffset : this.bloomFilterOffset;
  }

  attachmentSize(kind: AttachmentKind): number {
    return this.sizeOf(kind) ?? 0;
  }

  private sizeOf(kind: AttachmentKind): number | undefined {
    if (kind === 'offset index') return this.offsetIndexSize;
    return kind === 'column index' ? this.columnIndexSize : this.bloomFilterSize;
  }
}

const NO_ITEMS: readonly never[] = [];

function parseChunkMeta(reader: ThriftReader, chunk: StoredChunk, like: StoredChunk | undefined): void {
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) chunk.physical = fieldInt(reader);
    else if (id === 2) parseEncodings(reader, chunk, like);
    else if (id === 3) parsePath(reader, chunk, like);
    else if (id === 4) chunk.codec = fieldInt(reader);
    else if (id === 5) chunk.valueCount = fieldInt(reader);
    else if (id === 6) chunk.uncompressedSizeBytes = fieldInt(reader);
    else if (id === 7) chunk.sizeBytes = fieldInt(reader);
    else if (id === 9) chunk.dataPageOffset = fieldInt(reader);
    else if (id === 11) chunk.dictionaryPageOffset = fieldInt(reader);
    else if (id === 12) chunk.statistics = fieldStruct(reader, parseStatistics);
    else if (id === 14) chunk.bloomFilterOffset = fieldInt(reader);
    else if (id === 15) chunk.bloomFilterSize = fieldInt(reader);
    else skipField(reader);
  }
}

function parsePath(reader: ThriftReader, chunk: StoredChunk, like: StoredChunk | undefined): void {
  const { position: start } = reader;
  if (like?.knownPath !== undefined && passLike(reader, like.knownPath)) {
    chunk.path = like.path;
    chunk.knownPath = like.knownPath;
    return;
  }
  chunk.path = fieldTexts(reader);
  chunk.knownPath = { bytes: readSince(reader, start), count: chunk.path.length };
}

function parseEncodings(reader: ThriftReader, chunk: StoredChunk, like: StoredChunk | undefined): void {
  const { position: start } = reader;
  if (like?.knownEncodings !== undefined && passLike(reader, like.knownEncodings)) {
    chunk.encodings = like.encodings;
    chunk.knownEncodings = like.knownEncodings;
    return;
  }
  chunk.encodings = fieldInts(reader);
  chunk.knownEncodings = { bytes: readSince(reader, start), count: chunk.encodings.length };
}

function parseStatistics(reader: ThriftReader): Statistics {
  const found = new StoredStatistics(reader.bytes);
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) {
      found.maxStart = fieldSpan(reader);
      found.maxEnd = reader.position;
    } else if (id === 2) {
      found.minStart = fieldSpan(reader);
      found.minEnd = reader.position;
    } else if (id === 3) found.nullCount = fieldInt(reader);
    else if (id === 5) {
      found.maxValueStart = fieldSpan(reader);
      found.maxValueEnd = reader.position;
    } else if (id === 6) {
      found.minValueStart = fieldSpan(reader);
      found.minValueEnd = reader.position;
    } else if (id === 7) found.maxExact = fieldBool(reader);
    else if (id === 8) found.minExact = fieldBool(reader);
    else skipField(reader);
  }
  return found;
}

/** Bounds stay where they stand in the footer: a view costs more than all the rest of them, and most are looked at once or never. */
class StoredStatistics implements Statistics {
  nullCount: number | undefined;
  minExact: boolean | undefined;
  maxExact: boolean | undefined;
  minStart = 0;
  minEnd = -1;
  maxStart = 0;
  maxEnd = -1;
  minValueStart = 0;
  minValueEnd = -1;
  maxValueStart = 0;
  maxValueEnd = -1;

  constructor(private readonly footer: Uint8Array) {}

  get min(): Uint8Array | undefined {
    return this.at(this.minStart, this.minEnd);
  }

  get max(): Uint8Array | undefined {
    return this.at(this.maxStart, this.maxEnd);
  }

  get minValue(): Uint8Array | undefined {
    return this.at(this.minValueStart, this.minValueEnd);
  }

  get maxValue(): Uint8Array | undefined {
    return this.at(this.maxValueStart, this.maxValueEnd);
  }

  private at(start: number, end: number): Uint8Array | undefined {
    return end < 0 ? undefined : this.footer.subarray(start, end);
  }
}
