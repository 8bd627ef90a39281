import { corrupt } from './corrupt.js';
import type {
  Annotation,
  Attachment,
  ChunkMeta,
  FileMeta,
  RowGroupMeta,
  SchemaElement,
  SortingColumn,
  Statistics,
} from './metadata.js';
import { convertedAnnotation, parseLogicalType } from './parse-annotation.js';
import {
  fieldBool,
  fieldInt,
  fieldInts,
  fieldSpan,
  fieldStruct,
  fieldStructs,
  fieldText,
  fieldTexts,
  nextField,
  skipField,
  thriftReader,
  type ThriftReader,
} from './thrift-reader.js';

/**
 * The footer's thrift, all of it and nothing more. Says what is written, not whether it makes sense.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`, `METADATA`).
 */
export function parseFooter(bytes: Uint8Array, { nodesMax }: { nodesMax: number }): FileMeta {
  const reader = thriftReader(bytes, { position: 0, end: bytes.length, nodesMax });
  let schema: SchemaElement[] | undefined;
  let rowCount: number | undefined;
  let rowGroups: RowGroupMeta[] | undefined;
  let pairs: (readonly [string, string])[] = [];
  let createdBy: string | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 2) schema = parseSchema(reader);
    else if (id === 3) rowCount = fieldInt(reader);
    else if (id === 4) rowGroups = fieldStructs(reader, parseRowGroup);
    else if (id === 5) pairs = fieldStructs(reader, parsePair);
    else if (id === 6) createdBy = fieldText(reader);
    else skipField(reader);
  }
  if (reader.position !== bytes.length) {
    throw corrupt('THRIFT_ERROR', 'bytes follow the footer', { extra: bytes.length - reader.position });
  }
  if (schema === undefined || rowCount === undefined || rowGroups === undefined) {
    throw corrupt('THRIFT_ERROR', 'the footer lacks a required field');
  }
  return { schema, rowCount, rowGroups, metadata: new Map(pairs), createdBy };
}

/** The schema that was read last, as it is stored. */
interface KnownSchema {
  readonly fieldType: number;
  readonly bytes: Uint8Array;
  readonly nodes: number;
  readonly elements: SchemaElement[];
}

let known: KnownSchema | undefined;

/** Longer ones are not worth keeping. */
const KNOWN_BYTES_MAX = 16 * 1024;

/** Files of one writer have the same schema, byte for byte: it is read, and kept, once. */
function parseSchema(reader: ThriftReader): SchemaElement[] {
  const { bytes, position, nodesLeft, end, fieldType } = reader;
  if (known !== undefined && known.fieldType === fieldType && known.nodes <= nodesLeft) {
    const stop = position + known.bytes.length;
    if (stop <= end && Buffer.compare(known.bytes, bytes.subarray(position, stop)) === 0) {
      reader.position = stop;
      reader.nodesLeft -= known.nodes;
      return known.elements;
    }
  }
  const elements = fieldStructs(reader, parseElement);
  if (reader.position - position <= KNOWN_BYTES_MAX) {
    const stored = bytes.slice(position, reader.position);
    known = { fieldType, bytes: stored, nodes: nodesLeft - reader.nodesLeft, elements };
  }
  return elements;
}

function parsePair(reader: ThriftReader): readonly [string, string] {
  let key = '';
  let value = '';
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) key = fieldText(reader);
    else if (id === 2) value = fieldText(reader);
    else skipField(reader);
  }
  return [key, value];
}

function parseElement(reader: ThriftReader): SchemaElement {
  let physical: number | undefined;
  let typeLength: number | undefined;
  let repetition: number | undefined;
  let name: string | undefined;
  let childCount = 0;
  let converted: number | undefined;
  let scale = 0;
  let precision = 0;
  let logical: Annotation | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) physical = fieldInt(reader);
    else if (id === 2) typeLength = fieldInt(reader);
    else if (id === 3) repetition = fieldInt(reader);
    else if (id === 4) name = fieldText(reader);
    else if (id === 5) childCount = fieldInt(reader);
    else if (id === 6) converted = fieldInt(reader);
    else if (id === 7) scale = fieldInt(reader);
    else if (id === 8) precision = fieldInt(reader);
    else if (id === 10) logical = fieldStruct(reader, parseLogicalType);
    else skipField(reader);
  }
  if (name === undefined) throw corrupt('THRIFT_ERROR', 'a schema element has no name');
  const old = converted === undefined ? undefined : convertedAnnotation(converted, { precision, scale });
  return { name, physical, typeLength, repetition, childCount, annotation: logical ?? old };
}

function parseRowGroup(reader: ThriftReader): RowGroupMeta {
  let chunks: ChunkMeta[] | undefined;
  let rowCount: number | undefined;
  let sortingColumns: SortingColumn[] = [];
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) chunks = fieldStructs(reader, parseChunk);
    else if (id === 3) rowCount = fieldInt(reader);
    else if (id === 4) sortingColumns = fieldStructs(reader, parseSortingColumn);
    else skipField(reader);
  }
  if (chunks === undefined || rowCount === undefined) {
    throw corrupt('THRIFT_ERROR', 'a row group lacks a required field');
  }
  return { chunks, rowCount, sortingColumns };
}

function parseSortingColumn(reader: ThriftReader): SortingColumn {
  let leaf = -1;
  let descending = false;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) leaf = fieldInt(reader);
    else if (id === 2) descending = fieldBool(reader);
    else skipField(reader);
  }
  return { leaf, descending };
}

function parseChunk(reader: ThriftReader): ChunkMeta {
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
