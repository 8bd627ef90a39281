import { instantText, readDocument, updateDocument } from '@ticklake/jobs';
import { utcInstant } from '@ticklake/manifest';
import type { Clock } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { z } from 'zod';
import type { Leftover } from './find-leftovers.js';
import { casPatience } from './state.js';

/** Where sweeps remember what they saw. */
export const SWEEP_KEY = 'compacted/_sweep.json';

/** How long after its first sighting a leftover must be seen again before it goes. */
export const SIGHTINGS_APART_MS = 24 * 3_600_000;

const sweepSchema = z.looseObject({
  version: z.literal(1),
  updated_at: utcInstant,
  /** By key; what was not seen by the last sweep is not in here. */
  sightings: z.record(z.string(), z.looseObject({ etag: z.string(), first_seen: utcInstant })),
});

/** `compacted/_sweep.json`: which leftovers were seen, in which version, and since when. */
export type SweepDocument = z.infer<typeof sweepSchema>;

/** What earlier sweeps saw; nothing is written. */
export async function readSightings(compact: ObjectStore): Promise<SweepDocument | undefined> {
  return readDocument(compact, SWEEP_KEY, sweepSchema);
}

/** Remembers that `leftovers`, and only they, are there now. One of another version than before is seen for the first time. */
export async function recordSightings(
  compact: ObjectStore,
  leftovers: readonly Leftover[],
  clock: Clock,
): Promise<SweepDocument | undefined> {
  // A store in which there is nothing to sweep needs no memory of that.
  if (leftovers.length === 0 && (await readSightings(compact)) === undefined) return undefined;
  const now = instantText(clock.nowMs());
  const remember = (current: SweepDocument | undefined): SweepDocument => {
    const sightings = Object.fromEntries(
      leftovers.map(({ object: { key, etag } }) => {
        const known = current?.sightings[key];
        return [key, known?.etag === etag ? known : { etag, first_seen: now }];
      }),
    );
    return { ...current, version: 1, updated_at: now, sightings };
  };
  return updateDocument(compact, SWEEP_KEY, sweepSchema, remember, casPatience(clock));
}

/** Whether `leftover` was seen in this very version, long enough before `nowMs`. */
export function wasSeenBefore(
  document: SweepDocument | undefined,
  { object }: Leftover,
  nowMs: number,
): boolean {
  const known = document?.sightings[object.key];
  return known?.etag === object.etag && nowMs - Date.parse(known.first_seen) >= SIGHTINGS_APART_MS;
}
