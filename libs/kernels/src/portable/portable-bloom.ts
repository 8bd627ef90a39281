import type { BloomKernels } from '../contract/bloom-kernels.js';
import type { ViewMemory, Views } from './views.js';

const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;

/** Of the format: what a key is multiplied by for each word of a block. */
const SALTS = [
  ...[0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d],
  ...[0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31],
];
const BLOCK_BYTES = 32;

/** The bloom kernels. */
export function portableBloom(view: ViewMemory): BloomKernels {
  const words = (values: number, count: number, { width, to }: { width: 4 | 8; to: number }) => {
    const { any } = view();
    for (let i = 0; i < count; i++) {
      const at = values + i * width;
      any.setBigUint64(to + i * 8, hashOf(any, at, at + width), true);
    }
  };
  return {
    xxHashWords32: (values, count, to) => words(values, count, { width: 4, to }),
    xxHashWords64: (values, count, to) => words(values, count, { width: 8, to }),
    xxHashBytes(offsets, data, count, to) {
      const { any, u32 } = view();
      for (let i = 0; i < count; i++) {
        const [start, end] = [u32[(offsets >> 2) + i] as number, u32[(offsets >> 2) + i + 1] as number];
        any.setBigUint64(to + i * 8, hashOf(any, data + start, data + end), true);
      }
    },
    bloomAdd(filter, blockCount, hashes, count) {
      const { any } = view();
      for (let i = 0; i < count; i++) {
        const { block, bits } = placeOf(any, hashes + i * 8, { filter, blockCount });
        bits.forEach((bit, word) => {
          const at = block + word * 4;
          any.setInt32(at, any.getInt32(at, true) | bit, true);
        });
      }
    },
    bloomFind(filter, blockCount, hashes, count) {
      const { any } = view();
      for (let i = 0; i < count; i++) {
        const { block, bits } = placeOf(any, hashes + i * 8, { filter, blockCount });
        if (bits.every((bit, word) => (any.getInt32(block + word * 4, true) & bit) !== 0)) return i;
      }
      return count;
    },
  };
}

/** The block of a hash, and the bit in each of its words. */
function placeOf(
  any: Views['any'],
  hash: number,
  { filter, blockCount }: { readonly filter: number; readonly blockCount: number },
): { readonly block: number; readonly bits: readonly number[] } {
  const key = any.getInt32(hash, true);
  const block = (BigInt(any.getUint32(hash + 4, true)) * BigInt(blockCount)) >> 32n;
  return {
    block: filter + Number(block) * BLOCK_BYTES,
    bits: SALTS.map((salt) => 1 << (Math.imul(key, salt) >>> 27)),
  };
}

function hashOf(any: Views['any'], start: number, end: number): bigint {
  const size = BigInt(end - start);
  let at = start;
  let hash = PRIME_5;
  if (end - at >= 32) {
    const lanes = [PRIME_1 + PRIME_2, PRIME_2, 0n, -PRIME_1];
    for (; at + 32 <= end; at += 32) {
      for (let lane = 0; lane < 4; lane++)
        lanes[lane] = round(lanes[lane] as bigint, any.getBigUint64(at + lane * 8, true));
    }
    const [a, b, c, d] = lanes as [bigint, bigint, bigint, bigint];
    hash = rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n);
    for (const lane of lanes) hash = (wrap(hash) ^ round(0n, lane)) * PRIME_1 + PRIME_4;
  }
  hash = wrap(hash + size);
  for (; at + 8 <= end; at += 8)
    hash = wrap(rotate(hash ^ round(0n, any.getBigUint64(at, true)), 27n) * PRIME_1 + PRIME_4);
  if (at + 4 <= end) {
    hash = wrap(rotate(hash ^ (BigInt(any.getUint32(at, true)) * PRIME_1), 23n) * PRIME_2 + PRIME_3);
    at += 4;
  }
  for (; at < end; at++) hash = wrap(rotate(hash ^ (BigInt(any.getUint8(at)) * PRIME_5), 11n) * PRIME_1);
  hash = wrap((hash ^ (hash >> 33n)) * PRIME_2);
  hash = wrap((hash ^ (hash >> 29n)) * PRIME_3);
  return hash ^ (hash >> 32n);
}

function round(lane: bigint, word: bigint): bigint {
  return wrap(rotate(lane + word * PRIME_2, 31n) * PRIME_1);
}

function rotate(value: bigint, by: bigint): bigint {
  const word = wrap(value);
  return wrap(word << by) | (word >> (64n - by));
}

function wrap(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}
