import { LakeError } from '@ticklake/core';

/** One of `count` parts, counted from 1: `2/7` is the second of seven. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * `n/t` as a {@link Shard}.
 *
 * @throws LakeError `invalid` unless 1 ≤ n ≤ t.
 */
export function parseShard(text: string): Shard {
  const match = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text);
  const shard = { index: Number(match?.[1]), count: Number(match?.[2]) };
  if (match === null || shard.index > shard.count) {
    throw new LakeError('invalid', 'not a part of a whole, such as 2/7', {
      code: 'SHARD',
      details: { text },
    });
  }
  return shard;
}

/**
 * Whether the task called `taskId` belongs to `shard`. Of the shards 1/t … t/t exactly one says yes, the same one
 * on every machine and in every version: the hash is 32-bit FNV-1a over the UTF-8 bytes, finished by the murmur3
 * mixer so that ids that differ in one digit spread evenly.
 */
export function inShard(taskId: string, shard: Shard): boolean {
  return stableHash(taskId) % shard.count === shard.index - 1;
}

function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
