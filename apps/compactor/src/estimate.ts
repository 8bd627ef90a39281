import { KEPT_FILE_BYTES_MAX, wholeBytesMaxOf } from '@ticklake/engine';
import { priceOfRequests, REQUEST_PRICES, type RequestClasses } from '@ticklake/storage';
import type { SpoolPartition } from './discover-partitions.js';
import {
  INSPECT_CONCURRENCY,
  MEMORY_SHARES,
  PACE,
  PLANNED_REQUESTS,
  PROCESS_BYTES,
  REQUESTS,
  WORKING_BYTES_PER_BYTE,
} from './limits.js';
import type { Decision } from './partition-task.js';
import { sourceBytesOf } from './select-partitions.js';
import type { Settings } from './settings.js';

/** What is done about a partition, as far as it costs anything. */
export type PlannedAction = 'compact' | 'replace' | 'skip' | 'refuse' | 'leave';

/** What a decision comes to in a run that takes the partition, or leaves it. */
export function actionOf(decision: Decision, isTaken: boolean): PlannedAction {
  if (decision.action !== 'compact') return decision.action;
  if (!isTaken) return 'leave';
  return decision.replace ? 'replace' : 'compact';
}

/** A time that nobody knows exactly, in milliseconds. */
export interface MsRange {
  readonly min: number;
  readonly max: number;
}

/** List prices of requests in US dollars; what leaves a provider's network comes on top. */
export type DollarsByProvider = Readonly<Record<keyof typeof REQUEST_PRICES, number>>;

/** What something is expected to take (spec rows CM-33, OP-23). */
export interface Estimate {
  readonly files: number;
  /** Of spool files that are merged. */
  readonly sizeBytes: number;
  /** As many as there are where both stores are over the network. */
  readonly requests: RequestClasses;
  readonly dollars: DollarsByProvider;
  /** Bytes of spool files that are fetched: most are read twice. */
  readonly fetchedBytes: number;
  /** At most; rows that come in order take far less. */
  readonly memoryBytes: number;
  /** From files on a local disk. */
  readonly expectedMs: MsRange;
}

/** {@link Estimate} of a whole run. */
export interface RunEstimate extends Estimate {
  /** Those that are compacted. */
  readonly partitions: number;
}

/** What `requests` cost at the list prices of all providers. */
export function dollarsOf(requests: RequestClasses): DollarsByProvider {
  return {
    s3: priceOfRequests(requests, REQUEST_PRICES.s3),
    r2: priceOfRequests(requests, REQUEST_PRICES.r2),
    gs: priceOfRequests(requests, REQUEST_PRICES.gs),
  };
}

/** What `action` on one partition is expected to take, by what its listing says. */
export function estimatePartition(
  partition: Pick<SpoolPartition, 'sources'>,
  action: PlannedAction,
  settings: Pick<Settings, 'memory'>,
): Estimate {
  const decision = PLANNED_REQUESTS[action];
  if (action !== 'compact' && action !== 'replace') return idle(decision);
  const { sources } = partition;
  const sizeBytes = sourceBytesOf(partition);
  const { reads, fetchedBytes } = readingOf(partition, settings.memory);
  const requests = {
    lists: decision.lists,
    reads: decision.reads + reads,
    writes: decision.writes + uploadsOf(sizeBytes),
  };
  return {
    ...{ files: sources.length, sizeBytes, requests, fetchedBytes },
    dollars: dollarsOf(requests),
    memoryBytes: PROCESS_BYTES + Math.min(settings.memory, WORKING_BYTES_PER_BYTE * sizeBytes),
    expectedMs: {
      min: (sizeBytes * 1000) / PACE.bytesPerSecond.max + sources.length * PACE.fileMs,
      max: (sizeBytes * 1000) / PACE.bytesPerSecond.min + sources.length * PACE.fileMs,
    },
  };
}

