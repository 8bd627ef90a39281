import { systemClock } from '@ticklake/core';
import { localStore, sweepScratch } from '@ticklake/storage';
import { readdir } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { DATA, readSnapshot, type Snapshot } from '../crash/snapshot.js';
import { runCompactor, type RunEnd, type SignalStores } from './signal-run.js';

/** What a signal at some moment came to. */
export interface SignalReport {
  readonly termAfterMs: number;
  /** `before` the program listened, `stopped` with 130, or `done` before the signal came. */
  readonly outcome: 'before' | 'stopped' | 'done';
  readonly stoppedAfterMs: number;
  /** Partitions that were published by then. */
  readonly published: number;
  /** Temporaries and locks that the signal left, and those that the next run left to a sweep. */
  readonly leftovers: number;
  readonly leftToSweep: number;
  readonly violations: readonly string[];
}

/** A service manager kills what takes longer. */
const STOP_MAX_MS = 10_000;

/** One run that is told to stop, and the next, which is not. The lake of `stores` is empty before. */
export async function signalRound(
  stores: SignalStores,
  { termAfterMs, expected }: { readonly termAfterMs: number; readonly expected: Snapshot },
): Promise<SignalReport> {
  const run = await runCompactor(stores, termAfterMs);
  const outcome = outcomeOf(run);
  const violations = outcome === undefined ? [`ended with ${run.end}: ${run.log}`] : [];
  const stoppedAfterMs = run.stoppedAfterMs ?? 0;
  if (stoppedAfterMs > STOP_MAX_MS) violations.push(`took ${stoppedAfterMs.toFixed(0)} ms to stop`);
  const store = localStore(stores.compact);
  const left = await readSnapshot(store);
  violations.push(...halfPublished(left, expected));
  const leftovers = await hiddenFiles(stores.compact);
  const next = await runCompactor(stores);
  if (next.end !== 0) violations.push(`the next run ended with ${next.end}: ${next.log}`);
  const after = await readSnapshot(store);
  if (!isDeepStrictEqual(withoutTimes(after), withoutTimes(expected)))
    violations.push('the next run ends otherwise');
  const leftToSweep = await hiddenFiles(stores.compact);
  await sweepScratch(stores.compact, { clock: systemClock, ageMinMs: Infinity, recursive: true });
  for (const name of await hiddenFiles(stores.compact)) violations.push(`a sweep leaves ${name}`);
  return {
    ...{ termAfterMs, outcome: outcome ?? 'done', stoppedAfterMs, published: left.published.size },
    ...{ leftovers: leftovers.length, leftToSweep: leftToSweep.length, violations },
  };
}

function outcomeOf({ end }: RunEnd): SignalReport['outcome'] | undefined {
  if (end === 0) return 'done';
  if (end === 130) return 'stopped';
  return end === 'SIGTERM' ? 'before' : undefined;
}

/** A partition is there, complete and proved, or it is not; its data may be there before it is published. */
function halfPublished(left: Snapshot, expected: Snapshot): string[] {
  const broken: string[] = [];
  for (const [directory, seen] of left.published)
    if (!isDeepStrictEqual(seen, expected.published.get(directory)))
      broken.push(`a reader of ${directory} finds ${JSON.stringify(seen)}`);
  for (const [key, content] of left.contents)
    if (key.endsWith(`/${DATA}`) && content !== expected.contents.get(key))
      broken.push(`${key} is not complete`);
  return broken;
}

/** All objects; when they were made differs from run to run. */
export function withoutTimes({ contents }: Snapshot): ReadonlyMap<string, string> {
  return new Map(
    [...contents].map(([key, text]) => [key, text.replaceAll(/"created_at":"[^"]*"/g, '"created_at":"…"')]),
  );
}

async function hiddenFiles(root: string): Promise<readonly string[]> {
  const names = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  return names
    .filter((entry) => /^\.(tmp|lock)-.*-/.test(entry.name) || entry.name.startsWith('.lock-'))
    .map(({ name }) => name);
}
