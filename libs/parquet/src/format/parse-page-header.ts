import { PAGE } from './constants.js';
import { corrupt } from './corrupt.js';
import type { PageHeader } from './metadata.js';
import {
  fieldBool,
  fieldInt,
  fieldStruct,
  nextField,
  requireStruct,
  skipField,
  skipStruct,
  thriftReader,
  type ThriftReader,
} from './thrift-reader.js';

/** Statistics inside a page header are at most a few dozen fields. */
const NODES_MAX = 1000;

/** A page header, and where the page's own bytes start. One object: there are two headers and more for every column of every file. */
export class FoundHeader implements PageHeader {
  type = -1;
  uncompressedSizeBytes = -1;
  compressedSizeBytes = -1;
  crc: number | undefined;
  valueCount = -1;
  encoding = -1;
  definitionEncoding = -1;
  repetitionEncoding = -1;
  v2: PageHeader['v2'];
  bodyStart = 0;
}

/**
 * The page header at `position`, which ends before `end`, and where the page's own bytes start.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `UNSUPPORTED`, `LIMIT`).
 */
export function parsePageHeader(
  bytes: Uint8Array,
  { position, end }: { readonly position: number; readonly end: number },
): FoundHeader {
  const reader = thriftReader(bytes, { position, end, nodesMax: NODES_MAX });
  const header = new FoundHeader();
  let isKnown = false;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) header.type = fieldInt(reader);
    else if (id === 2) header.uncompressedSizeBytes = fieldInt(reader);
    else if (id === 3) header.compressedSizeBytes = fieldInt(reader);
    else if (id === 4) header.crc = fieldInt(reader) >>> 0;
    else if (isKindOf(header.type, id)) {
      requireStruct(reader);
      if (id === 8) parseV2(reader, header);
      else parseKind(reader, header);
      isKnown = true;
    } else skipField(reader);
  }
  const { type } = header;
  if (type === PAGE.INDEX) throw corrupt('UNSUPPORTED', 'an index page among the data');
  if (!isKnown) throw corrupt('THRIFT_ERROR', 'a page header of unknown kind', { type });
  header.bodyStart = reader.position;
  return header;
}

/** Whether field `id` is what a header of this type has beside what all have. */
function isKindOf(type: number, id: number): boolean {
  if (id === 5) return type === PAGE.DATA;
  return id === 7 ? type === PAGE.DICTIONARY : id === 8 && type === PAGE.DATA_V2;
}

/** Of a data page of version 1, or of a dictionary, which has the first two of these fields. */
function parseKind(reader: ThriftReader, header: FoundHeader): void {
  const hasLevels = header.type === PAGE.DATA;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) header.valueCount = fieldInt(reader);
    else if (id === 2) header.encoding = fieldInt(reader);
    else if (id === 3 && hasLevels) header.definitionEncoding = fieldInt(reader);
    else if (id === 4 && hasLevels) header.repetitionEncoding = fieldInt(reader);
    else skipField(reader);
  }
}

function parseV2(reader: ThriftReader, header: FoundHeader): void {
  let nullCount = -1;
  let rowCount = -1;
  let definitionSizeBytes = -1;
  let repetitionSizeBytes = -1;
  let compressed = true;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) header.valueCount = fieldInt(reader);
    else if (id === 2) nullCount = fieldInt(reader);
    else if (id === 3) rowCount = fieldInt(reader);
    else if (id === 4) header.encoding = fieldInt(reader);
    else if (id === 5) definitionSizeBytes = fieldInt(reader);
    else if (id === 6) repetitionSizeBytes = fieldInt(reader);
    else if (id === 7) compressed = fieldBool(reader);
    else if (id === 8) fieldStruct(reader, skipStruct);
    else skipField(reader);
  }
  header.v2 = { nullCount, rowCount, definitionSizeBytes, repetitionSizeBytes, compressed };
}
