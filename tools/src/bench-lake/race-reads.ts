import { collectGarbage } from '@ticklake/engine';
import { performance } from 'node:perf_hooks';
import { median } from '../measure/units.js';
import { ioOf, type ProcessIo } from './process-io.js';
import { digestOf, type Read } from './read.js';

/** One thing that is read, in several ways. */
export interface Contest {
  readonly name: string;
  /** The first is held against every other. */
  readonly reads: readonly Read[];
  /** In which they have to give the same values. */
  readonly columns: readonly string[];
  /** How many of them do, the first ones; all when left out. */
  readonly equalReads?: number;
  /** How often each of them is read in every round. */
  readonly readsPerRound: readonly number[];
  /** What the median is to stay below. */
  readonly goalMs: number | undefined;
}

/** What a way of reading took. */
export interface ReadTimes {
  readonly name: string;
  readonly rows: number;
  /** By round. */
  readonly timesMs: readonly (readonly number[])[];
  /** Of the processors, in all threads, for a read: the mean of each round. What others do on the machine is hardly in it. */
  readonly cpuMs: readonly number[];
  readonly io: ProcessIo | undefined;
}

/** A contest that was held. */
export interface Race extends Pick<Contest, 'name' | 'goalMs'> {
  readonly sides: readonly ReadTimes[];
}

const WARM_READS = 3;

/**
 * Reads in every way, all of them in each round, one way after another. What comes before the first round warms up, and so does a read of
 * each way in every round, after the garbage of the one before was collected.
 *
 * @throws Error when two ways do not give the same values.
 */
export async function raceReads(contest: Contest, rounds: number): Promise<Race> {
  const { name, reads, readsPerRound, goalMs } = contest;
  await requireEqual(contest);
  const sides = await Promise.all(
    reads.map(async (one) => {
      const times = { timesMs: [] as number[][], cpuMs: [] as number[] };
      return { name: one.name, rows: await one.read(), ...times };
    }),
  );
  for (const one of reads) for (let i = 1; i < WARM_READS; i++) await one.read();
  const ios: (ProcessIo | undefined)[] = [];
  for (const one of reads) ios.push(await ioOf(() => one.read()));
  for (let round = 0; round < rounds; round++) {
    for (const [i, one] of reads.entries()) {
      const { timesMs, cpuMs } = await timesOf(one, readsPerRound[i] ?? 1);
      sides[i]?.timesMs.push(timesMs);
      sides[i]?.cpuMs.push(cpuMs);
    }
  }
  return { name, goalMs, sides: sides.map((side, i) => ({ ...side, io: ios[i] })) };
}

async function requireEqual({ name, reads, columns, equalReads }: Contest): Promise<void> {
  const digests: string[] = [];
  for (const one of reads.slice(0, equalReads)) digests.push(await digestOf(one, columns));
  const other = digests.findIndex((digest) => digest !== digests[0]);
  if (other < 0) return;
  throw new Error(`${name}: ${reads[other]?.name} gives other values than ${reads[0]?.name}`);
}

async function timesOf(read: Read, count: number) {
  const timesMs: number[] = [];
  collectGarbage();
  await read.read();
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) {
    const startMs = performance.now();
    await read.read();
    timesMs.push(performance.now() - startMs);
  }
  const { user, system } = process.cpuUsage(before);
  return { timesMs, cpuMs: (user + system) / 1000 / count };
}

/** The time that a share of `values` does not pass: the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('no values have no percentile');
  return value;
}

/** How many times as long as the first side another took: the median of rounds, of the medians in each. */
export function ratioOf({ sides: [first] }: Race, other: ReadTimes): number {
  return median(other.timesMs.map((times, round) => median(times) / median(first?.timesMs[round] ?? [])));
}
