import type { Clock } from '@ticklake/core';
import { instantText, readDocument, updateDocument } from '@ticklake/jobs';
import { z } from 'zod';
import { EVERYTHING } from './discover-partitions.js';
import { casPatience } from './state.js';
import { verifyLake, type VerifyLakeContext, type VerifySummary } from './verify-lake.js';
import { hasErrors } from './verify-partition.js';

/** Where a lake remembers how far its scrubbing is. Safe to delete: it begins with the first part again. */
export const SCRUB_KEY = 'compacted/_scrub.json';

/** More damaged partitions are counted and not named in the document; each was told when it was found. */
const DAMAGED_MAX = 100;

const partRun = z.looseObject({
  finished_at: z.string(),
  partitions: z.int().nonnegative(),
  size_bytes: z.int().nonnegative(),
  /** Partitions with errors, and the first of them by name. */
  errors: z.int().nonnegative(),
  damaged: z.array(z.string()),
});

/** `compacted/_scrub.json`. Unknown keys survive. */
export const scrubSchema = z
  .looseObject({
    version: z.literal(1),
    /** In how many parts the lake is read. */
    parts: z.int().positive(),
    /** The part that is read next, counted from 1. */
    next_part: z.int().positive(),
    updated_at: z.string(),
    /** How the last reading of each part ended, by its number. */
    runs: z.record(z.string(), partRun),
  })
  .refine(({ parts, next_part }) => next_part <= parts, 'the next part is not one of the parts');

/** What {@link scrubSchema} describes. */
export type Scrub = z.infer<typeof scrubSchema>;

/** What one call of {@link scrubNext} read. */
export interface ScrubResult extends VerifySummary {
  /** Counted from 1. */
  readonly part: number;
  readonly parts: number;
}

/**
 * Verifies the next of `parts` parts of a lake (reliability 4.7): after that many calls, whenever they are made, every
 * partition that was published all the while has been read once. Which part a partition is in follows from its name
 * alone, so that none moves between parts when others are published. A part counts as read when it was read to its
 * end, with findings or without; a call that is stopped or fails leaves it to the next. Two calls at once read the
 * same part, which is counted once. Another `parts` than before begins with the first.
 *
 * Nothing is written but {@link SCRUB_KEY}.
 *
 * @throws LakeError `invalid` (`DOCUMENT`) when that document cannot be understood: delete it to begin again.
 * @throws LakeError as {@link verifyLake}.
 */
export async function scrubNext(
  parts: number,
  { clock, onVerdict, ...context }: VerifyLakeContext & { readonly clock: Clock },
): Promise<ScrubResult> {
  const { compact } = context;
  const before = await readDocument(compact, SCRUB_KEY, scrubSchema);
  const part = before?.parts === parts ? before.next_part : 1;
  const damaged: string[] = [];
  const sample = { kind: 'part', part: { index: part, count: parts } } as const;
  const summary = await verifyLake(
    { filter: EVERYTHING, sample, seed: '' },
    {
      ...context,
      onVerdict(verdict) {
        if (hasErrors(verdict) && damaged.length < DAMAGED_MAX) damaged.push(verdict.partition);
        onVerdict(verdict);
      },
    },
  );
  const now = instantText(clock.nowMs());
  const run = {
    finished_at: now,
    partitions: summary.verified.partitions,
    size_bytes: summary.verified.sizeBytes,
    errors: summary.errors,
    damaged,
  };
  const change = (current: Scrub | undefined) => advance(current, { part, parts, run, now });
  await updateDocument(compact, SCRUB_KEY, scrubSchema, change, casPatience(clock));
  return { part, parts, ...summary };
}

interface Advance {
  readonly part: number;
  readonly parts: number;
  readonly run: z.infer<typeof partRun>;
  readonly now: string;
}

/** Goes on by one part, unless another call has done so meanwhile. */
function advance(current: Scrub | undefined, { part, parts, run, now }: Advance): Scrub {
  const same = current?.parts === parts ? current : undefined;
  const isNext = (same?.next_part ?? 1) === part;
  return {
    ...current,
    version: 1,
    parts,
    next_part: isNext ? (part % parts) + 1 : (same?.next_part ?? 1),
    updated_at: now,
    runs: { ...same?.runs, [part]: run },
  };
}
