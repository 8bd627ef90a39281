import { corrupt } from './corrupt.js';
import {
  fieldBinaries,
  fieldBools,
  fieldInt,
  fieldInts,
  fieldStructs,
  nextField,
  skipField,
  thriftReader,
  type ThriftReader,
} from './thrift-reader.js';

/** Where a page stands, as an offset index has it. */
export interface StoredLocation {
  readonly offset: number;
  /** With the header. */
  readonly sizeBytes: number;
  /** Of its first row in the row group. */
  readonly rowStart: number;
}

/** What the pages of a chunk hold, as a column index has it: an entry of every list for each page. */
export interface ColumnIndex {
  readonly nullPages: readonly boolean[];
  /** As plain bytes; those of texts may be cut. Mean nothing for pages of nulls. */
  readonly mins: readonly Uint8Array[];
  readonly maxes: readonly Uint8Array[];
  readonly nullCounts: readonly number[] | undefined;
}

/**
 * An offset index. Says what is written, not whether it makes sense.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`).
 */
export function parseOffsetIndex(bytes: Uint8Array, { nodesMax }: { nodesMax: number }): StoredLocation[] {
  const reader = thriftReader(bytes, { position: 0, end: bytes.length, nodesMax });
  let pages: StoredLocation[] | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) pages = fieldStructs(reader, parseLocation);
    else skipField(reader);
  }
  if (pages === undefined) throw corrupt('THRIFT_ERROR', 'an offset index lists no pages');
  return pages;
}

/**
 * A column index. Says what is written, not whether it makes sense. Bounds are views of `bytes`.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`).
 */
export function parseColumnIndex(bytes: Uint8Array, { nodesMax }: { nodesMax: number }): ColumnIndex {
  const reader = thriftReader(bytes, { position: 0, end: bytes.length, nodesMax });
  let nullPages: boolean[] | undefined;
  let mins: Uint8Array[] | undefined;
  let maxes: Uint8Array[] | undefined;
  let nullCounts: number[] | undefined;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) nullPages = fieldBools(reader);
    else if (id === 2) mins = fieldBinaries(reader);
    else if (id === 3) maxes = fieldBinaries(reader);
    else if (id === 5) nullCounts = fieldInts(reader);
    else skipField(reader);
  }
  if (nullPages === undefined || mins === undefined || maxes === undefined) {
    throw corrupt('THRIFT_ERROR', 'a column index lacks a required field');
  }
  return { nullPages, mins, maxes, nullCounts };
}

function parseLocation(reader: ThriftReader): StoredLocation {
  let offset = -1;
  let sizeBytes = -1;
  let rowStart = -1;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) offset = fieldInt(reader);
    else if (id === 2) sizeBytes = fieldInt(reader);
    else if (id === 3) rowStart = fieldInt(reader);
    else skipField(reader);
  }
  return { offset, sizeBytes, rowStart };
}
