import type { UtcDay } from '@ticklake/core';
import { openStore, USUAL_REQUESTS } from '@ticklake/storage';
import { generateLargeSpool } from '../spool/generate-large-spool.js';
import { generateSpool } from '../spool/generate-spool.js';

/** What small files there are: every stream in one layout, and two in the other. */
const SMALL = [
  { layout: 'flat', symbol: 'ETHUSDT', streams: ['bbo', 'trade', 'open_interest', 'funding', 'mark_price'] },
  { layout: 'dated', symbol: 'SOLUSDT', streams: ['trade', 'mark_price'] },
] as const;

/** Large partitions: rows of several files alternate all day; or row groups stand alone, and can be copied. */
const LARGE = [
  { symbol: 'BTCUSDT', files: 16, overlap: 3 },
  { symbol: 'BNBUSDT', files: 4, overlap: 0.1 },
] as const;

/**
 * A day of many kinds of files below `directory`: small ones of our own writer, which overlap, tie, repeat rows and have
 * text and nulls; and large partitions of DuckDB's files.
 */
export async function makeSpool(
  directory: string,
  { day, rows }: { day: UtcDay; rows: number },
): Promise<{ readonly partitionCount: number; readonly rowCount: number }> {
  let [partitionCount, rowCount] = [0, 0];
  for (const { layout, symbol, streams } of SMALL) {
    const made = await generateSpool({
      store: openStore(directory, { env: {}, requests: USUAL_REQUESTS }),
      seed: 5,
      layout,
      exchange: 'binance',
      streams,
      symbols: [symbol],
      days: [day],
      filesPerDay: 12,
      rowsPerFile: Math.ceil(rows / 200),
    });
    partitionCount += streams.length;
    rowCount += made.rowCount;
  }
  for (const large of LARGE) {
    const made = await generateLargeSpool({
      directory,
      layout: 'dated',
      day,
      rows,
      rowGroupRows: 2048,
      ...large,
    });
    partitionCount++;
    rowCount += made.rowCount;
  }
  return { partitionCount, rowCount };
}
