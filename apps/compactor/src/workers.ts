import type { Clock } from '@ticklake/core';
import { LEFTOVER_AGE_MS, sumRequests, sweepScratch } from '@ticklake/storage';
import { askWorker, type Question } from './ask-worker.js';
import type { Compacted } from './compact-partition.js';
import { executePartition, type ExecuteContext } from './partition-task.js';
import { remoteReading } from './remote-reading.js';
import type { CompactTask, Settings } from './settings.js';
import type { WorkerAnswer, WorkerSpent } from './worker-messages.js';
import {
  isIsolationError,
  processPlace,
  threadPlace,
  type Isolation,
  type WorkerPlace,
} from './worker-place.js';

/** Something that does tasks, as many at once as it was made for. */
export interface Workers {
  execute(task: CompactTask, context: ExecuteContext): Promise<Compacted>;
  /** What they have taken so far. */
  spent(): WorkersSpent;
  /** Ends the threads or processes. Idempotent. */
  close(): Promise<void>;
}

/** What all workers of a run have taken, those that are no more among them. */
export interface WorkersSpent extends WorkerSpent {
  /** Those that were lost over what they did: what they had taken for it is not in the other figures. */
  readonly lostCount: number;
}

/** How {@link createWorkers} works. */
export interface WorkersOptions {
  readonly workers: number;
  /** Absent: everything is read in this process. */
  readonly isolation: Isolation | undefined;
  readonly raw: string;
  readonly compact: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
  readonly clock: Clock;
}

/**
 * With isolation, spool files are read in processes of their own; without, one partition at a time is done in this
 * thread, and more, each in a thread of its own (spec row CM-30). What is published does not depend on it.
 */
export function createWorkers(options: WorkersOptions): Workers {
  const { workers, isolation } = options;
  if (workers === 1 && isolation === undefined) {
    return {
      execute: (task, context) => executePartition(task, context),
      spent: () => ({ raw: {}, compact: {}, residentBytesMax: 0, lostCount: 0 }),
      close: () => Promise.resolve(),
    };
  }
  const pool = createPool(options);
  const reading = remoteReading(pool.ask, isolation?.silenceMs);
  return {
    execute: (task, context) => executePartition(task, context, reading),
    spent: pool.spent,
    close: pool.close,
  };
}

/** Workers that are started when they are needed and asked again once they have answered. */
function createPool({ workers, isolation, clock, raw, compact, env, settings }: WorkersOptions) {
  const idle: WorkerPlace[] = [];
  const spentBy = new Map<WorkerPlace, WorkerSpent>();
  let lostCount = 0;
  const all = new Set<WorkerPlace>();
  const start = () => {
    const place = isolation === undefined ? threadPlace() : processPlace(isolation, clock);
    place.send({ type: 'setup', setup: { raw, compact, env: { ...env }, settings } });
    all.add(place);
    // One that ends while it has nothing to do is not asked again.
    void place.gone.then(() => {
      all.delete(place);
      if (idle.includes(place)) idle.splice(idle.indexOf(place), 1);
    });
    return place;
  };
  const drop = async (place: WorkerPlace) => {
    all.delete(place);
    await place.end();
  };
  return {
    async ask(question: Question): Promise<WorkerAnswer> {
      const place = idle.pop() ?? start();
      try {
        const answer = await askWorker(place, question, (spent) => void spentBy.set(place, spent));
        // After a bug nobody knows what it still holds.
        if (answer.type === 'failed' && answer.failure.kind === undefined) await drop(place);
        else idle.push(place);
        return answer;
      } catch (error) {
        await drop(place);
        if (!question.signal.aborted) lostCount++;
        // What it left unfinished is nobody's any more, and may be large. What cannot be swept now is swept by another run.
        if (isIsolationError(error)) {
          const leftover = { ageMinMs: LEFTOVER_AGE_MS, clock, recursive: false };
          await sweepScratch(settings.scratch, leftover).catch(() => undefined);
        }
        throw error;
      }
    },
    spent(): WorkersSpent {
      const taken = [...spentBy.values()];
      // Threads are in the memory of this process. Of processes so many lived at once, most often the same.
      const residents = isolation === undefined ? [] : taken.map(({ residentBytesMax: bytes }) => bytes);
      const largest = residents.sort((a, b) => b - a).slice(0, workers);
      return {
        raw: sumRequests(taken.map((spent) => spent.raw)),
        compact: sumRequests(taken.map((spent) => spent.compact)),
        residentBytesMax: largest.reduce((sum, bytes) => sum + bytes, 0),
        lostCount,
      };
    },
    async close() {
      const places = [...all];
      all.clear();
      idle.length = 0;
      await Promise.all(places.map((place) => place.end()));
    },
  };
}
