import { corrupt } from './corrupt.js';
import type { Attachment, ChunkMeta, Statistics } from './metadata.js';
import {
  fieldBool,
  fieldInt,
  fieldInts,
  fieldSpan,
  fieldStruct,
  fieldText,
  fieldTexts,
  nextField,
  skipField,
  type ThriftReader,
} from './thrift-reader.js';

/**
 * What a row group of a footer says of one of its columns.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`, `UNSUPPORTED`).
 */
export function parseChunk(reader: ThriftReader): ChunkMeta {
  let filePath: string | undefined;
  let encrypted = false;
  let meta: MutableChunk | undefined;
  let offsetIndexOffset: number | undefined;
  let offsetIndexSize: number | undefined;
  let columnIndexOffset: number | undefined;
  let columnIndexSize: number | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) filePath = fieldText(reader);
    else if (id === 3) meta = fieldStruct(reader, parseChunkMeta);
    else if (id === 4) offsetIndexOffset = fieldInt(reader);
    else if (id === 5) offsetIndexSize = fieldInt(reader);
    else if (id === 6) columnIndexOffset = fieldInt(reader);
    else if (id === 7) columnIndexSize = fieldInt(reader);
    else {
      if (id === 8 || id === 9) encrypted = true;
      skipField(reader);
    }
  }
  if (encrypted) throw corrupt('UNSUPPORTED', 'a column is encrypted');
  if (meta === undefined) throw corrupt('THRIFT_ERROR', 'a column chunk has no metadata');
  meta.filePath = filePath;
  attach(meta, 'offset index', offsetIndexOffset, offsetIndexSize);
  attach(meta, 'column index', columnIndexOffset, columnIndexSize);
  return meta;
}

/** While the footer is read; there are as many as columns, of thousands of files, so that none is made twice. */
interface MutableChunk extends ChunkMeta {
  filePath: string | undefined;
  attachments: readonly Attachment[];
}

const NO_ATTACHMENTS: readonly Attachment[] = [];

function attach(
  chunk: MutableChunk,
  kind: Attachment['kind'],
  offset: number | undefined,
  sizeBytes: number | undefined,
): void {
  if (offset === undefined || sizeBytes === undefined) return;
  chunk.attachments = [...chunk.attachments, { kind, offset, sizeBytes }];
}

function parseChunkMeta(reader: ThriftReader): MutableChunk {
  let physical = -1;
  let encodings: number[] = [];
  let path: string[] = [];
  let codec = -1;
  let valueCount = -1;
  let uncompressedSizeBytes = 0;
  let sizeBytes = -1;
  let dataPageOffset = -1;
  let dictionaryPageOffset: number | undefined;
  let statistics: Statistics | undefined;
  let bloomFilterOffset: number | undefined;
  let bloomFilterSize: number | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) physical = fieldInt(reader);
    else if (id === 2) encodings = fieldInts(reader);
    else if (id === 3) path = fieldTexts(reader);
    else if (id === 4) codec = fieldInt(reader);
    else if (id === 5) valueCount = fieldInt(reader);
    else if (id === 6) uncompressedSizeBytes = fieldInt(reader);
    else if (id === 7) sizeBytes = fieldInt(reader);
    else if (id === 9) dataPageOffset = fieldInt(reader);
    else if (id === 11) dictionaryPageOffset = fieldInt(reader);
    else if (id === 12) statistics = fieldStruct(reader, parseStatistics);
    else if (id === 14) bloomFilterOffset = fieldInt(reader);
    else if (id === 15) bloomFilterSize = fieldInt(reader);
    else skipField(reader);
  }
  const chunk: MutableChunk = {
    filePath: undefined,
    physical,
    encodings,
    path,
    codec,
    valueCount,
    uncompressedSizeBytes,
    sizeBytes,
    dataPageOffset,
    dictionaryPageOffset,
    statistics,
    attachments: NO_ATTACHMENTS,
  };
  attach(chunk, 'bloom filter', bloomFilterOffset, bloomFilterSize);
  return chunk;
}

function parseStatistics(reader: ThriftReader): Statistics {
  const found = new StoredStatistics(reader.bytes);
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) [found.maxStart, found.maxEnd] = [fieldSpan(reader), reader.position];
    else if (id === 2) [found.minStart, found.minEnd] = [fieldSpan(reader), reader.position];
    else if (id === 3) found.nullCount = fieldInt(reader);
    else if (id === 5) [found.maxValueStart, found.maxValueEnd] = [fieldSpan(reader), reader.position];
    else if (id === 6) [found.minValueStart, found.minValueEnd] = [fieldSpan(reader), reader.position];
    else if (id === 7) found.maxExact = fieldBool(reader);
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
