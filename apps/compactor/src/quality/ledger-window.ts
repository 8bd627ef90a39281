import { z } from 'zod';

const count = z.number().nonnegative();
const byExchange = z.record(z.string(), count);

/**
 * `quality/date=YYYYMMDD/window=HHMM.json` in the raw store: what a collector noticed in a quarter of an hour. Unknown keys
 * are let through; a signal that is not there says nothing bad. Without `signals` there is nothing to judge by.
 */
export const ledgerWindowSchema = z.looseObject({
  window_start: z.string().optional(),
  /** The first window after a restart. */
  is_partial: z.boolean().default(false),
  signals: z.looseObject({
    offline_seconds_by_exchange: byExchange.default({}),
    /** Events a second. */
    eps_by_exchange: z.record(z.string(), z.looseObject({ min: count.nullish() })).default({}),
    dropped_events: count.default(0),
    /** Per cent. */
    queue_pct_peak: count.default(0),
    drain_mode_accelerated_seconds: count.default(0),
    reconnects: count.default(0),
  }),
});

/** What {@link ledgerWindowSchema} describes. */
export type LedgerWindow = z.infer<typeof ledgerWindowSchema>;
