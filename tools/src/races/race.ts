import type { CompactSummary } from '@ticklake/compactor';

/** What a racer is told: compact this spool into this lake, after a while. */
export interface RaceOrder {
  readonly raw: string;
  readonly compact: string;
  readonly scratch: string;
  readonly delayMs: number;
}

/** What a racer came to. */
export type RaceAnswer =
  | { readonly summary: Pick<CompactSummary, 'done' | 'skipped' | 'failed'> }
  | { readonly failure: string };

/** How much faster than ours the clocks of racers run: who meets a lease waits for seconds, not for minutes. */
export const CLOCK_SPEED = 20;
