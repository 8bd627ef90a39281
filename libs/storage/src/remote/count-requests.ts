import type { RequestEvent } from './decorators.js';
import type { Verb } from './object-api.js';

/** Requests so far, failed ones and repeated ones too. */
export interface RequestTotals {
  readonly count: number;
  readonly failed: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
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
  /** By verb; only those that were made. */
  totals(): Readonly<Partial<Record<Verb, RequestTotals>>>;
  /** In US dollars. Deleting, and giving up an upload, is free everywhere. */
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
    cost({ writesPerThousand, readsPerThousand, egressPerGigabyte }) {
      let dollars = 0;
      for (const [verb, { count, receivedBytes }] of byVerb) {
        const perThousand = FREE.has(verb) ? 0 : READS.has(verb) ? readsPerThousand : writesPerThousand;
        dollars += (count * perThousand) / 1000 + (receivedBytes / 1e9) * egressPerGigabyte;
      }
      return dollars;
    },
  };
}
