import type { UtcDay } from '@ticklake/core';
import type { PartitionChange, State } from './documents.js';
import type { JobContext } from './scope.js';
import { recordChanges, type StateChanges } from './state.js';

/** Remembers what a run learns. */
export interface Recorder {
  add(id: string, change: PartitionChange, rows: number): Promise<void>;
  /** Partition `id` of `day` was left to another run: the day is judged once state knows what became of it. */
  leaveToOthers(id: string, day: UtcDay): void;
  /** Writes what is left, and which days are now wholly judged. */
  finish(end: RunEnd): Promise<State | undefined>;
  rows(): number;
  /** Partitions added that are published without their damaged files. */
  incomplete(): number;
}

/** What a run knows about days when it ends. */
export interface RunEnd extends Pick<StateChanges, 'judgedDays' | 'sharedDays' | 'leftDays'> {
  /** Whether the days judged are all there are. */
  readonly confirmed: boolean;
}

/** State is a cache that the next run repairs, so it is written now and then, not after every partition. */
const RECORD_EVERY = 50;

/** A recorder of a run that found state in doubt, or not. */
export function createRecorder(
  { compact, clock }: Pick<JobContext, 'compact' | 'clock'>,
  unconfirmed: boolean,
): Recorder {
  let partitions = new Map<string, PartitionChange>();
  const others = new Map<UtcDay, string[]>();
  let rowsDone = 0;
  let incomplete = 0;
  const flush = (changes: Omit<StateChanges, 'partitions'>) => {
    const learned = partitions;
    partitions = new Map();
    return recordChanges(compact, { ...changes, partitions: learned }, clock);
  };
  return {
    async add(id, change, rows) {
      partitions.set(id, change);
      rowsDone += rows;
      if (change.complete === false) incomplete++;
      if (partitions.size >= RECORD_EVERY) await flush({ judgedDays: [], unconfirmed });
    },
    leaveToOthers: (id, day) => void others.set(day, [...(others.get(day) ?? []), id]),
    finish: ({ judgedDays, sharedDays, leftDays, confirmed }) =>
      flush({
        judgedDays: judgedDays.filter((day) => !others.has(day)),
        sharedDays: sharedDays ?? new Map([...others].filter(([day]) => judgedDays.includes(day))),
        leftDays,
        unconfirmed: unconfirmed && !(confirmed && others.size === 0),
      }),
    rows: () => rowsDone,
    incomplete: () => incomplete,
  };
}
