import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '@ticklake/core';
import { nodeFileSystem } from '@ticklake/storage';
import { doctorConfig } from '../config/doctor.js';
import { diagnose } from '../doctor/diagnose.js';
import type { Diagnosis } from '../doctor/diagnosis.js';
import { nodeHostFacts, type HostFacts } from '../doctor/host-facts.js';

const GIB = 1024 ** 3;

/** Directories of a spec: a spool with a file, an empty lake, and what they are in. */
export interface Places {
  readonly base: string;
  readonly raw: string;
  readonly compact: string;
}

/** New ones; `base` is for the caller to remove. */
export function makePlaces(): Places {
  const base = mkdtempSync(join(tmpdir(), 'ticklake-doctor-'));
  const [raw, compact] = [join(base, 'spool'), join(base, 'lake')];
  for (const directory of [raw, compact]) mkdirSync(directory);
  writeFileSync(join(raw, 'a.parquet'), 'x');
  return { base, raw, compact };
}

/** A machine that has all it needs. */
function healthy(base: string, texts: Record<string, string> = {}): HostFacts {
  const all: Record<string, string> = {
    '/proc/self/limits': 'Max open files            1024                 524288               files     \n',
    '/proc/self/cgroup': '0::/system.slice/ticklake-compactor.service\n',
    '/proc/meminfo': 'MemTotal:       16000000 kB\nMemAvailable:   12000000 kB\n',
    ...texts,
  };
  return {
    nodeVersion: 'v22.1.0',
    timeZone: 'Europe/Istanbul',
    monotonicMs: () => performance.now(),
    readText: (path) => (path.startsWith(base) ? nodeHostFacts.readText(path) : Promise.resolve(all[path])),
    async volumeSpace(path) {
      await nodeHostFacts.volumeSpace(path);
      return { freeBytes: 100 * GIB, totalBytes: 200 * GIB, freeInodes: 1e6, totalInodes: 2e6 };
    },
    fileSystem: nodeFileSystem,
  };
}

/** What is different from a machine that has all it needs. */
export interface Case {
  readonly facts?: Partial<HostFacts>;
  readonly texts?: Record<string, string>;
  readonly config?: Record<string, unknown>;
  readonly clock?: Clock;
}

/** What is found, by check; the units of this machine are left alone. */
export async function examineIn(
  { base, raw, compact }: Places,
  { facts = {}, texts = {}, config = {}, clock = systemClock }: Case = {},
): Promise<Map<string, Diagnosis>> {
  const settings = { raw, compact, unitsDir: join(base, 'units'), ...config };
  const diagnoses = await diagnose({
    config: doctorConfig.parse(settings),
    env: {},
    facts: { ...healthy(base, texts), ...facts },
    clock,
    signal: new AbortController().signal,
  });
  return new Map(diagnoses.map((diagnosis) => [diagnosis.check, diagnosis]));
}

/** Looks, and expects `check` to have found that; whatever is not well has something to do about it. */
export async function expectFoundIn(
  places: Places,
  [check, state, pattern]: readonly [check: string, state: string, pattern: RegExp],
  change: Case = {},
): Promise<void> {
  const found = (await examineIn(places, change)).get(check);
  expect(found).toMatchObject({ state, found: expect.stringMatching(pattern) });
  if (state === 'ok') expect(found?.fix).toBeUndefined();
  else expect(found?.fix).toEqual(expect.stringMatching(/\S/));
}
