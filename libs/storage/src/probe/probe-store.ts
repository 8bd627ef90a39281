import { isLakeError, LakeError } from '@ticklake/core';
import { randomUUID } from 'node:crypto';
import type { ObjectStore, PutOptions } from '../object-store.js';
import type { RequestPolicy } from '../remote/request-policy.js';

/** One thing that a store was asked to do, and whether it does. */
export interface ProbeFinding {
  readonly check: ProbeCheck;
  /** Whether publishing rests on it. */
  readonly isRequired: boolean;
  readonly holds: boolean;
  /** What happened instead, where it does not. */
  readonly detail: string | undefined;
}

/** What is checked. All of them are promises of {@link ObjectStore}. */
export type ProbeCheck = (typeof CHECKS)[number][0];

/** Puts that race to create one object. */
const RACERS = 8;

/** A body of more bytes than the smallest part that every service takes. */
const LARGE_BYTES = 5 * 2 ** 20 + 1;

/** Publishing rests on it. */
const REQUIRED = true;

const CHECKS = [
  ['create what is absent', createsAbsent, REQUIRED],
  ['refuse to create what is there', refusesPresent, REQUIRED],
  ['refuse to create what is there, in parts', refusesPresentInParts, REQUIRED],
  ['replace the version that is there', replacesCurrent, REQUIRED],
  ['refuse to replace another version', refusesStale, REQUIRED],
  ['refuse to replace another version, in parts', refusesStaleInParts, REQUIRED],
  ['refuse to replace what is absent', refusesMissing, REQUIRED],
  ['let one of many creators win', letsOneWin, REQUIRED],
  ['read back what was written', readsBack, REQUIRED],
  ['pin the version that is read', pinsVersion, REQUIRED],
  ['list what was written', lists, REQUIRED],
  ['delete', deletes, !REQUIRED],
] as const satisfies readonly (readonly [string, Tried, boolean])[];

/** `requests` for a store that is probed: bodies of {@link probeStore} go up in parts there, as large ones do. */
export function probePolicy(requests: RequestPolicy): RequestPolicy {
  return { ...requests, partBytes: LARGE_BYTES - 1 };
}

/**
 * Tries on `store` itself what endpoints promise and do not all keep (spec row LB-03). The store is opened with {@link probePolicy}, so that
 * what is decided at the end of a multipart upload is tried, too. Works below a prefix of its own, `_probe-…/`, which is gone
 * afterwards where deleting works; about 100 requests and 10 MiB.
 *
 * @throws LakeError `denied`, `missing`, `invalid` or `unavailable` when the store cannot be asked at all.
 */
export async function probeStore(store: ObjectStore): Promise<readonly ProbeFinding[]> {
  const prefix = `_probe-${randomUUID()}/`;
  const findings: ProbeFinding[] = [];
  // One that cannot write at all keeps none of the promises, and that is another matter.
  await store.put(`${prefix}first`, text('first'));
  try {
    for (const [check, tried, isRequired] of CHECKS) {
      const detail = await outcomeOf(() => tried(store, `${prefix}${findings.length}`), isRequired);
      findings.push({ check, isRequired, holds: detail === undefined, detail });
    }
  } catch (error) {
    // What stopped the probe is the failure to tell; what it cannot clear up for the same reason stays.
    await sweep(store, prefix).catch(() => undefined);
    throw error;
  }
  await sweep(store, prefix);
  return findings;
}

/**
 * @throws LakeError `invalid` (`CONDITIONS`) naming the checks that failed: a store that does not keep conditions would let two runs
 * publish over each other.
 */
export function requireConditions(store: ObjectStore, findings: readonly ProbeFinding[]): void {
  const failed = findings.filter(({ isRequired, holds }) => isRequired && !holds);
  if (failed.length === 0) return;
  throw new LakeError(
    'invalid',
    'the store does not keep what publishing rests on; nothing is published there',
    {
      code: 'CONDITIONS',
      details: { store: store.url, failed: failed.map(({ check }) => check).join('; ') },
    },
  );
}

/** `undefined` when the check holds, else what happened. */
type Tried = (store: ObjectStore, key: string) => Promise<string | undefined>;

async function createsAbsent(store: ObjectStore, key: string) {
  await store.put(key, text('new'), { onlyIf: 'absent' });
  return differs(store, key, 'new');
}

async function refusesPresent(store: ObjectStore, key: string) {
  await store.put(key, text('old'));
  return (await refused(store, key, 'absent')) ?? differs(store, key, 'old');
}

