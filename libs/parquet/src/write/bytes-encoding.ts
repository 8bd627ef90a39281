import { withBlock, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import { deltaBytesMax, type Address } from '@ticklake/kernels';
import { ENCODING } from '../format/constants.js';
import { codedEncoding, dictionarySize } from './coded-encoding.js';
import { offsetAt, type DenseValues } from './dense-values.js';
import { entriesBytes, type BuiltDictionary } from './dictionary.js';
import type { Leaf } from './leaf.js';
import type { ValueEncoding } from './value-encoding.js';
import type { EncodingTools } from './word-encoding.js';

/** Byte strings, plain or as codes. */
export type Strings = Extract<DenseValues, { readonly kind: 'bytes' | 'byteCodes' }>;

/** Where encodings keep what pages are made of. */
export interface BytesEncodingTools extends EncodingTools {
  /** For the offsets of values that come as codes and are stored as something else; their bytes go to `plain`. */
  readonly plainOffsets: ArenaBuffer;
  /** For the body of a dictionary page. */
  readonly page: ArenaBuffer;
}

/** A dictionary where it is smaller, as estimated from the values alone, else lengths and bytes. */
export function chooseBytesEncoding(tools: BytesEncodingTools, leaf: Leaf, values: Strings): ValueEncoding {
  const { arena, dictionaries, dictionaryBytesMax } = tools;
  const lengthBytes = leaf.sizeBytes === undefined ? 4 : 0;
  const { count } = values;
  if (dictionaryBytesMax > 0 && count > 0) {
    const entriesMax = Math.ceil(dictionaryBytesMax / (leaf.sizeBytes ?? lengthBytes)) + 1;
    const built = dictionaries.build(values, { entriesMax, bytesMax: dictionaryBytesMax });
    const entriesSize =
      built === undefined ? Infinity : entriesBytes(arena, built) + lengthBytes * built.entryCount;
    if (built !== undefined && entriesSize <= dictionaryBytesMax) {
      const plainSize = spelledBytes(arena, values) + lengthBytes * count;
      if (dictionarySize(entriesSize, built.entryCount, count) < plainSize) {
        const { codes, entryCount, offsets, entries: data } = built;
        const at = lengthBytes === 0 ? data : dictionaryBody(tools, built, entriesSize);
        const entries = { kind: 'bytes', count: entryCount, offsets, data } as const;
        return codedEncoding(arena, { codes, at, sizeBytes: entriesSize, entryCount, entries });
      }
    }
  }
  const place = spell(tools, values);
  return leaf.sizeBytes === undefined ? deltaLength(arena, place) : even(arena, place, leaf.sizeBytes);
}

/** Bytes of all values, without lengths. */
function spelledBytes(arena: Arena, values: Strings): number {
  if (values.kind === 'bytes')
    return offsetAt(arena, values.offsets, values.count) - offsetAt(arena, values.offsets, 0);
  if (values.entryCount === 1)
    return (offsetAt(arena, values.offsets, 1) - offsetAt(arena, values.offsets, 0)) * values.count;
  return arena.kernels.gatherBytes(values.offsets, values.data, values.codes, values.count, 0, 0);
}

/** Entries each behind its length. */
function dictionaryBody(
  { arena, page }: BytesEncodingTools,
  { entries, offsets, entryCount }: BuiltDictionary,
  sizeBytes: number,
): Address {
  const at = page.room(sizeBytes);
  const ends = arena.view(Uint32Array, offsets, entryCount + 1);
  const view = new DataView(arena.bytes.buffer, at, sizeBytes);
  for (let i = 0, to = 0; i < entryCount; i++) {
    const start = ends[i] as number;
    const end = ends[i + 1] as number;
    view.setUint32(to, end - start, true);
    arena.move(entries + start, at + to + 4, end - start);
    to += 4 + end - start;
  }
  return at;
}

interface Spelled {
  readonly offsets: Address;
  readonly data: Address;
}

function spell({ arena, plain, plainOffsets }: BytesEncodingTools, values: Strings): Spelled {
  if (values.kind === 'bytes') return values;
  const { count, codes } = values;
  const size = spelledBytes(arena, values);
  const [offsets, data] = [plainOffsets.room((count + 1) * 4), plain.room(size)];
  arena.kernels.gatherBytes(values.offsets, values.data, codes, count, offsets, data);
  return { offsets, data };
}

function deltaLength(arena: Arena, { offsets, data }: Spelled): ValueEncoding {
  const { kernels } = arena;
  const bytesOf = (start: number, end: number) =>
    offsetAt(arena, offsets, end) - offsetAt(arena, offsets, start);
  return {
    encoding: ENCODING.DELTA_LENGTH_BYTE_ARRAY,
    dictionary: undefined,
    bound: (start, end) => deltaBytesMax(end - start, 4) + bytesOf(start, end),
    put(to, start, end) {
      const count = end - start;
      const size = withBlock(arena, 1024 + count * 4, (scratch) => {
        const lengths = scratch + 1024;
        kernels.lengthsOf(offsets + start * 4, count, lengths);
        return kernels.deltaWrite32(lengths, count, to, scratch);
      });
      const from = data + offsetAt(arena, offsets, start);
      const length = bytesOf(start, end);
      arena.move(from, to + size, length);
      return size + length;
    },
    sizeOf: (start, end) => bytesOf(start, end) + 4 * (end - start),
  };
}

/** Values of one length, one after another. */
function even(arena: Arena, { offsets, data }: Spelled, sizeBytes: number): ValueEncoding {
  const sizeOf = (start: number, end: number) => (end - start) * sizeBytes;
  return {
    encoding: ENCODING.PLAIN,
    dictionary: undefined,
    bound: sizeOf,
    put(to, start, end) {
      const from = data + offsetAt(arena, offsets, start);
      arena.move(from, to, sizeOf(start, end));
      return sizeOf(start, end);
    },
    sizeOf,
  };
}
