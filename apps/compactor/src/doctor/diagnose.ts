import { errorText, isLakeError, LakeError, type Clock } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import type { DoctorConfig } from '../config/doctor.js';
import { openReadOnly } from '../open-stores.js';
import { clockChecks } from './check-clock.js';
import { diskChecks } from './check-disk.js';
import { lakeChecks } from './check-lake.js';
import { processChecks } from './check-process.js';
import { promiseChecks } from './check-promises.js';
import { storeChecks, storeFix } from './check-stores.js';
import { unitChecks } from './check-units.js';
import { fail, type Diagnosis } from './diagnosis.js';
import type { Check, DoctorContext } from './doctor-context.js';
import type { HostFacts } from './host-facts.js';

const CHECKS: readonly Check[] = [
  ...processChecks,
  ...clockChecks,
  ...storeChecks,
  ...diskChecks,
  ...promiseChecks,
  ...unitChecks,
  ...lakeChecks,
];

/** What {@link diagnose} looks at. */
export interface DiagnoseOptions {
  readonly config: DoctorConfig;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly facts: HostFacts;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Looks at the machine, the stores and the lake as a run would find them, one check after the other (spec row OP-14).
 * Writes nothing but the objects of the probe, and without `config.probe` nothing at all. What goes wrong in one check
 * is that check's failure.
 *
 * @throws LakeError `cancelled`.
 */
export async function diagnose({ config, env, facts, clock, signal }: DiagnoseOptions): Promise<Diagnosis[]> {
  const raw = opened('--raw', config.raw, env);
  const compact = opened('--compact', config.compact, env);
  const diagnoses = [raw, compact].flatMap(({ failure }) => failure ?? []);
  const context: DoctorContext = {
    config,
    env,
    facts,
    clock,
    signal,
    raw: raw.store,
    compact: compact.store,
  };
  for (const check of CHECKS) {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while looking');
    diagnoses.push(...(await lookOrFail(check, context)));
  }
  return diagnoses;
}

/** For people: a line for each check, and below it what to do. */
export function diagnosesText(diagnoses: readonly Diagnosis[]): string {
  const width = Math.max(...diagnoses.map(({ check }) => check.length));
  const lines = diagnoses.flatMap(({ check, state, found, fix }) => [
    `${state.padEnd(4)}  ${check.padEnd(width)}  ${found}`,
    ...(fix === undefined ? [] : [`${' '.repeat(width + 8)}→ ${fix}`]),
  ]);
  const count = (state: Diagnosis['state']) => diagnoses.filter((each) => each.state === state).length;
  return [...lines, `${count('ok')} ok, ${count('warn')} warnings, ${count('fail')} failures`].join('\n');
}

async function lookOrFail({ name, look }: Check, context: DoctorContext): Promise<readonly Diagnosis[]> {
  try {
    return await look(context);
  } catch (error) {
    if (isLakeError(error, 'cancelled')) throw error;
    return [fail(name, errorText(error), 'see what the message names, then run doctor again')];
  }
}

interface Opened {
  readonly store?: ObjectStore;
  readonly failure?: Diagnosis;
}

function opened(flag: string, url: string | undefined, env: DiagnoseOptions['env']): Opened {
  if (url === undefined) return {};
  try {
    return { store: openReadOnly(url, env) };
  } catch (error) {
    if (!isLakeError(error)) throw error;
    return { failure: fail(flag, errorText(error), storeFix(error, url)) };
  }
}
