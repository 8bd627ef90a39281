import { withBlock, type Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { BLOOM_BLOCK_BYTES, BLOOM_HEADER_BYTES_MAX, parseBloomHeader } from '../format/bloom-filter.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta } from '../format/metadata.js';
import { openByteWindow, type ByteWindow } from './byte-window.js';
import { columnOf } from './check-metadata.js';
import type { IndexedChunk } from './page-index.js';
import { located, type PageContext } from './page-walk.js';
import { storedForms, type SoughtValue } from './stored-forms.js';

/** Read at once of a filter: small ones are whole then, and of large ones only the stretches are read that are looked at. */
const WINDOW_BYTES = 64 * 1024;

/**
 * Whether a row of a chunk may have one of `values`, as its bloom filter tells it: true where there is none, where it is of a kind that nobody
 * knows, and of values of which there is no telling. Header, size and place of the filter are checked; of its blocks nothing can be.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`, `METADATA`); whatever the source throws.
 */
export async function mayHold(
  context: PageContext,
  { chunk, leaf, rowGroup }: Pick<IndexedChunk, 'chunk' | 'leaf' | 'rowGroup'>,
  values: readonly SoughtValue[],
): Promise<boolean> {
  const { bloomFilterOffset: offset } = chunk;
  if (offset === undefined) return true;
  const forms: Uint8Array[] = [];
  for (const value of values) {
    const own = storedForms(leaf, value);
    if (own === undefined) return true;
    forms.push(...own);
  }
  try {
    return await holdsOne(context, placeOf(context, chunk, offset), forms);
  } catch (error) {
    throw located(error, { column: columnOf(chunk), rowGroup, page: 0, offset });
  }
}

interface FilterPlace {
  readonly offset: number;
  /** Where it ends at the latest. */
  readonly end: number;
  /** Whether it ends there: old writers do not say how long it is. */
  readonly isExact: boolean;
}

function placeOf({ file }: PageContext, chunk: ChunkMeta, offset: number): FilterPlace {
  const sizeBytes =
    chunk.attachmentOffset('bloom filter') === undefined ? undefined : chunk.attachmentSize('bloom filter');
  const end = sizeBytes === undefined ? file.source.size : offset + sizeBytes;
  if (!(offset >= 4) || !(end > offset) || !(end <= file.source.size))
    throw corrupt('METADATA', 'the bloom filter lies outside the file', { offset, sizeBytes });
  return { offset, end, isExact: sizeBytes !== undefined };
}

async function holdsOne(
  { file, arena }: PageContext,
  place: FilterPlace,
  forms: readonly Uint8Array[],
): Promise<boolean> {
  const window = openByteWindow(arena, { ...file, windowBytes: WINDOW_BYTES }, place.end);
  try {
    const head = await bytesAt(
      window,
      place.offset,
      Math.min(BLOOM_HEADER_BYTES_MAX, place.end - place.offset),
    );
    const { sizeBytes, blocksStart, isKnown } = parseBloomHeader(head);
    if (!isKnown) return true;
    const start = place.offset + blocksStart;
    const end = start + sizeBytes;
    const isWhole = sizeBytes > 0 && sizeBytes % BLOOM_BLOCK_BYTES === 0;
    if (!isWhole || end > place.end || (place.isExact && end !== place.end))
      throw corrupt('METADATA', 'a bloom filter has another size than its header says', { sizeBytes });
    for (const hash of hashesByBlock(arena, forms, sizeBytes / BLOOM_BLOCK_BYTES)) {
      const block = await bytesAt(window, start + hash.block * BLOOM_BLOCK_BYTES, BLOOM_BLOCK_BYTES);
      if (isInBlock(arena, block, hash.bytes)) return true;
    }
    return false;
  } finally {
    window.release();
  }
}

/** In a view that holds until the window moves. */
async function bytesAt(window: ByteWindow, offset: number, length: number): Promise<Uint8Array> {
  if (!window.covers(offset, length)) await window.load(offset, length);
  return window.bytes.subarray(offset - window.start, offset - window.start + length);
}

interface BlockHash {
  readonly block: number;
  /** The hash. */
  readonly bytes: Uint8Array;
}

/** In the order in which their blocks stand, so that each stretch of a filter is read once. */
function hashesByBlock(arena: Arena, forms: readonly Uint8Array[], blockCount: number): BlockHash[] {
  const hashes = forms.map((form): BlockHash => {
    const bytes = hashOf(arena, form);
    const high = new DataView(bytes.buffer).getUint32(4, true);
    return { block: Number((BigInt(high) * BigInt(blockCount)) >> 32n), bytes };
  });
  return hashes.sort((a, b) => a.block - b.block);
}

/** Offsets of a single value, its hash, and the value. */
const HASH_AT = 8;
const FORM_AT = 16;

function hashOf(arena: Arena, form: Uint8Array): Uint8Array {
  return withBlock(arena, FORM_AT + form.length, (at) => {
    arena.view(Uint32Array, at, 2).set([0, form.length]);
    arena.put(form, at + FORM_AT);
    arena.kernels.xxHashBytes(at, at + FORM_AT, 1, at + HASH_AT);
    return arena.view(Uint8Array, at + HASH_AT, 8).slice();
  });
}

function isInBlock(arena: Arena, block: Uint8Array, hash: Uint8Array): boolean {
  return withBlock(arena, BLOOM_BLOCK_BYTES + hash.length, (at: Address) => {
    arena.put(block, at);
    arena.put(hash, at + BLOOM_BLOCK_BYTES);
    return arena.kernels.bloomFind(at, 1, at + BLOOM_BLOCK_BYTES, 1) === 0;
  });
}