async function refusesPresentInParts(store: ObjectStore, key: string) {
  await store.put(key, text('old'));
  return (await refused(store, key, 'absent', new Uint8Array(LARGE_BYTES))) ?? differs(store, key, 'old');
}

async function replacesCurrent(store: ObjectStore, key: string) {
  const { etag } = await store.put(key, text('old'));
  await store.put(key, text('new'), { onlyIf: { etag } });
  return differs(store, key, 'new');
}

async function refusesStale(store: ObjectStore, key: string) {
  const { etag } = await store.put(key, text('older'));
  await store.put(key, text('old'));
  return (await refused(store, key, { etag })) ?? differs(store, key, 'old');
}

async function refusesStaleInParts(store: ObjectStore, key: string) {
  const { etag } = await store.put(key, text('older'));
  await store.put(key, text('old'));
  return (await refused(store, key, { etag }, new Uint8Array(LARGE_BYTES))) ?? differs(store, key, 'old');
}

async function refusesMissing(store: ObjectStore, key: string) {
  const { etag } = await store.put(`${key}-other`, text('old'));
  const accepted = await refused(store, key, { etag });
  return accepted ?? ((await store.head(key)) === undefined ? undefined : 'it was refused and is there');
}

async function letsOneWin(store: ObjectStore, key: string) {
  const racers = Array.from({ length: RACERS }, (_, racer) => `racer ${racer}`);
  const outcomes = await Promise.all(
    racers.map(async (racer) =>
      (await refused(store, key, 'absent', text(racer))) === undefined ? [] : [racer],
    ),
  );
  const winners = outcomes.flat();
  if (winners.length !== 1) return `${winners.length} of ${RACERS} were told that they won`;
  return differs(store, key, winners[0] as string);
}

async function readsBack(store: ObjectStore, key: string) {
  for (const body of ['', 'one', 'another']) {
    await store.put(key, text(body));
    const other = await differs(store, key, body);
    if (other !== undefined) return other;
  }
  return undefined;
}

async function pinsVersion(store: ObjectStore, key: string) {
  await store.put(key, text('old text'));
  const source = await store.open(key);
  await store.put(key, text('new text'));
  try {
    await source.read(0, 3);
    return 'a version that was replaced could still be read';
  } catch (error) {
    if (isLakeError(error, 'conflict')) return undefined;
    throw error;
  }
}

async function lists(store: ObjectStore, key: string) {
  await store.put(`${key}/a`, text('x'));
  await store.put(`${key}/b/c`, text('y'));
  const keys: string[] = [];
  for await (const object of store.list(`${key}/`)) keys.push(object.key);
  const { prefixes, objects } = await store.children(`${key}/`);
  const found = [...keys, ...prefixes, ...objects.map((object) => object.key)];
  const expected = [`${key}/a`, `${key}/b/c`, `${key}/b/`, `${key}/a`];
  return found.join(' ') === expected.join(' ')
    ? undefined
    : `${found.length} entries where there should be 4`;
}

async function deletes(store: ObjectStore, key: string) {
  await store.put(key, text('x'));
  await store.delete(key);
  await store.delete(key);
  return (await store.head(key)) === undefined ? undefined : 'it is still there';
}

/** `undefined` when a conditional put is refused as it should be. */
async function refused(
  store: ObjectStore,
  key: string,
  onlyIf: NonNullable<PutOptions['onlyIf']>,
  body = text('refused'),
): Promise<string | undefined> {
  try {
    await store.put(key, body, { onlyIf });
    return 'the condition was ignored';
  } catch (error) {
    if (isLakeError(error, 'conflict')) return undefined;
    throw error;
  }
}

async function differs(store: ObjectStore, key: string, expected: string): Promise<string | undefined> {
  const found = Buffer.from((await store.get(key)).bytes).toString();
  return found === expected
    ? undefined
    : `${JSON.stringify(found)} stands where ${JSON.stringify(expected)} was put`;
}

/** A refusal of the store is a finding; that it cannot be reached is none. */
async function outcomeOf(
  tried: () => Promise<string | undefined>,
  isRequired: boolean,
): Promise<string | undefined> {
  try {
    return await tried();
  } catch (error) {
    if (!isLakeError(error) || error.kind === 'unavailable') throw error;
    // Somebody who may not delete can still publish.
    if (error.kind === 'denied' && isRequired) throw error;
    return error.message;
  }
}

async function sweep(store: ObjectStore, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  try {
    for (const key of keys) await store.delete(key);
  } catch (error) {
    // That is a finding already.
    if (!isLakeError(error, 'denied')) throw error;
  }
}

function text(body: string): Uint8Array {
  return new TextEncoder().encode(body);
}
