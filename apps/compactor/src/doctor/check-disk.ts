import { isLakeError } from '@ticklake/core';
import { defaultScratch, type ObjectStore, type VolumeSpace } from '@ticklake/storage';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, ok, sizeOf, warn, type Diagnosis } from './diagnosis.js';
import type { Check, DoctorContext } from './doctor-context.js';
import type { HostFacts } from './host-facts.js';

const FREE_INODES_MIN = 10_000;

/** Space where a run writes. */
export const diskChecks: readonly Check[] = [{ name: 'disk', look: checkDisks }];

/** Where a run keeps unfinished files; `undefined` where that depends on a store that was not told. */
export function scratchOf({ config, compact }: DoctorContext): string | undefined {
  if (config.scratch !== undefined) return resolve(config.scratch);
  return compact === undefined ? undefined : defaultScratch(compact);
}

/** The directory of a local store. */
export function directoryOf(store: ObjectStore | undefined): string | undefined {
  return store?.url.startsWith('file:') === true ? fileURLToPath(store.url) : undefined;
}

async function checkDisks(context: DoctorContext): Promise<Diagnosis[]> {
  const places = [
    ['disk of the lake', directoryOf(context.compact)],
    ['disk of unfinished files', scratchOf(context)],
  ] as const;
  const told = places.flatMap(([check, path]) => (path === undefined ? [] : [{ check, path }]));
  return Promise.all(
    told.map(async ({ check, path }) =>
      judge(check, path, await nearestVolume(context.facts, path), context.config.freeMin),
    ),
  );
}

function judge(check: string, path: string, space: VolumeSpace, freeMinBytes: number): Diagnosis {
  const { freeBytes, totalBytes, freeInodes, totalInodes } = space;
  const inodes = totalInodes === 0 ? '' : `, ${freeInodes} inodes`;
  const found = `${sizeOf(freeBytes)} of ${sizeOf(totalBytes)}${inodes} free at ${path}`;
  const fix = `make room: du -xh --max-depth=2 '${path}' | sort -h | tail; or --scratch on another disk`;
  if (freeBytes < freeMinBytes / 10) return fail(check, found, fix);
  if (totalInodes > 0 && freeInodes < FREE_INODES_MIN / 10) return fail(check, found, fix);
  if (freeBytes < freeMinBytes || (totalInodes > 0 && freeInodes < FREE_INODES_MIN)) {
    return warn(check, found, fix);
  }
  return ok(check, found);
}

/** Of a directory that is not there yet, the volume on which it will be. */
async function nearestVolume(facts: HostFacts, path: string): Promise<VolumeSpace> {
  for (let at = path; ; at = dirname(at)) {
    try {
      return await facts.volumeSpace(at);
    } catch (error) {
      if (!isLakeError(error, 'missing') || at === dirname(at)) throw error;
    }
  }
}
