import { instantText } from '@ticklake/jobs';
import { localTime } from '../local-time.js';
import { nextRunMs } from '../units/next-run.js';
import { USUAL_UNITS } from '../units/unit-settings.js';
import { fail, ok, warn, type Diagnosis } from './diagnosis.js';
import type { Check, DoctorContext } from './doctor-context.js';

/** Nobody ran this program before, and hardly after. */
const SANE_FROM_MS = Date.UTC(2026, 0, 1);
const SANE_TO_MS = Date.UTC(2100, 0, 1);
const WATCHED_MS = 200;
const STEP_MAX_MS = 1000;

/** The clock decides which day is over, so it had better be right. How it stands to a store is looked at by the probe. */
export const clockChecks: readonly Check[] = [
  { name: 'clock', look: async (context) => [await checkClock(context)] },
  { name: 'time zone', look: (context) => Promise.resolve([checkTimeZone(context)]) },
];

async function checkClock({ clock, facts, signal }: DoctorContext): Promise<Diagnosis> {
  const [wallMs, steadyMs] = [clock.nowMs(), facts.monotonicMs()];
  const now = instantText(wallMs);
  const fix = 'set the clock and keep it: sudo timedatectl set-ntp true';
  if (wallMs < SANE_FROM_MS || wallMs >= SANE_TO_MS) return fail('clock', `it says ${now}`, fix);
  await clock.sleep(WATCHED_MS, signal);
  const stepMs = clock.nowMs() - wallMs - (facts.monotonicMs() - steadyMs);
  return Math.abs(stepMs) > STEP_MAX_MS
    ? warn('clock', `it moved by ${Math.round(stepMs)} ms beside the time that passed`, fix)
    : ok('clock', `${now}, days are those of UTC`);
}

function checkTimeZone({ clock, facts }: DoctorContext): Diagnosis {
  const { timeZone } = facts;
  const local = localTime(nextRunMs(USUAL_UNITS.at, clock.nowMs()), timeZone);
  return ok('time zone', `${timeZone}; schedules are in UTC, the next ${USUAL_UNITS.at} UTC is ${local}`);
}
