import { PAGE } from './constants.js';
import { corrupt } from './corrupt.js';
import type { PageHeader } from './metadata.js';
import {
  fieldBool,
  fieldInt,
  fieldStruct,
  nextField,
  skipField,
  skipStruct,
  thriftReader,
  type ThriftReader,
} from './thrift-reader.js';

/** Statistics inside a page header are at most a few dozen fields. */
const NODES_MAX = 1000;

/** A page header, and where the page's own bytes start. */
export interface FoundHeader {
  readonly header: PageHeader;
  readonly bodyStart: number;
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
  let type = -1;
  let uncompressedSizeBytes = -1;
  let compressedSizeBytes = -1;
  let crc: number | undefined;
  let kind: Kind | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) type = fieldInt(reader);
    else if (id === 2) uncompressedSizeBytes = fieldInt(reader);
    else if (id === 3) compressedSizeBytes = fieldInt(reader);
    else if (id === 4) crc = fieldInt(reader) >>> 0;
    else if (id === 5 && type === PAGE.DATA) kind = fieldStruct(reader, parseV1);
    else if (id === 7 && type === PAGE.DICTIONARY) kind = fieldStruct(reader, parseDictionary);
    else if (id === 8 && type === PAGE.DATA_V2) kind = fieldStruct(reader, parseV2);
    else skipField(reader);
  }
  if (type === PAGE.INDEX) throw corrupt('UNSUPPORTED', 'an index page among the data');
  if (kind === undefined) throw corrupt('THRIFT_ERROR', 'a page header of unknown kind', { type });
  // Field by field: spreading takes longer than all the rest, and there is a header for every page.
  const { valueCount, encoding, definitionEncoding, repetitionEncoding, v2 } = kind;
  const header: PageHeader = {
    type,
    uncompressedSizeBytes,
    compressedSizeBytes,
    crc,
    valueCount,
    encoding,
    definitionEncoding,
    repetitionEncoding,
    v2,
  };
  return { header, bodyStart: reader.position };
}

type Kind = Pick<PageHeader, 'valueCount' | 'encoding' | 'definitionEncoding' | 'repetitionEncoding' | 'v2'>;

function parseV1(reader: ThriftReader): Kind {
  let valueCount = -1;
  let encoding = -1;
  let definitionEncoding = -1;
  let repetitionEncoding = -1;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) valueCount = fieldInt(reader);
    else if (id === 2) encoding = fieldInt(reader);
    else if (id === 3) definitionEncoding = fieldInt(reader);
    else if (id === 4) repetitionEncoding = fieldInt(reader);
    else skipField(reader);
  }
  return { valueCount, encoding, definitionEncoding, repetitionEncoding, v2: undefined };
}

function parseDictionary(reader: ThriftReader): Kind {
  let valueCount = -1;
  let encoding = -1;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) valueCount = fieldInt(reader);
    else if (id === 2) encoding = fieldInt(reader);
    else skipField(reader);
  }
  return { valueCount, encoding, definitionEncoding: -1, repetitionEncoding: -1, v2: undefined };
}

function parseV2(reader: ThriftReader): Kind {
  let valueCount = -1;
  let nullCount = -1;
  let rowCount = -1;
  let encoding = -1;
  let definitionSizeBytes = -1;
  let repetitionSizeBytes = -1;
  let compressed = true;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) valueCount = fieldInt(reader);
    else if (id === 2) nullCount = fieldInt(reader);
    else if (id === 3) rowCount = fieldInt(reader);
    else if (id === 4) encoding = fieldInt(reader);
    else if (id === 5) definitionSizeBytes = fieldInt(reader);
    else if (id === 6) repetitionSizeBytes = fieldInt(reader);
    else if (id === 7) compressed = fieldBool(reader);
    else if (id === 8) fieldStruct(reader, skipStruct);
    else skipField(reader);
  }
  const v2 = { nullCount, rowCount, definitionSizeBytes, repetitionSizeBytes, compressed };
  return { valueCount, encoding, definitionEncoding: -1, repetitionEncoding: -1, v2 };
}
