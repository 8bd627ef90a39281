import { compactDay, dayOfMs } from '@ticklake/core';

/**
 * The two grammars of a spool: `flat` names files by the second they were flushed; `dated` has a folder per UTC day
 * of the flush and names files by epoch second and number.
 */
export type SpoolLayout = 'flat' | 'dated';

/** What names one spool file. */
export interface SpoolFileName {
  readonly layout: SpoolLayout;
  readonly exchange: string;
  readonly stream: string;
  /** As in the symbol column; lower case in the path. */
  readonly symbol: string;
  readonly flushedAtMs: number;
  /** The collector's running number. */
  readonly number: number;
}

/** The key of a spool file below the spool's root. Written independently of `@ticklake/partition`, to test it. */
export function spoolPath({ layout, exchange, stream, symbol, flushedAtMs, number }: SpoolFileName): string {
  const folder = `exchange=${exchange}/stream=${stream}/symbol=${symbol.toLowerCase()}`;
  const day = dayOfMs(flushedAtMs);
  if (layout === 'dated') {
    const second = Math.floor(flushedAtMs / 1000);
    return `${folder}/date=${compactDay(day)}/part-${second}-${String(number).padStart(6, '0')}.parquet`;
  }
  const time = new Date(flushedAtMs).toISOString().slice(11, 19).replaceAll(':', '-');
  return `${folder}/${day}_${time}.parquet`;
}
