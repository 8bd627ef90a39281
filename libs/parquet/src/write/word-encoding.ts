import { withBlock, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import { deltaBytesMax, type Address } from '@ticklake/kernels';
import { ENCODING } from '../format/constants.js';
import { codedEncoding, dictionarySize } from './coded-encoding.js';
import { gatherWords, type DenseValues } from './dense-values.js';
import type { DictionaryBuilder } from './dictionary.js';
import type { Leaf } from './leaf.js';
import type { ValueEncoding } from './value-encoding.js';

/** Values of fixed width, plain or as codes. */
export type Words = Extract<DenseValues, { readonly kind: 'words' | 'wordCodes' }>;

/** What encodings are chosen with. */
export interface EncodingTools {
  readonly arena: Arena;
  readonly dictionaries: DictionaryBuilder;
  readonly dictionaryBytesMax: number;
  /** For values that come as codes and are stored as something else. */
  readonly plain: ArenaBuffer;
}

/** A delta encoding this small is taken without looking for repeated values. */
const DELTA_BITS_EXCELLENT = 8;
const SAMPLE_BLOCKS = 16;
const SAMPLE_BLOCK_VALUES = 129;
/** Of the delta writer. */
const SCRATCH_BYTES = 1024;

/** The smallest of dictionary, deltas and plain, as estimated from the values alone. */
export function chooseWordEncoding(tools: EncodingTools, leaf: Leaf, values: Words): ValueEncoding {
  const { arena, dictionaries, dictionaryBytesMax } = tools;
  const { count, size } = values;
  const isFloat = leaf.order === 'float';
  // Floats are never stored as deltas, so their values are needed only where a dictionary is no use.
  const known = isFloat ? undefined : plainWords(tools, values);
  const plainSize = count * size;
  const deltaSize = known === undefined ? Infinity : estimateDelta(arena, { at: known, count, size });
  const best = Math.min(deltaSize, plainSize);
  if (best > (count * DELTA_BITS_EXCELLENT) / 8) {
    const worthwhile = entriesWorthwhile({ count, entryBytes: size, best });
    const entriesMax = Math.min(worthwhile, Math.floor(dictionaryBytesMax / size));
    const built = entriesMax > 0 ? dictionaries.build(values, { entriesMax, bytesMax: 0 }) : undefined;
    if (built !== undefined) {
      const { codes, entries: at, entryCount } = built;
      const entries = { kind: 'words', size, count: entryCount, values: at } as const;
      return codedEncoding(arena, { codes, at, sizeBytes: entryCount * size, entryCount, entries });
    }
  }
  const place = { at: known ?? plainWords(tools, values), count, size };
  return deltaSize < plainSize ? delta(arena, place) : plain(arena, place);
}

function plainWords({ arena, plain: buffer }: EncodingTools, values: Words): Address {
  if (values.kind === 'words') return values.values;
  const { entries: table, codes: rows, count, size } = values;
  const to = buffer.room(count * size);
  gatherWords(arena, size, { table, rows, count, to });
  return to;
}

interface Place {
  readonly at: Address;
  readonly count: number;
  readonly size: 4 | 8;
}

function writeDelta({ kernels }: Arena, { at, count, size }: Place, to: Address, scratch: Address): number {
  return size === 8
    ? kernels.deltaWrite64(at, count, to, scratch)
    : kernels.deltaWrite32(at, count, to, scratch);
}

/** Bytes of the whole column as deltas, from blocks spread evenly over it. */
function estimateDelta(arena: Arena, place: Place): number {
  const { at, count, size } = place;
  const isSampled = count > SAMPLE_BLOCKS * SAMPLE_BLOCK_VALUES;
  const sampleCount = isSampled ? SAMPLE_BLOCK_VALUES : count;
  return withBlock(arena, SCRATCH_BYTES + deltaBytesMax(sampleCount, size), (scratch) => {
    const to = scratch + SCRATCH_BYTES;
    if (!isSampled) return writeDelta(arena, place, to, scratch);
    let written = 0;
    for (let i = 0; i < SAMPLE_BLOCKS; i++) {
      const start = Math.floor(((count - SAMPLE_BLOCK_VALUES) * i) / (SAMPLE_BLOCKS - 1));
      written += writeDelta(arena, { at: at + start * size, count: SAMPLE_BLOCK_VALUES, size }, to, scratch);
    }
    // Each block of the sample also has a header and a first value, which pages hardly have.
    const surplus = SAMPLE_BLOCKS * (4 + size);
    return ((written - surplus) / (SAMPLE_BLOCKS * SAMPLE_BLOCK_VALUES)) * count;
  });
}

/**
 * The most entries with which a dictionary is smaller than `best`, which is known before one is built: where values
 * hardly repeat or codes are as wide as deltas, it is given up after the first of them.
 */
function entriesWorthwhile({
  count,
  entryBytes,
  best,
}: {
  readonly count: number;
  readonly entryBytes: number;
  readonly best: number;
}): number {
  let most = 0;
  for (let width = 1; width <= 31; width++) {
    const room = best - dictionarySize(0, 2 ** width, count);
    const entries = Math.min(2 ** width, Math.ceil(room / entryBytes) - 1);
    if (entries <= most) break;
    most = entries;
  }
  return most;
}

function delta(arena: Arena, { at, size }: Place): ValueEncoding {
  return {
    encoding: ENCODING.DELTA_BINARY_PACKED,
    dictionary: undefined,
    bound: (start, end) => deltaBytesMax(end - start, size),
    put: (to, start, end) =>
      withBlock(arena, SCRATCH_BYTES, (scratch) =>
        writeDelta(arena, { at: at + start * size, count: end - start, size }, to, scratch),
      ),
    sizeOf: (start, end) => (end - start) * size,
  };
}

function plain(arena: Arena, { at, size }: Place): ValueEncoding {
  const sizeOf = (start: number, end: number) => (end - start) * size;
  return {
    encoding: ENCODING.PLAIN,
    dictionary: undefined,
    bound: sizeOf,
    put(to, start, end) {
      arena.move(at + start * size, to, sizeOf(start, end));
      return sizeOf(start, end);
    },
    sizeOf,
  };
}
