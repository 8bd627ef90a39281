import { withBlock, type Arena, type Field } from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import { BLOOM_BLOCK_BYTES, BLOOM_KNOWN } from '../format/bloom-filter.js';
import type { DenseValues } from './dense-values.js';
import type { Leaf } from './leaf.js';
import { encodeThrift } from './thrift-writer.js';

/** A filter that says of most values a column chunk does not have that it does not (UC-39). */
export interface BloomFilterOptions {
  /**
   * Of how many values that are not there the filter may say that they may be: more than 0, less than 1. A filter that would be
   * larger than 16 MiB is as large, and says so of more.
   */
  readonly falsePositiveRate: number;
}

/** Where a hundredth is kept up to 13.9 million values: more than a row group of this library's limits has. */
const BYTES_MAX = 16 * 1024 * 1024;

/** @throws LakeError `invalid` when a filter of such values is no use or cannot be, or its rate is none. */
export function requireBloomFilter({ name, type }: Field, { falsePositiveRate }: BloomFilterOptions): void {
  const details = { column: name, falsePositiveRate };
  if (type.kind === 'nested' || type.kind === 'bool')
    throw new LakeError('invalid', 'a nested column, or one of booleans, has no bloom filter', { details });
  if (falsePositiveRate > 0 && falsePositiveRate < 1) return;
  throw new LakeError('invalid', 'an option of the parquet sink is out of range', { details });
}

/** A filter that is yet to be made of some values: how large it is, is known before. */
export interface PlannedFilter {
  /** With its header. */
  readonly sizeBytes: number;
  /** Makes it, in place. */
  put(to: Address): void;
}

/** Values of a chunk, all of which its filter has. */
export interface FilteredValues {
  readonly leaf: Leaf;
  readonly values: DenseValues;
  /** At least as many as are distinct. */
  readonly distinctMax: number;
}

/** Equal values make equal filters, whatever their order and their layout. Booleans make none. */
export function planBloomFilter(
  arena: Arena,
  { falsePositiveRate }: BloomFilterOptions,
  { leaf, values, distinctMax }: FilteredValues,
): PlannedFilter {
  assert(values.kind !== 'bits', 'booleans have no bloom filter');
  const blocksSize = blocksSizeBytes(distinctMax, falsePositiveRate);
  const header = encodeHeader(blocksSize);
  return {
    sizeBytes: header.length + blocksSize,
    put(to) {
      arena.put(header, to);
      const filter = { arena, at: to + header.length, blockCount: blocksSize / BLOOM_BLOCK_BYTES };
      arena.fill(filter.at, blocksSize, 0);
      addValues(filter, values);
      if (leaf.order === 'float') addEquals(filter, leaf, values);
    },
  };
}

/** A power of two, which some readers ask for; how many bits a value takes is as `BloomFilter.md` of the format has it. */
function blocksSizeBytes(distinctMax: number, falsePositiveRate: number): number {
  const bits = (-8 * distinctMax) / Math.log1p(-(falsePositiveRate ** (1 / 8)));
  let sizeBytes = BLOOM_BLOCK_BYTES;
  while (sizeBytes * 8 < bits && sizeBytes < BYTES_MAX) sizeBytes *= 2;
  return sizeBytes;
}

function encodeHeader(sizeBytes: number): Uint8Array {
  return encodeThrift((writer) => {
    writer.i32(1, sizeBytes);
    for (const union of [2, 3, 4]) writer.struct(union, () => writer.struct(BLOOM_KNOWN, () => undefined));
  });
}

interface Filter {
  readonly arena: Arena;
  readonly at: Address;
  readonly blockCount: number;
}

/** Values that are hashed at once, so that their hashes stay near. */
const STEP = 4096;

type Hashed = Exclude<DenseValues, { readonly kind: 'bits' }>;

function addValues(filter: Filter, values: Hashed): void {
  if (values.kind === 'words' || values.kind === 'bytes') return addPlain(filter, values);
  const { arena } = filter;
  // Each entry once. Those that no value has are left out, as no values would have them.
  withBlock(arena, values.entryCount * 8, (entryHashes) => {
    const { kernels } = arena;
    hash(arena, entriesOf(values), { start: 0, count: values.entryCount, to: entryHashes });
    addHashes(filter, values.count, (start, count, to) =>
      kernels.gather64(entryHashes, values.codes + start * 4, count, to),
    );
  });
}

type Plain = Extract<DenseValues, { readonly kind: 'words' | 'bytes' }>;

function entriesOf(values: Extract<DenseValues, { readonly kind: 'wordCodes' | 'byteCodes' }>): Plain {
  const { entryCount: count } = values;
  if (values.kind === 'wordCodes') return { kind: 'words', size: values.size, count, values: values.entries };
  return { kind: 'bytes', count, offsets: values.offsets, data: values.data };
}

function addPlain(filter: Filter, values: Plain): void {
  addHashes(filter, values.count, (start, count, to) => hash(filter.arena, values, { start, count, to }));
}

function addHashes(
  { arena, at, blockCount }: Filter,
  count: number,
  put: (start: number, count: number, to: Address) => void,
): void {
  withBlock(arena, STEP * 8, (hashes) => {
    for (let start = 0; start < count; start += STEP) {
      const some = Math.min(STEP, count - start);
      put(start, some, hashes);
      arena.kernels.bloomAdd(at, blockCount, hashes, some);
    }
  });
}

function hash(
  { kernels }: Arena,
  values: Plain,
  { start, count, to }: { readonly start: number; readonly count: number; readonly to: Address },
): void {
  if (values.kind === 'bytes') kernels.xxHashBytes(values.offsets + start * 4, values.data, count, to);
  else if (values.size === 8) kernels.xxHashWords64(values.values + start * 8, count, to);
  else kernels.xxHashWords32(values.values + start * 4, count, to);
}

/**
 * Floats of other bits that readers may take for one that is there: of a zero the other zero, as statistics widen to both, and of a NaN
 * the one that is usual.
 */
function addEquals(filter: Filter, leaf: Leaf, values: Hashed): void {
  const { arena } = filter;
  const size = leaf.sizeBytes === 8 ? 8 : 4;
  const floatsAt = (at: Address, count: number) =>
    size === 8 ? arena.view(Float64Array, at, count) : arena.view(Float32Array, at, count);
  const more = { zero: false, nan: false };
  const look = (value: number | undefined) => {
    if (value === 0) more.zero = true;
    else if (Number.isNaN(value)) more.nan = true;
  };
  if (values.kind === 'words') for (const value of floatsAt(values.values, values.count)) look(value);
  if (values.kind === 'wordCodes') {
    const entries = floatsAt(values.entries, values.entryCount);
    for (const code of arena.view(Uint32Array, values.codes, values.count)) look(entries[code]);
  }
  const equals = [...(more.zero ? [0, -0] : []), ...(more.nan ? [NaN] : [])];
  withBlock(arena, 32, (at) => {
    floatsAt(at, equals.length).set(equals);
    addPlain(filter, { kind: 'words', size, count: equals.length, values: at });
  });
}
