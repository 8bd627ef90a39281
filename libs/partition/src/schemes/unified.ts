import { isLakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import { dayOfMonth, monthOfYear, padded } from '../codecs/numbers.js';
import { slug } from '../codecs/slug.js';
import { definePartitionScheme, type PartitionScheme } from '../define-partition-scheme.js';

/** A day of one market. The scheme does not know how long a month is: see {@link unifiedDayOf}. */
export interface UnifiedDay {
  readonly exchange: string;
  readonly symbol: string;
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/** A month of one market. */
export type UnifiedMonth = Omit<UnifiedDay, 'day'>;

/** A day of bars. */
export interface UnifiedKlinesDay extends UnifiedDay {
  /** e.g. `1m`. */
  readonly timeframe: string;
}

const MARKET = { exchange: slug, symbol: slug } as const;
const DAY = { year: padded(4), month: monthOfYear, day: dayOfMonth } as const;

/** Where the unified converter publishes a day of bars (UC-05, UC-06, UC-07). */
export const klinesScheme: PartitionScheme<UnifiedKlinesDay> = definePartitionScheme(
  'klines/{exchange}_{symbol}_{timeframe}/exchange={exchange}/symbol={symbol}/timeframe={timeframe}/year={year}/month={month}/day={day}/',
  { ...MARKET, ...DAY, timeframe: slug },
);

/** Where it publishes a day of trades. */
export const aggtradesScheme: PartitionScheme<UnifiedDay> = definePartitionScheme(
  'aggtrades/{exchange}_{symbol}/exchange={exchange}/symbol={symbol}/year={year}/month={month}/day={day}/',
  { ...MARKET, ...DAY },
);

/** Where it publishes a day of fundings. */
export const futuresScheme: PartitionScheme<UnifiedDay> = definePartitionScheme(
  'futures/{exchange}_{symbol}/exchange={exchange}/symbol={symbol}/year={year}/month={month}/day={day}/',
  { ...MARKET, ...DAY },
);

/** Where it publishes a month of fundings, which are three a day, where that is wanted (D-23). */
export const futuresMonthScheme: PartitionScheme<UnifiedMonth> = definePartitionScheme(
  'futures/{exchange}_{symbol}/exchange={exchange}/symbol={symbol}/year={year}/month={month}/',
  { ...MARKET, year: DAY.year, month: DAY.month },
);

/** The day of a partition; `undefined` for one such as February 30th. */
export function unifiedDayOf({
  year,
  month,
  day,
}: Omit<UnifiedDay, 'exchange' | 'symbol'>): UtcDay | undefined {
  const two = (number: number) => String(number).padStart(2, '0');
  try {
    return parseUtcDay(`${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`);
  } catch (error) {
    if (isLakeError(error, 'invalid')) return undefined;
    throw error;
  }
}
