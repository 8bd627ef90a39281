import { corrupt } from './corrupt.js';
import type { Annotation, FileMeta, RowGroupMeta, SchemaElement } from './metadata.js';
import { convertedAnnotation, parseLogicalType } from './parse-annotation.js';
import { parseRowGroups } from './parse-row-groups.js';
import {
  fieldInt,
  fieldStruct,
  fieldStructs,
  fieldText,
  nextField,
  readSince,
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
    else if (id === 4) rowGroups = parseRowGroups(reader);
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
    known = { fieldType, bytes: readSince(reader, position), nodes: nodesLeft - reader.nodesLeft, elements };
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
