import { createArena } from '@ticklake/columnar';
import {
  compact,
  executePartition,
  TAKE_EVERYTHING,
  type CompactRequest,
  type JobContext,
} from '@ticklake/compactor';
import { LakeError, parseUtcDay, startOfDayMs, type Clock } from '@ticklake/core';
import type { Party } from './world.js';

/** Noon of this day is when everything happens. */
export const TODAY = parseUtcDay('2026-02-04');

/** Everything in this folder reads and writes in it. */
export const ARENA = createArena({ bytesMax: 2 ** 28 });

/** Lets nobody wait: what takes longer than so much, as a lease that is renewed while its holder works, never comes. */
const NEVER_MS = 20_000;

/** A clock that stands still. */
export const NOON: Clock = {
  nowMs: () => startOfDayMs(TODAY) + 12 * 3_600_000,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (ms < NEVER_MS) resolve();
      else
        signal?.addEventListener('abort', () =>
          reject(new LakeError('cancelled', 'cancelled while waiting')),
        );
    }),
};

/** How many tasks of a run ended which way. */
export interface Outcome {
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
}

/** A catch-up over everything, changed as wanted. */
export function request(changes: Partial<CompactRequest> = {}): CompactRequest {
  return {
    days: { mode: 'catch-up' },
    filter: { exchanges: undefined, streams: undefined, symbols: undefined },
    selection: TAKE_EVERYTHING,
    overwrite: false,
    confirmed: false,
    onCorrupt: 'fail',
    retryQuarantine: false,
    fresh: false,
    lateDays: 7,
    workers: 1,
    ...changes,
  };
}

/** A run of the compactor by one party. */
export function compactIn(party: Party, changes: Partial<CompactRequest> = {}): Promise<Outcome> {
  return compact(request(changes), contextOf(party));
}

/** Small sizes, so that little files have several row groups and pages. */
function contextOf({ raw, compact: lake, fileSystem, scratch }: Party): JobContext {
  return {
    arena: ARENA,
    raw,
    compact: lake,
    settings: {
      memory: 64 * 2 ** 20,
      openMax: 50,
      rowGroupRows: 16,
      pageRows: 8,
      dictionaryBytesMax: 1024,
      sortRows: 1000,
      compression: 'zstd',
      zstdLevel: 1,
      copyPages: false,
      scratch,
      createdBy: 'ticklake crash',
      tsUnit: 'ms',
    },
    fileSystem,
    clock: NOON,
    signal: new AbortController().signal,
    owner: 'crash',
    tool: 'ticklake crash',
    onEvent: () => undefined,
    execute: executePartition,
  };
}
