import type { UtcDay } from '@ticklake/core';
import type { PartitionChange, State } from './documents.js';
import type { JobContext } from './scope.js';
import { recordChanges, type StateChanges } from './state.js';

/** Remembers what a run learns. */
export interface Recorder {
  add(id: string, change: PartitionChange, rows: number): Promise<void>;
  /** A partition of `day` was not judged, so the day is not either. */
  leaveOpen(day: UtcDay): void;
  /** Writes what is left, and which days are now wholly judged; those left open are none of them. */
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
  const openDays = new Set<UtcDay>();
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
    leaveOpen: (day) => void openDays.add(day),
    finish: ({ judgedDays, sharedDays, leftDays, confirmed }) =>
      flush({
        judgedDays: judgedDays.filter((day) => !openDays.has(day)),
        sharedDays: sharedDays && new Map([...sharedDays].filter(([day]) => !openDays.has(day))),
        leftDays,
        unconfirmed: unconfirmed && !(confirmed && openDays.size === 0),
      }),
    rows: () => rowsDone,
    incomplete: () => incomplete,
  };
}
