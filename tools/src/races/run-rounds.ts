import { openStore, USUAL_REQUESTS, type ObjectStore } from '@ticklake/storage';
import { rm } from 'node:fs/promises';
import { generateSpool } from '../spool/generate-spool.js';
import { createRandom } from '../spool/random.js';
import { DAY } from '../crash/little-spool.js';
import { readSnapshot, type Snapshot } from '../crash/snapshot.js';
import { startRacers, type Racers } from './racers.js';
import { watchReaders } from './watch-readers.js';

/** Where races take place. */
export interface Course {
  readonly name: string;
  urlOf(name: string): string;
  readonly env: Readonly<Record<string, string>>;
  /** A local folder for unfinished files. */
  readonly folder: string;
}

/** What the races of so many racers came to. */
export interface RaceReport {
  readonly course: string;
  readonly racers: number;
  readonly rounds: number;
  /** By readers, while it went on. */
  readonly reads: number;
  readonly violations: readonly string[];
}

/** Random offsets are up to this, which is about what a run takes. */
const OFFSET_MAX_MS = 300;
const STREAMS = ['trade', 'mark_price'] as const;

/** A spool of a few partitions, in the course's store. */
export async function makeCourseSpool(course: Course): Promise<void> {
  await generateSpool({
    ...{ store: open(course, 'spool'), seed: 3, layout: 'flat', exchange: 'binance', streams: STREAMS },
    ...{ symbols: ['BTCUSDT'], days: [DAY], filesPerDay: 6, rowsPerFile: 300 },
  });
}

/** What one run alone makes of the course's spool. */
export async function runAlone(course: Course): Promise<Snapshot> {
  const racers = startRacers(1, course.env);
  try {
    await racers.run([orderOf(course, 'alone', 0)]);
    return await readSnapshot(open(course, 'alone'));
  } finally {
    await racers.close();
  }
}

/** Races of `count` processes on one spool and one lake, a new lake each round. */
export async function runRounds(
  course: Course,
  { count, rounds, alone }: { readonly count: number; readonly rounds: number; readonly alone: Snapshot },
): Promise<RaceReport> {
  const random = createRandom(count * 1000 + rounds);
  const racers = startRacers(count, course.env);
  const violations: string[] = [];
  let reads = 0;
  try {
    for (let round = 1; round <= rounds; round++) {
      const lake = `race-${count}-${round}`;
      const delays = Array.from({ length: count }, () => random.below(OFFSET_MAX_MS));
      const found = await runRound(course, { racers, lake, delays, alone });
      violations.push(
        ...found.violations.map((line) => `${course.name}, ${count} racers, round ${round}: ${line}`),
      );
      reads += found.reads;
    }
  } finally {
    await racers.close();
  }
  return { course: course.name, racers: count, rounds, reads, violations };
}

interface Round {
  readonly racers: Racers;
  readonly lake: string;
  readonly delays: readonly number[];
  readonly alone: Snapshot;
}

async function runRound(
  course: Course,
  { racers, lake, delays, alone }: Round,
): Promise<Pick<RaceReport, 'reads' | 'violations'>> {
  const store = open(course, lake);
  const wanted = new Map([...alone.published].map(([directory, { sha256 }]) => [directory, sha256]));
  const readers = watchReaders(store, wanted);
  const answers = await racers.run(delays.map((delayMs) => orderOf(course, lake, delayMs)));
  const { reads, torn } = await readers.stop();
  const violations = [...torn];
  let done = 0;
  for (const answer of answers) {
    if ('failure' in answer) violations.push(answer.failure);
    else done += answer.summary.done;
    if ('summary' in answer && answer.summary.failed > 0) violations.push('a task failed');
  }
  if (done !== alone.published.size) violations.push(`${done} commits of ${alone.published.size} partitions`);
  const left = await readSnapshot(store);
  for (const key of new Set([...left.contents.keys(), ...alone.contents.keys()])) {
    const [found, expected] = [settled(left.contents.get(key)), alone.contents.get(key)];
    if (found !== expected) violations.push(`${key} is ${found} and not ${expected}`);
  }
  await clear(course, store, lake);
  return { reads, violations };
}

/** Who finds partitions, and no state yet that tells of them, asks the next catch-up to look once more. That is all it changes. */
function settled(content: string | undefined): string | undefined {
  return content?.replace('"unconfirmed":true,', '');
}

function orderOf(course: Course, lake: string, delayMs: number) {
  const scratch = `${course.folder}/scratch`;
  return { raw: course.urlOf('spool'), compact: course.urlOf(lake), scratch, delayMs };
}

function open(course: Course, name: string): ObjectStore {
  return openStore(course.urlOf(name), { env: course.env, requests: USUAL_REQUESTS });
}

async function clear(course: Course, store: ObjectStore, lake: string): Promise<void> {
  if (store.isLocal) await rm(new URL(course.urlOf(lake)), { recursive: true });
  else for await (const { key } of store.list('')) await store.delete(key);
}
