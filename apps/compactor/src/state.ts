import { isDeepStrictEqual } from 'node:util';
import { compactDay, isLakeError, LakeError, parseUtcDay, type Clock, type UtcDay } from '@ticklake/core';
import {
  advanceWatermark,
  findDocument,
  instantText,
  readDocument,
  updateDocument,
  type DayLedger,
  type FoundDocument,
  type UpdateDocumentOptions,
} from '@ticklake/jobs';
import type { ObjectStore } from '@ticklake/storage';
import { STATE_KEY, stateSchema, type PartitionChange, type State } from './documents.js';
import { STATE_BYTES_MAX } from './limits.js';

/** What a run learned. */
export interface StateChanges {
  readonly partitions: ReadonlyMap<string, PartitionChange>;
  /**
   * Days of which every partition in the spool has now been judged. Only these may become finished: a run that
   * looked at one symbol knows nothing about a day.
   */
  readonly judgedDays: readonly UtcDay[];
  /**
   * Days of which other runs do the rest, with the ids of all their partitions: they are judged as soon as state knows
   * every one of them.
   */
  readonly sharedDays?: ReadonlyMap<UtcDay, readonly string[]> | undefined;
  /** Days with a partition that was left for another run: they stay unfinished until they are judged. */
  readonly leftDays?: readonly UtcDay[] | undefined;
  /** Whether days still have to be held against the spool; see {@link State}. */
  readonly unconfirmed: boolean;
}

/**
 * The state document, or `undefined` on a first run.
 *
 * @throws LakeError `invalid` (`STATE`) when it is there and cannot be understood: a run must not start from a guess.
 */
export async function readState(compact: ObjectStore): Promise<State | undefined> {
  await requireReadableSize(compact);
  try {
    return await readDocument(compact, STATE_KEY, stateSchema);
  } catch (error) {
    throw isLakeError(error, 'invalid') ? stateProblem(error) : error;
  }
}

/** What stands at the key of the state document, for those who mend it. */
export async function findState(compact: ObjectStore): Promise<FoundDocument<State> | undefined> {
  await requireReadableSize(compact);
  return findDocument(compact, STATE_KEY, stateSchema);
}

/** `problem`, found with the state document, and what to do about it. */
export function stateProblem(problem: LakeError): LakeError {
  const message =
    'the state document cannot be understood; `state rebuild` makes it again from what is published';
  return new LakeError('invalid', message, { code: 'STATE', details: problem.details, cause: problem });
}

/** @throws LakeError `invalid` (`STATE`) for one so large that reading it is a danger of its own. */
async function requireReadableSize(compact: ObjectStore): Promise<void> {
  const sizeBytes = (await compact.head(STATE_KEY))?.size ?? 0;
  if (sizeBytes <= STATE_BYTES_MAX) return;
  const message =
    'the state document is too large to be one; take it away, then `state rebuild` makes it again';
  throw new LakeError('invalid', message, {
    code: 'STATE',
    details: { key: STATE_KEY, sizeBytes, sizeBytesMax: STATE_BYTES_MAX },
  });
}

/** Adds what a run learned, by compare-and-swap; a run that learned nothing new writes nothing (invariant I6). */
export function recordChanges(compact: ObjectStore, changes: StateChanges, clock: Clock): Promise<State> {
  const now = instantText(clock.nowMs());
  return updateDocument(
    compact,
    STATE_KEY,
    stateSchema,
    (current) => applyChanges(current, changes, now),
    casPatience(clock),
  );
}

/** How patiently documents of this app are updated against other writers. */
export function casPatience(clock: Clock): UpdateDocumentOptions {
  return { clock, attemptsMax: 12, delayMinMs: 50, delayMaxMs: 5_000 };
}

/** `state` with `changes`; days and the watermark follow from the partitions. `updated_at` moves only with content. */
export function applyChanges(state: State | undefined, changes: StateChanges, now: string): State {
  const before = state ?? { version: 1, partitions: {}, days: {} };
  const partitions = { ...before.partitions };
  for (const [id, change] of changes.partitions) {
    const old = partitions[id];
    if (old === undefined || !isSame(old, change)) partitions[id] = { ...change, updated_at: now };
  }
  const days = { ...before.days };
  const setDay = (day: string, status: State['days'][string]['status']) => {
    if (days[day]?.status !== status) days[day] = { ...days[day], status, updated_at: now };
  };
  const worst = worstByDay(partitions);
  const judged = new Set(
    [...changes.judgedDays, ...fullyKnown(changes.sharedDays, partitions)].map(compactDay),
  );
  const left = new Set(changes.leftDays?.map(compactDay));
  for (const day of new Set([...judged, ...left, ...Object.keys(days)])) {
    const isOpen = left.has(day) || (days[day]?.status === 'open' && !judged.has(day));
    setDay(day, isOpen ? 'open' : (worst.get(day) ?? 'empty'));
  }
  const last = advanceWatermark(ledgerOf({ ...before, partitions, days }));
  const { unconfirmed: _, ...kept } = before;
  const next: State = {
    ...kept,
    ...(changes.unconfirmed ? { unconfirmed: true as const } : {}),
    last_compacted_date: last === undefined ? null : compactDay(last),
    partitions: sortKeys(partitions),
    days: sortKeys(days),
  };
  // Parsing puts the keys in the order of the schema, so that equal states are equal texts.
  return isSame(before, next) ? before : stateSchema.parse({ ...next, updated_at: now });
}

/** What the document says about days, for choosing those to work on. */
export function ledgerOf(state: State | undefined): DayLedger {
  const last = state?.last_compacted_date;
  const finishedDays = new Set<UtcDay>();
  const unfinishedDays = new Set<UtcDay>();
  for (const [day, { status }] of Object.entries(state?.days ?? {})) {
    (status === 'success' || status === 'empty' ? finishedDays : unfinishedDays).add(parseUtcDay(day));
  }
  return {
    lastDay: last === undefined || last === null ? undefined : parseUtcDay(last),
    finishedDays,
    unfinishedDays,
  };
}

function fullyKnown(sharedDays: StateChanges['sharedDays'], partitions: State['partitions']): UtcDay[] {
  return [...(sharedDays ?? [])]
    .filter(([, ids]) => ids.every((id) => partitions[id] !== undefined))
    .map(([day]) => day);
}

const SEVERITY = ['success', 'stale', 'quarantine', 'failed'] as const;

/** A day is as good as its worst partition. */
function worstByDay(partitions: State['partitions']): Map<string, (typeof SEVERITY)[number]> {
  const worst = new Map<string, (typeof SEVERITY)[number]>();
  for (const [id, { status }] of Object.entries(partitions)) {
    const day = id.slice(id.lastIndexOf('/') + 1);
    const known = worst.get(day) ?? 'success';
    worst.set(day, SEVERITY.indexOf(status) > SEVERITY.indexOf(known) ? status : known);
  }
  return worst;
}

/** As JSON sees them, the time of the last change aside. */
function isSame(a: object, b: object): boolean {
  const plain = (value: object): unknown => JSON.parse(JSON.stringify({ ...value, updated_at: undefined }));
  return isDeepStrictEqual(plain(a), plain(b));
}

function sortKeys<V>(record: Record<string, V>): Record<string, V> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
