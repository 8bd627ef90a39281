import { classifyRequests, sumRequests, type RequestClasses, type RequestCounter } from '@ticklake/storage';
import { dollarsOf, type DollarsByProvider } from './estimate.js';
import { residentBytesMax } from './resident-bytes-max.js';
import type { WorkersSpent } from './workers.js';

/** What a run took, to be held against what it was expected to take (spec row OP-23). */
export interface RunActual {
  /** Over the network, by this process and its workers, failed ones and repeated ones too; a store on this machine has none. */
  readonly requests: RequestClasses;
  readonly rawRequests: RequestClasses;
  readonly compactRequests: RequestClasses;
  /** Those with which the store was tried before anything was written to it; in none of the other figures. */
  readonly probeRequests: RequestClasses;
  /** Of {@link requests}, at the list prices of all providers. */
  readonly dollars: DollarsByProvider;
  /** Over the network, from both stores. */
  readonly fetchedBytes: number;
  /** The most that the processes of the run held, each at its own time, together. */
  readonly memoryBytes: number;
  readonly tookMs: number;
  readonly rowsPerSecond: number;
  /** Workers that were lost over what they did: what they had taken for it is not counted here. */
  readonly lostWorkers: number;
}

/** What {@link actualOf} adds up. */
export interface RunMeasures {
  /** Of this process. */
  readonly raw: RequestCounter;
  readonly compact: RequestCounter;
  readonly probe: RequestCounter;
  readonly workers: WorkersSpent;
  readonly tookMs: number;
  readonly rows: number;
}

/** What a run took so far. */
export function actualOf({ raw, compact, probe, workers, tookMs, rows }: RunMeasures): RunActual {
  const ofRaw = sumRequests([raw.totals(), workers.raw]);
  const ofCompact = sumRequests([compact.totals(), workers.compact]);
  const all = sumRequests([ofRaw, ofCompact]);
  const requests = classifyRequests(all);
  return {
    requests,
    rawRequests: classifyRequests(ofRaw),
    compactRequests: classifyRequests(ofCompact),
    probeRequests: classifyRequests(probe.totals()),
    dollars: dollarsOf(requests),
    fetchedBytes: Object.values(all).reduce((sum, { receivedBytes }) => sum + receivedBytes, 0),
    memoryBytes: residentBytesMax() + workers.residentBytesMax,
    tookMs,
    rowsPerSecond: tookMs > 0 ? Math.round((rows * 1000) / tookMs) : 0,
    lostWorkers: workers.lostCount,
  };
}
