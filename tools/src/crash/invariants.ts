import { rebuildState, STATE_KEY, stateSchema } from '@ticklake/compactor';
import { quarantineSchema } from '@ticklake/jobs';
import { sweepScratch, type ObjectStore } from '@ticklake/storage';
import { isDeepStrictEqual } from 'node:util';
import { NOON } from './compact-in.js';
import { DATA, readHashes, readSnapshot, type Seen, type Snapshot } from './snapshot.js';
import type { Party, World } from './world.js';

/** How everything stood before, and how an undisturbed run leaves it. */
export interface Expectation {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** Hashes of the spool, before and after. */
  readonly spool: readonly ReadonlyMap<string, string>[];
}

/** What must hold at any time, whoever has died where (invariants I3, I4, I8, I9, I10, I17); one line for each breach. */
export async function checkAnyTime(
  party: Party,
  expected: Expectation,
  { anyGeneration = false } = {},
): Promise<readonly string[]> {
  let found: Snapshot;
  try {
    found = await readSnapshot(party.compact);
  } catch (failure) {
    return [`a reader fails: ${String(failure)}`];
  }
  return [
    ...brokenReaders(found, expected, anyGeneration),
    ...brokenNames(found),
    ...brokenQuarantine(found),
    ...brokenState(found, expected),
    ...(await brokenSpool(party.raw, expected)),
  ];
}

/** What must hold when the work is done: all of it is there, and state is what can be made of it. */
export async function checkDone(
  party: Party,
  { after }: Expectation,
  { anyGeneration = false } = {},
): Promise<readonly string[]> {
  let found: Snapshot;
  try {
    found = await readSnapshot(party.compact);
  } catch (failure) {
    return [`a reader fails: ${String(failure)}`];
  }
  return [
    ...missingOrOther(found, after, anyGeneration),
    ...(await brokenRebuild(party.compact, found)),
    ...brokenNames(found),
  ];
}

/** What must hold once the dead were swept away: nothing is left of them, and all else is where it was. */
export async function checkSwept(world: World, party: Party): Promise<readonly string[]> {
  const { fileSystem, scratch } = party;
  const options = { clock: NOON, ageMinMs: Infinity, fileSystem };
  await sweepScratch(scratch, { ...options, recursive: false });
  if (world.name === 'disk') await sweepScratch('/lake', { ...options, recursive: true });
  const hidden = (await world.filesOf(party)).filter((path) => /\/\.[^/]*(\/|$)/.test(path));
  return hidden.map((path) => `a sweep leaves ${path}`);
}

/** Old or new, and complete, for those who follow the rule and for those who know only the fixed name. */
function brokenReaders(found: Snapshot, { before, after }: Expectation, anyGeneration: boolean): string[] {
  const plain = (seen: Seen | undefined) => (anyGeneration ? seen && { ...seen, generation: 0 } : seen);
  const broken: string[] = [];
  const directories = new Set(
    [...found.published, ...before.published, ...after.published].map(([key]) => key),
  );
  for (const directory of directories) {
    const seen = found.published.get(directory);
    const allowed = [before.published.get(directory), after.published.get(directory)];
    if (!allowed.some((one) => isDeepStrictEqual(plain(one), plain(seen))))
      broken.push(`a reader of ${directory} finds ${JSON.stringify(seen)}`);
    const key = directory + DATA;
    const fixed = found.contents.get(key);
    if (
      ![before, after].some(({ contents }) => contents.get(key) === fixed) &&
      !isAhead(fixed, found, after, key)
    )
      broken.push(`a reader of ${key} finds ${fixed}`);
  }
  return broken;
}

/** Data that is complete and not yet committed may lie under the fixed name. */
function isAhead(fixed: string | undefined, { published }: Snapshot, after: Snapshot, key: string): boolean {
  const directory = key.slice(0, -DATA.length);
  return !published.has(directory) && fixed === after.published.get(directory)?.sha256;
}

const DOCUMENTS = [STATE_KEY, 'compacted/_sweep.json'];
const FIXED_NAMES = [DATA, 'meta.json', 'error.json', 'sources-collected.json'];

