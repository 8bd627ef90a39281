import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArena } from '@ticklake/columnar';
import { LakeError, parseUtcDay, startOfDayMs, type Clock } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import { nodeFileSystem, type ObjectStore } from '@ticklake/storage';
import type { CompactRequest, JobContext } from '../job.js';
import { executePartition } from '../partition-task.js';
import { TAKE_EVERYTHING } from '../select-partitions.js';
import type { Settings } from '../settings.js';

/** The arena that specs of this package work in. */
export const ARENA = createArena({ bytesMax: 2 ** 28 });

let scratch: string | undefined;

/** One directory for the unfinished files of a suite, gone when it ends. */
function scratchDirectory(): string {
  return (scratch ??= mkdtempSync(join(tmpdir(), 'ticklake-test-')));
}

afterAll(() => {
  if (scratch !== undefined) rmSync(scratch, { recursive: true });
});

/** Small sizes, so that little files have several row groups and pages. */
export function testSettings(changes: Partial<Settings> = {}): Settings {
  return {
    memory: 64 * 1024 * 1024,
    openMax: 50,
    rowGroupRows: 64,
    pageRows: 32,
    dictionaryBytesMax: 4096,
    sortRows: 1000,
    compression: 'zstd',
    zstdLevel: 1,
    copyPages: false,
    scratch: scratchDirectory(),
    createdBy: 'ticklake-compactor test',
    tsUnit: 'ms',
    ...changes,
  };
}

/**
 * A clock that stands at noon of `day`. Short sleeps, as of somebody who waits for a dead run's lease, are over at once;
 * long ones, as of a lease that is renewed while its holder works, never end: a test's work takes no time.
 */
export function noonOf(day: string): Clock {
  const longMs = 20_000;
  return {
    nowMs: () => startOfDayMs(parseUtcDay(day)) + 12 * 3_600_000,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const cancel = () => reject(new LakeError('cancelled', 'cancelled while waiting'));
        if (ms < longMs) resolve();
        else signal?.addEventListener('abort', cancel);
      }),
  };
}

/** A run's context with a clock that stands at noon of `today`, and the events it reports. */
export function testContext(
  stores: { readonly raw: ObjectStore; readonly compact: ObjectStore },
  { today, settings = testSettings() }: { readonly today: string; readonly settings?: Settings },
): JobContext & { readonly events: JobEvent[] } {
  const events: JobEvent[] = [];
  return {
    ...stores,
    arena: ARENA,
    settings,
    fileSystem: nodeFileSystem,
    clock: noonOf(today),
    signal: new AbortController().signal,
    owner: 'test',
    tool: 'ticklake-compactor test',
    events,
    onEvent: (event) => events.push(event),
    execute: executePartition,
  };
}

/** A catch-up over everything, changed as wanted. */
export function testRequest(changes: Partial<CompactRequest> = {}): CompactRequest {
  return {
    days: { mode: 'catch-up' },
    filter: { exchanges: undefined, streams: undefined, symbols: undefined },
    selection: TAKE_EVERYTHING,
    overwrite: false,
    onCorrupt: 'fail',
    retryQuarantine: false,
    confirmed: false,
    fresh: false,
    lateDays: 7,
    workers: 1,
    ...changes,
  };
}
