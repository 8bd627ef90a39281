import { createHash } from 'node:crypto';
import { sizeText } from '@ticklake/cli-kit';
import { LakeError } from '@ticklake/core';
import { inShard, parseShard, type Shard } from '@ticklake/jobs';

/** Which of many partitions are looked at (spec row MF-21). */
export type Sample =
  /** One of `count` parts. Every partition is in exactly one of them, whatever else is published. */
  | { readonly kind: 'part'; readonly part: Shard }
  /** About this share of them, above 0 and up to 1, at random. */
  | { readonly kind: 'share'; readonly share: number }
  /** As many as hold up to so many bytes, at random. */
  | { readonly kind: 'size'; readonly sizeBytes: number };

/** Something that can be chosen. */
export interface SampleCandidate {
  readonly id: string;
  readonly sizeBytes: number;
}

/**
 * `2/7`, `5%` or `2GB` as a {@link Sample}.
 *
 * @throws LakeError `invalid` (`SAMPLE`, `SHARD`) for any other text, and for a share or a size of nothing.
 */
export function parseSample(text: string): Sample {
  if (text.includes('/')) return { kind: 'part', part: parseShard(text) };
  const percent = /^(\d{1,3}(?:\.\d{1,9})?)%$/.exec(text)?.[1];
  if (percent !== undefined) {
    const share = Number(percent) / 100;
    if (share > 0 && share <= 1) return { kind: 'share', share };
  } else {
    const size = sizeText.safeParse(text);
    if (size.success && size.data > 0) return { kind: 'size', sizeBytes: size.data };
  }
  throw new LakeError('invalid', 'not a sample such as 2/7, 5% or 2GB', {
    code: 'SAMPLE',
    details: { sample: text },
  });
}

/**
 * The candidates that belong to `sample`. A share or a size depends on `seed`, on the ids and, of a size, on the
 * sizes; not on their order. It has at least one where there is any; of a size that may be larger than asked for. A
 * part may be empty. Memory: nothing for a part or a share, the chosen ones for a size.
 */
export async function* chooseSample<T extends SampleCandidate>(
  candidates: AsyncIterable<T>,
  sample: Sample,
  seed: string,
): AsyncGenerator<T> {
  switch (sample.kind) {
    case 'part':
      for await (const candidate of candidates) if (inShard(candidate.id, sample.part)) yield candidate;
      return;
    case 'share':
      return yield* chooseShare(candidates, sample.share, seed);
    case 'size':
      return yield* await chooseSize(candidates, sample.sizeBytes, seed);
  }
}

/** Those of the lowest ranks; the lowest of all, where that is none. */
async function* chooseShare<T extends SampleCandidate>(
  candidates: AsyncIterable<T>,
  share: number,
  seed: string,
): AsyncGenerator<T> {
  let hasChosen = false;
  let lowest: Ranked<T> | undefined;
  for await (const candidate of candidates) {
    const rank = rankOf(candidate.id, seed);
    if (rank < share) {
      hasChosen = true;
      yield candidate;
    } else if (lowest === undefined || rank < lowest.rank) lowest = { candidate, rank };
  }
  if (!hasChosen && lowest !== undefined) yield lowest.candidate;
}

/** In order of rank, up to the first that is too much. What has once been too much stays so, whatever comes before it. */
async function chooseSize<T extends SampleCandidate>(
  candidates: AsyncIterable<T>,
  sizeBytesMax: number,
  seed: string,
): Promise<T[]> {
  const chosen: Ranked<T>[] = [];
  let sizeBytes = 0;
  let tooHigh = Infinity;
  for await (const candidate of candidates) {
    const rank = rankOf(candidate.id, seed);
    if (rank >= tooHigh) continue;
    chosen.splice(placeIn(chosen, rank), 0, { candidate, rank });
    sizeBytes += candidate.sizeBytes;
    while (sizeBytes > sizeBytesMax && chosen.length > 1) {
      const last = chosen.pop() as Ranked<T>;
      sizeBytes -= last.candidate.sizeBytes;
      tooHigh = last.rank;
    }
  }
  return chosen.map(({ candidate }) => candidate);
}

interface Ranked<T> {
  readonly candidate: T;
  readonly rank: number;
}

/** How many of `chosen`, which ascend, have a lower rank. */
function placeIn(chosen: readonly Ranked<unknown>[], rank: number): number {
  let low = 0;
  let high = chosen.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((chosen[middle] as Ranked<unknown>).rank < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A number from 0 to 1 that only `seed` and `id` decide, evenly. */
function rankOf(id: string, seed: string): number {
  const digest = createHash('sha256').update(`${seed}\n${id}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}
