import { randomUUID } from 'node:crypto';
import { errorText, isLakeError } from '@ticklake/core';
import { createScratchFile, openStore, probePolicy, probeStore, type ObjectStore } from '@ticklake/storage';
import { join } from 'node:path';
import { REQUESTS } from '../limits.js';
import { directoryOf, scratchOf } from './check-disk.js';
import { storeFix } from './check-stores.js';
import { fail, ok, warn, type Diagnosis } from './diagnosis.js';
import type { Check, DoctorContext } from './doctor-context.js';
import { isThere } from './host-facts.js';

const SKEW_WARN_MS = 60_000;
/** Services with signed requests refuse those of a clock that is a quarter of an hour off. */
const SKEW_FAIL_MS = 10 * 60_000;
const WRITING = 'writing to --compact';

/** What only writing shows: objects of our own, `_probe-…`, which are gone afterwards. */
export const promiseChecks: readonly Check[] = [
  { name: WRITING, look: checkLake },
  { name: 'unfinished files', look: checkScratch },
];

async function checkLake(context: DoctorContext): Promise<Diagnosis[]> {
  const { config, env, compact, facts } = context;
  if (!config.probe || config.compact === undefined || compact === undefined) return [];
  const directory = directoryOf(compact);
  // The first run makes the directory of a local lake; who only looks does not.
  if (directory !== undefined && !(await isThere(facts, directory))) return [];
  const store = openStore(config.compact, { env, requests: probePolicy(REQUESTS) });
  try {
    const promises = await checkPromises(store);
    const skew = await checkStoreClock(store, context);
    return [
      promises,
      skew,
      ...(directory === undefined ? [] : [await checkHardLinks(store, directory, context)]),
    ];
  } catch (error) {
    if (!isLakeError(error) || error.kind === 'cancelled') throw error;
    return [fail(WRITING, errorText(error), storeFix(error, store.url))];
  }
}

/** A local disk is of our own making; an endpoint may ignore what it is asked. */
async function checkPromises(store: ObjectStore): Promise<Diagnosis> {
  if (store.isLocal)
    return withObject(store, () => Promise.resolve(ok(WRITING, `${store.url} can be written`)));
  const findings = await probeStore(store);
  const broken = findings.filter(({ holds }) => !holds);
  if (broken.length === 0) return ok(WRITING, `${store.url} keeps all ${findings.length} promises`);
  const found = broken.map(({ check, detail }) => `does not ${check}: ${detail ?? ''}`).join('; ');
  return broken.some(({ isRequired }) => isRequired)
    ? fail(
        WRITING,
        found,
        'publish to a service that honours conditions; ticklake-compactor probe URL shows all of them',
      )
    : warn(WRITING, found, 'let the account delete, and remove what is left below _probe-');
}

async function checkStoreClock(store: ObjectStore, { clock }: DoctorContext): Promise<Diagnosis> {
  const check = 'clock of --compact';
  const skewMs = await withObject(store, async (key) => {
    const { meta } = await store.get(key);
    return meta.modifiedAtMs - clock.nowMs();
  });
  const found = `the store is ${Math.abs(Math.round(skewMs / 1000))} s ${skewMs < 0 ? 'behind' : 'ahead'}`;
  const fix = 'set the clock of this host: sudo timedatectl set-ntp true; or that of the store';
  if (Math.abs(skewMs) > SKEW_FAIL_MS) return fail(check, found, fix);
  return Math.abs(skewMs) > SKEW_WARN_MS ? warn(check, found, fix) : ok(check, found);
}

function checkHardLinks(store: ObjectStore, root: string, { facts }: DoctorContext): Promise<Diagnosis> {
  const check = 'hard links';
  return withObject(store, async (key) => {
    const linked = `${key}-linked`;
    try {
      await facts.fileSystem.link(join(root, key), join(root, linked));
    } catch (error) {
      const fix =
        'put the lake on a file system that has them, such as ext4 or xfs; exFAT and some network mounts do not';
      return fail(check, errorText(error), fix);
    }
    await store.delete(linked);
    return ok(check, `${root} has them`);
  });
}

async function checkScratch(context: DoctorContext): Promise<Diagnosis[]> {
  const scratch = scratchOf(context);
  if (!context.config.probe || scratch === undefined || !(await isThere(context.facts, scratch))) return [];
  try {
    await (await createScratchFile(scratch)).dispose();
    return [ok('unfinished files', `${scratch} can be written`)];
  } catch (error) {
    if (!isLakeError(error)) throw error;
    const fix = `sudo chown deploy '${scratch}', or another --scratch`;
    return [fail('unfinished files', errorText(error), fix)];
  }
}

async function withObject<T>(store: ObjectStore, work: (key: string) => Promise<T>): Promise<T> {
  const key = `_probe-${randomUUID()}`;
  await store.put(key, new TextEncoder().encode('probe'));
  try {
    return await work(key);
  } finally {
    await store.delete(key);
  }
}
