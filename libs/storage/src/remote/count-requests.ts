import type { RequestEvent } from './decorators.js';
import type { Verb } from './object-api.js';

/** Requests so far, failed ones and repeated ones too. */
export interface RequestTotals {
  readonly count: number;
  readonly failed: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** {@link RequestTotals} by verb; only of those that were made. */
export type RequestsByVerb = Readonly<Partial<Record<Verb, RequestTotals>>>;

/** Requests as providers bill them. Deleting, and giving up an upload, is free everywhere and in none of these. */
export interface RequestClasses {
  readonly lists: number;
  /** `head` and `get`. */
  readonly reads: number;
  /** `put`, and what an upload in parts takes. */
  readonly writes: number;
}

/** What a provider asks for requests and for what leaves it, in US dollars. */
export interface RequestPrices {
  /** For a thousand requests that write or list. */
  readonly writesPerThousand: number;
  /** For a thousand requests that read. */
  readonly readsPerThousand: number;
  /** For 10⁹ bytes sent out to the internet. */
  readonly egressPerGigabyte: number;
}

/**
 * List prices of the cheapest region, without free allowances: of S3 Standard in us-east-1, R2 Standard, and GCS Standard in a single region.
 * They change; a bill is what the provider says.
 */
export const REQUEST_PRICES = {
  s3: { writesPerThousand: 0.005, readsPerThousand: 0.0004, egressPerGigabyte: 0.09 },
  r2: { writesPerThousand: 0.0045, readsPerThousand: 0.00036, egressPerGigabyte: 0 },
  gs: { writesPerThousand: 0.005, readsPerThousand: 0.0004, egressPerGigabyte: 0.12 },
} as const satisfies Readonly<Record<string, RequestPrices>>;

/** Counts requests; hand `onRequest` to `openStore`. */
export interface RequestCounter {
  onRequest(event: RequestEvent): void;
  totals(): RequestsByVerb;
  /** In US dollars, with what the bytes received cost where they leave the provider. */
  cost(prices: RequestPrices): number;
}

const READS: ReadonlySet<Verb> = new Set<Verb>(['head', 'get']);
const FREE: ReadonlySet<Verb> = new Set<Verb>(['delete', 'abandonUpload']);
const NONE: RequestTotals = { count: 0, failed: 0, sentBytes: 0, receivedBytes: 0 };

/** Nothing counted yet. */
export function countRequests(): RequestCounter {
  const byVerb = new Map<Verb, RequestTotals>();
  return {
    onRequest({ verb, sentBytes, receivedBytes, hasFailed }) {
      const before = byVerb.get(verb) ?? NONE;
      byVerb.set(verb, {
        count: before.count + 1,
        failed: before.failed + (hasFailed ? 1 : 0),
        sentBytes: before.sentBytes + sentBytes,
        receivedBytes: before.receivedBytes + receivedBytes,
      });
    },
    totals: () => Object.fromEntries(byVerb),
    cost(prices) {
      const receivedBytes = [...byVerb.values()].reduce((sum, totals) => sum + totals.receivedBytes, 0);
      const requests = priceOfRequests(classifyRequests(Object.fromEntries(byVerb)), prices);
      return requests + (receivedBytes / 1e9) * prices.egressPerGigabyte;
    },
  };
}

/** `requests` as they are billed. */
export function classifyRequests(requests: RequestsByVerb): RequestClasses {
  const classes = { lists: 0, reads: 0, writes: 0 };
  for (const [verb, { count }] of Object.entries(requests) as [Verb, RequestTotals][]) {
    if (FREE.has(verb)) continue;
    classes[verb === 'list' ? 'lists' : READS.has(verb) ? 'reads' : 'writes'] += count;
  }
  return classes;
}

/** In US dollars, for the requests alone: bytes that leave a provider come on top. */
export function priceOfRequests(
  { lists, reads, writes }: RequestClasses,
  { writesPerThousand, readsPerThousand }: RequestPrices,
): number {
  return ((lists + writes) * writesPerThousand + reads * readsPerThousand) / 1000;
}

/** Several counts as one, e.g. of processes that worked for one run. */
export function sumRequests(counts: readonly RequestsByVerb[]): RequestsByVerb {
  const sum: Partial<Record<Verb, RequestTotals>> = {};
  for (const each of counts) {
    for (const [verb, totals] of Object.entries(each) as [Verb, RequestTotals][]) {
      const before = sum[verb] ?? NONE;
      sum[verb] = {
        count: before.count + totals.count,
        failed: before.failed + totals.failed,
        sentBytes: before.sentBytes + totals.sentBytes,
        receivedBytes: before.receivedBytes + totals.receivedBytes,
      };
    }
  }
  return sum;
}
