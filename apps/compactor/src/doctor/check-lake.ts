import { errorText, isLakeError } from '@ticklake/core';
import { LEFTOVER_AGE_MS, type ObjectStore } from '@ticklake/storage';
import { join } from 'node:path';
import { STATE_KEY } from '../documents.js';
import { judgeHealth, TROUBLES, type Health } from '../health.js';
import { readState } from '../state.js';
import { scratchOf } from './check-disk.js';
import { storeFix } from './check-stores.js';
import { fail, ok, warn, type Diagnosis } from './diagnosis.js';
import type { Check, DoctorContext } from './doctor-context.js';
import { isThere } from './host-facts.js';

/** What the state document says of the lake, and what runs that died left behind. */
export const lakeChecks: readonly Check[] = [
  { name: 'state', look: checkState },
  { name: 'leftovers', look: checkLeftovers },
];

async function checkState({ config, compact, clock }: DoctorContext): Promise<Diagnosis[]> {
  if (compact === undefined) return [];
  const unreadable = await checkDocument(compact);
  if (unreadable !== undefined) return [unreadable];
  const health = await judgeHealth(compact, {
    failOn: TROUBLES,
    maxLagMs: config.maxLag,
    nowMs: clock.nowMs(),
  });
  return [ok('state', `${STATE_KEY} can be read`), freshness(health), troubles(health)];
}

async function checkDocument(compact: ObjectStore): Promise<Diagnosis | undefined> {
  try {
    const state = await readState(compact);
    if (state !== undefined) return undefined;
    return warn(
      'state',
      'there is none: nothing was compacted yet, or it was removed',
      'ticklake-compactor run',
    );
  } catch (error) {
    if (!isLakeError(error) || error.kind === 'cancelled') throw error;
    const isOurs = error.kind === 'invalid';
    const fix = isOurs
      ? 'ticklake-compactor state rebuild --compact URL --yes'
      : storeFix(error, compact.url);
    return fail('state', errorText(error), fix);
  }
}

/** As `health` judges, so that both say the same. */
function freshness({ lastCompactedDay, lagMs, maxLagMs }: Health): Diagnosis {
  const check = 'freshness';
  const fix =
    'systemctl list-timers; journalctl -u ticklake-compactor -n 50; ticklake-compactor quality-report';
  if (lastCompactedDay === null || lagMs === null) return fail(check, 'no day is compacted', fix);
  const found = `${lastCompactedDay} is the last compacted day, over for ${Math.round(lagMs / 360_000) / 10} h`;
  return lagMs > maxLagMs || lagMs < 0 ? fail(check, found, fix) : ok(check, found);
}

function troubles({ partitions }: Health): Diagnosis {
  const check = 'partitions';
  const counts = TROUBLES.map((trouble) => [trouble, partitions?.[trouble] ?? 0] as const);
  const told = counts.filter(([, count]) => count > 0).map(([trouble, count]) => `${count} ${trouble}`);
  if (told.length === 0) return ok(check, 'none is in quarantine, failed or stale');
  const fix = 'ticklake-compactor quality-report names them; QUARANTINE/…/error.json says what is wrong';
  return warn(check, told.join(', '), fix);
}

/** Of files that no run will come back to; those of runs at work are younger. */
async function checkLeftovers(context: DoctorContext): Promise<Diagnosis[]> {
  const { facts, clock } = context;
  const check = 'leftovers';
  const scratch = scratchOf(context);
  if (scratch === undefined) return [];
  // No run has needed the directory yet.
  if (!(await isThere(facts, scratch))) return [ok(check, `no ${scratch}`)];
  const oldestMs = clock.nowMs() - LEFTOVER_AGE_MS;
  let count = 0;
  for (const { name } of await facts.fileSystem.readdir(scratch)) {
    if (!name.startsWith('.tmp-')) continue;
    const { modifiedNs } = await facts.fileSystem.lstat(join(scratch, name));
    if (Number(modifiedNs / 1_000_000n) < oldestMs) count++;
  }
  return count === 0
    ? [ok(check, `none in ${scratch}`)]
    : [
        warn(
          check,
          `${count} unfinished files older than a day in ${scratch}`,
          'the next run removes them: ticklake-compactor run',
        ),
      ];
}
