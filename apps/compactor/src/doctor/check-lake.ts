import { addDays, errorText, isLakeError, parseUtcDay, startOfDayMs, type Clock } from '@ticklake/core';
import { join } from 'node:path';
import type { DoctorConfig } from '../config/doctor.js';
import type { State } from '../documents.js';
import { LEFTOVER_AGE_MS } from '../limits.js';
import { readState } from '../state.js';
import { scratchOf } from './check-disk.js';
import { storeFix } from './check-stores.js';
import { fail, ok, warn, type Diagnosis } from './diagnosis.js';
import type { Check, DoctorContext } from './doctor-context.js';
import { isThere } from './host-facts.js';

const TROUBLES = ['quarantine', 'failed', 'stale'] as const;

/** What the state document says of the lake, and what runs that died left behind. */
export const lakeChecks: readonly Check[] = [
  { name: 'state', look: checkState },
  { name: 'leftovers', look: checkLeftovers },
];

async function checkState({ config, compact, clock }: DoctorContext): Promise<Diagnosis[]> {
  if (compact === undefined) return [];
  let state: State | undefined;
  try {
    state = await readState(compact);
  } catch (error) {
    // That the store refuses is told by the check of access.
    if (!isLakeError(error, 'invalid'))
      return [fail('state', errorText(error), storeFix(error, compact.url))];
    return [fail('state', errorText(error), 'ticklake-compactor state rebuild --compact URL --yes')];
  }
  if (state === undefined) {
    return [
      warn('state', 'there is none: nothing was compacted yet, or it was removed', 'ticklake-compactor run'),
    ];
  }
  const partitions = Object.keys(state.partitions).length;
  return [
    ok('state', `${partitions} partitions of ${Object.keys(state.days).length} days`),
    freshness(state, config, clock),
    troubles(state),
  ];
}

function freshness(state: State, { maxLag }: DoctorConfig, clock: Clock): Diagnosis {
  const check = 'freshness';
  const last = state.last_compacted_date;
  const fix =
    'systemctl list-timers; journalctl -u ticklake-compactor -n 50; ticklake-compactor quality-report';
  if (last === null || last === undefined) return fail(check, 'no day is compacted', fix);
  const lagMs = clock.nowMs() - startOfDayMs(addDays(parseUtcDay(last), 1));
  const found = `${last} is the last compacted day, over for ${Math.round(lagMs / 360_000) / 10} h`;
  return lagMs > maxLag ? fail(check, found, fix) : ok(check, found);
}

function troubles({ partitions }: State): Diagnosis {
  const check = 'partitions';
  const counts = TROUBLES.map((trouble) => ({
    trouble,
    count: Object.values(partitions).filter(({ status }) => status === trouble).length,
  })).filter(({ count }) => count > 0);
  if (counts.length === 0) return ok(check, 'none is in quarantine, failed or stale');
  const found = counts.map(({ trouble, count }) => `${count} ${trouble}`).join(', ');
  return warn(
    check,
    found,
    'ticklake-compactor quality-report names them; QUARANTINE/…/error.json says what is wrong',
  );
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
