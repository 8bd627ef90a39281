import { corrupt } from './corrupt.js';
import {
  fieldInt,
  fieldStruct,
  nextField,
  skipField,
  skipStruct,
  thriftReader,
  type ThriftReader,
} from './thrift-reader.js';

/** Of a split-block bloom filter: eight words, in each of which a value has one bit. */
export const BLOOM_BLOCK_BYTES = 32;

/** Of the one member that each of the header's unions has: blocks, XXH64, no compression. */
export const BLOOM_KNOWN = 1;

/** A header takes some twenty bytes, and nothing that it may say more than this. */
export const BLOOM_HEADER_BYTES_MAX = 1024;

/** More fields than a header has, also one of another version. */
const NODES_MAX = 100;

/** What stands before the blocks of a bloom filter. */
export interface BloomHeader {
  /** Of all blocks. */
  readonly sizeBytes: number;
  /** Where they start. */
  readonly blocksStart: number;
  /** Whether algorithm, hash and compression are those that the format had first, and still has no others beside. */
  readonly isKnown: boolean;
}

/**
 * The header that `bytes` begin with. Says what is written, not whether it makes sense.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`).
 */
export function parseBloomHeader(bytes: Uint8Array): BloomHeader {
  const end = Math.min(bytes.length, BLOOM_HEADER_BYTES_MAX);
  const reader = thriftReader(bytes, { position: 0, end, nodesMax: NODES_MAX });
  let sizeBytes: number | undefined;
  const members: number[] = [];
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) sizeBytes = fieldInt(reader);
    else if (id <= 4) members.push(fieldStruct(reader, parseUnion));
    else skipField(reader);
  }
  if (sizeBytes === undefined || members.length !== 3)
    throw corrupt('THRIFT_ERROR', 'the header of a bloom filter lacks a required field');
  const isKnown = members.every((member) => member === BLOOM_KNOWN);
  return { sizeBytes, blocksStart: reader.position, isKnown };
}

/** Which member of a union of empty structs there is. */
function parseUnion(reader: ThriftReader): number {
  const member = nextField(reader, 0);
  if (member === 0)
    throw corrupt('THRIFT_ERROR', 'the header of a bloom filter has a union without a member');
  fieldStruct(reader, skipStruct);
  if (nextField(reader, member) !== 0)
    throw corrupt('THRIFT_ERROR', 'the header of a bloom filter has a union of several members');
  return member;
}