/** Adds up what the partitions of a run are expected to take; holds as many figures as there are workers. */
export interface EstimateTally {
  add(estimate: Estimate): void;
  /** Together with what the run itself asks for, and its listings. */
  total(run: { readonly listCount: number }): RunEstimate;
}

/** Nothing estimated yet. */
export function createEstimateTally(workers: number): EstimateTally {
  let partitions = 0;
  let sum = idle({ lists: 0, reads: 0, writes: 0 });
  let largest: number[] = [];
  return {
    add(estimate) {
      sum = plus(sum, estimate);
      if (estimate.files === 0) return;
      partitions++;
      largest = [...largest, estimate.memoryBytes].sort((a, b) => b - a).slice(0, workers);
    },
    total({ listCount }) {
      const own = { ...PLANNED_REQUESTS.run, lists: PLANNED_REQUESTS.run.lists + listCount };
      const requests = plusRequests(sum.requests, own);
      const { min, max } = sum.expectedMs;
      return {
        ...sum,
        ...{ partitions, requests },
        dollars: dollarsOf(requests),
        memoryBytes: largest.reduce((total, bytes) => total + bytes, PROCESS_BYTES),
        // At best every worker has a core to itself, at worst one core does it all.
        expectedMs: { min: min / workers, max },
      };
    },
  };
}

/** How files are read: in one request or in parts, once where they are kept from their inspection to their merge. */
function readingOf(
  { sources }: Pick<SpoolPartition, 'sources'>,
  memory: number,
): { readonly reads: number; readonly fetchedBytes: number } {
  const wholeMost = wholeBytesMaxOf({ isLocal: false });
  const inspectedWholeMax = Math.min(wholeMost, (memory * MEMORY_SHARES.atHand) / INSPECT_CONCURRENCY);
  // How many files are open at once shows only in their rows: of a stream that is spooled as it comes, two.
  const mergedWholeMax = Math.min(wholeMost, (memory * MEMORY_SHARES.atHand) / 2);
  let room = memory * MEMORY_SHARES.kept;
  let reads = 0;
  let fetchedBytes = 0;
  for (const { size } of sources) {
    const isKept = size <= Math.min(inspectedWholeMax, KEPT_FILE_BYTES_MAX, room);
    if (isKept) room -= size;
    // The last one makes sure that the file is still the same.
    reads += readsOf(size, inspectedWholeMax) + (isKept ? 0 : readsOf(size, mergedWholeMax)) + 1;
    fetchedBytes += isKept ? size : 2 * size;
  }
  return { reads, fetchedBytes };
}

function readsOf(size: number, wholeMax: number): number {
  return size <= wholeMax ? 1 : 1 + Math.ceil(size / PLANNED_REQUESTS.windowBytes);
}

/** Beyond the one write of a small object: no output is larger than its inputs, by much. */
function uploadsOf(sizeBytes: number): number {
  const { partBytes } = REQUESTS;
  return sizeBytes <= partBytes ? 0 : Math.ceil(sizeBytes / partBytes) + 1;
}

function idle(requests: RequestClasses): Estimate {
  return {
    ...{ files: 0, sizeBytes: 0, requests, fetchedBytes: 0, memoryBytes: 0 },
    dollars: dollarsOf(requests),
    expectedMs: { min: 0, max: 0 },
  };
}

function plus(a: Estimate, b: Estimate): Estimate {
  const requests = plusRequests(a.requests, b.requests);
  return {
    files: a.files + b.files,
    sizeBytes: a.sizeBytes + b.sizeBytes,
    requests,
    dollars: dollarsOf(requests),
    fetchedBytes: a.fetchedBytes + b.fetchedBytes,
    memoryBytes: Math.max(a.memoryBytes, b.memoryBytes),
    expectedMs: { min: a.expectedMs.min + b.expectedMs.min, max: a.expectedMs.max + b.expectedMs.max },
  };
}

function plusRequests(a: RequestClasses, b: RequestClasses): RequestClasses {
  return { lists: a.lists + b.lists, reads: a.reads + b.reads, writes: a.writes + b.writes };
}