/** Every object is of a kind that a sweep knows, and what is named by its content holds it. */
function brokenNames({ contents }: Snapshot): string[] {
  return [...contents].flatMap(([key, content]) => {
    const name = key.slice(key.lastIndexOf('/') + 1);
    if (DOCUMENTS.includes(key) || FIXED_NAMES.includes(name)) return [];
    const promised = /^data-g\d+-([0-9a-f]{16})\.parquet$/.exec(name)?.[1] ?? quarantinedHash(key, name);
    if (promised === undefined) return [`nobody knows ${key}`];
    return content.startsWith(promised) ? [] : [`${key} does not hold what its name promises`];
  });
}

/** Whatever `error.json` tells of is there, byte for byte (invariant I9). */
function brokenQuarantine({ contents }: Snapshot): string[] {
  return [...contents].flatMap(([key, text]) => {
    if (!key.endsWith('/error.json')) return [];
    const directory = key.slice(0, key.lastIndexOf('/') + 1);
    const { errors } = quarantineSchema.parse(JSON.parse(text));
    return errors
      .filter(({ copy, sha256 }) => contents.get(directory + copy) !== sha256)
      .map(({ copy }) => `${key} tells of ${copy}, which is not there`);
  });
}

function quarantinedHash(key: string, name: string): string | undefined {
  return key.startsWith('QUARANTINE/') ? /^([0-9a-f]{16})-/.exec(name)?.[1] : undefined;
}

/** State is a cache: it may be behind, never ahead. */
function brokenState({ contents, published }: Snapshot, { before }: Expectation): string[] {
  const text = contents.get(STATE_KEY);
  if (text === undefined) return before.contents.has(STATE_KEY) ? ['the state document is gone'] : [];
  const { partitions } = stateSchema.parse(JSON.parse(text));
  return Object.entries(partitions).flatMap(([id, { status, rows }]) => {
    if (status !== 'success') return [];
    const directory = directoryOf(id);
    // State cannot know that data was lost behind its back.
    if (before.published.get(directory)?.sha256 === 'lost') return [];
    const isTrue = [published, before.published].some((seen) => seen.get(directory)?.rowCount === rows);
    return isTrue ? [] : [`state tells of ${rows} rows of ${id}, which are not published`];
  });
}

async function brokenRebuild(lake: ObjectStore, { contents }: Snapshot): Promise<string[]> {
  const rebuilt = await rebuildState(lake, new AbortController().signal);
  const text = contents.get(STATE_KEY);
  if (text === undefined) return ['there is no state document'];
  const { partitions } = stateSchema.parse(JSON.parse(text));
  return [...(rebuilt?.partitions ?? [])].flatMap(([id, made]) => {
    const { status, rows, total_size_bytes } = partitions[id] ?? {};
    // Published, and damaged files came since: state tells of those.
    if (status !== undefined && status !== 'success') return [];
    return isDeepStrictEqual({ status, rows, total_size_bytes }, made)
      ? []
      : [`state of ${id} cannot be rebuilt`];
  });
}

async function brokenSpool(raw: ObjectStore, { spool }: Expectation): Promise<string[]> {
  const found = await readHashes(raw);
  const keys = new Set([found, ...spool].flatMap((hashes) => [...hashes.keys()]));
  return [...keys].flatMap((key) =>
    spool.some((hashes) => hashes.get(key) === found.get(key)) ? [] : [`the spool file ${key} has changed`],
  );
}

/** Staged copies beyond those of an undisturbed run are what a sweep removes, and are judged by their names. */
function missingOrOther(found: Snapshot, wanted: Snapshot, anyGeneration: boolean): string[] {
  const plain = (text: string | undefined) =>
    anyGeneration ? text?.replaceAll(/"generation":\d+/g, '"generation":0') : text;
  const isStaged = (key: string) => /\/data-g\d+-[0-9a-f]{16}\.parquet$/.test(key);
  const keys = [...new Set([...found.contents.keys(), ...wanted.contents.keys()])];
  return keys.flatMap((key) => {
    if (isStaged(key) && (anyGeneration || !wanted.contents.has(key))) return [];
    const [there, expected] = [plain(found.contents.get(key)), plain(wanted.contents.get(key))];
    return there === expected ? [] : [`${key} is ${there} and not ${expected}`];
  });
}

/** `binance/bbo/btcusdt/20260203` as a directory. */
function directoryOf(id: string): string {
  const [exchange, stream, symbol, day] = id.split('/');
  return `exchange=${exchange}/stream=${stream}/symbol=${symbol}/date=${day}/`;
}
