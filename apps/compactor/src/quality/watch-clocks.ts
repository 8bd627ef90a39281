import { fixedWords, type FixedWords } from '@ticklake/columnar';

/** A sudden change between the clocks of exchange and receiver. */
export interface ClockStep {
  /** `ts_event` of the row after it, in its own unit. */
  readonly from: bigint;
  /** Milliseconds; negative when the receiver's clock went back. */
  readonly byMs: number;
}

/** How times of arrival stand to times of events. */
export interface ClockSummary {
  /** Rows that have both. */
  readonly rowCount: number;
  /** Rows that arrived before they happened: the receiver's clock is behind the exchange's. */
  readonly negative: number;
  /** Rows that arrived implausibly long before or after they happened. */
  readonly far: number;
  /** Times of arrival that went back from one row to the next. */
  readonly stepsBack: number;
  /** Latency that grew at once: a connection that stood still, or a clock that was set forward. */
  readonly stepsForward: number;
  /** The largest steps, by time. */
  readonly steps: readonly ClockStep[];
  /** Latency in milliseconds, to within 3 % or a millisecond; `undefined` without rows. */
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

/** Watches two columns of time that come piece by piece. */
export interface ClockWatch {
  /** The next rows; `validity` is that of `received`, where it has nulls. */
  add(events: BigInt64Array, received: BigInt64Array, validity: Uint8Array | undefined): void;
  /** Call it once, after the last row. */
  finish(): ClockSummary;
}

/** What is worth telling, in milliseconds. */
export interface ClockLimits {
  /** Both columns count so many a millisecond. */
  readonly perMs: number;
  readonly backMs: number;
  readonly forwardMs: number;
  readonly farMs: number;
  /** Most steps kept. */
  readonly stepsMax: number;
}

/** Holds `ts_recv` against `ts_event`, row by row in order of `ts_event` (spec row CM-14). */
export function watchClocks({ perMs, backMs, forwardMs, farMs, stepsMax }: ClockLimits): ClockWatch {
  const latencies = createHistogram();
  const total = { rowCount: 0, negative: 0, far: 0, stepsBack: 0, stepsForward: 0 };
  let steps: ClockStep[] = [];
  let previous: { readonly events: Words; readonly received: Words; row: number } | undefined;
  const largest = () => steps.toSorted((a, b) => Math.abs(b.byMs) - Math.abs(a.byMs)).slice(0, stepsMax);
  const addStep = (from: bigint, byMs: number) => {
    if (byMs < 0) total.stepsBack++;
    else total.stepsForward++;
    steps.push({ from, byMs });
    if (steps.length >= 2 * stepsMax) steps = largest();
  };
  const addLatency = (latencyMs: number) => {
    latencies.add(latencyMs);
    total.rowCount++;
    if (latencyMs < 0) total.negative++;
    if (Math.abs(latencyMs) > farMs) total.far++;
  };
  return {
    add(events, received, validity) {
      const eventWords = wordsOf(events);
      const receivedWords = wordsOf(received);
      for (let row = 0; row < events.length; row++) {
        if (validity?.[row] === 0) continue;
        addLatency(minus(receivedWords, row, eventWords, row) / perMs);
        if (previous !== undefined) {
          const movedMs = minus(receivedWords, row, previous.received, previous.row) / perMs;
          const lastedMs = minus(eventWords, row, previous.events, previous.row) / perMs;
          if (movedMs <= -backMs) addStep(events[row] as bigint, movedMs);
          else if (movedMs - lastedMs >= forwardMs) addStep(events[row] as bigint, movedMs - lastedMs);
        }
        // Of rows there are many: one object a piece will do.
        if (previous?.events === eventWords) previous.row = row;
        else previous = { events: eventWords, received: receivedWords, row };
      }
    },
    finish: () => ({
      ...total,
      steps: largest().sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)),
      p50Ms: latencies.quantile(0.5),
      p99Ms: latencies.quantile(0.99),
    }),
  };
}

type Words = FixedWords['words'];

function wordsOf(values: BigInt64Array): Words {
  return fixedWords(values).words;
}

/** `a[i] - b[j]`, exact where it is below 2^53, without a bigint for each row. */
function minus(a: Words, i: number, b: Words, j: number): number {
  const high = ((a[2 * i + 1] as number) | 0) - ((b[2 * j + 1] as number) | 0);
  return high * 0x1_0000_0000 + ((a[2 * i] as number) - (b[2 * j] as number));
}

/** Buckets of each sign: values up to e^50 milliseconds, which is more than 64 bits can count. */
const BUCKETS = 1000;
const BUCKETS_PER_E = 20;

/** Counts values by size in a fixed number of buckets, each 5 % wide. */
function createHistogram() {
  const counts = new Float64Array(2 * BUCKETS + 1);
  let total = 0;
  return {
    add(value: number): void {
      const bucket = Math.round(Math.log1p(Math.abs(value)) * BUCKETS_PER_E);
      const index = BUCKETS + (value < 0 ? -bucket : bucket);
      counts[index] = (counts[index] as number) + 1;
      total++;
    },
    quantile(share: number): number | undefined {
      if (total === 0) return undefined;
      let rank = Math.ceil(share * total);
      let index = 0;
      while ((rank -= counts[index] as number) > 0) index++;
      const bucket = index - BUCKETS;
      return Math.round(Math.sign(bucket) * Math.expm1(Math.abs(bucket) / BUCKETS_PER_E)) + 0;
    },
  };
}
