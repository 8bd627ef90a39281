import { daysBetween, LakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import {
  architectureDataset,
  formatInstrumentId,
  parseInstrumentId,
  parseInstrumentType,
} from '@ticklake/market';
import { layoutOf, type KnownOfPartition, type Tier } from '@ticklake/partition';
import type { Filter } from '@ticklake/scan';

/** A day, or all days from one to another, both of them included; `YYYY-MM-DD` or `YYYYMMDD`. */
export type DateArgument = string | { readonly from: string; readonly to: string };

/** What every read may ask for. */
export interface ReadOptions {
  /** Which columns, in which order. When left out: those of the files, then those that partitions are named by. */
  readonly columns?: readonly string[];
  /** Rows have to match all of them (RD-15). */
  readonly filters?: readonly Filter[];
  readonly signal?: AbortSignal;
}

/** Which ticks (RD-01). */
export interface ExecutionRead extends ReadOptions {
  /** May be left out where an instrument is named. */
  readonly date?: DateArgument;
  readonly venue?: string;
  /** In any spelling. */
  readonly instrumentId?: string;
  readonly dataType?: string;
}

/** Which candles, features or signals (RD-02). */
export interface MlRead extends ExecutionRead {
  readonly timeframe?: string;
}

/** Which instruments (RD-03). */
export interface AvailabilityRead extends ReadOptions {
  readonly date: DateArgument;
  readonly venue?: string;
  /** In any spelling, such as `spot` or `PERPETUAL`. */
  readonly instrumentType?: string;
}

/** What a read asks for, every name in its canonical form. */
export interface ReadRequest {
  readonly tier: Tier;
  /** `undefined` for all there are. */
  readonly days: readonly UtcDay[] | undefined;
  /** The names that partitions have to have. */
  readonly known: Omit<KnownOfPartition, 'day' | 'year' | 'month'>;
  readonly options: ReadOptions;
}

/**
 * Whichever layout a tier has: what one of them cannot name, or what contradicts itself, none can. Made once: it takes longer than a read of
 * candles.
 */
const SOME_LAYOUT = layoutOf('hive');

/** Days of a range, at most: ten years. */
const DAYS_MAX = 3660;

/**
 * Takes the arguments of a read as the guide names them.
 *
 * @throws LakeError `invalid`: `DATE` for a day that there is none, or where neither a day nor an instrument is named; `INSTRUMENT_ID`;
 *   `DATA_TYPE` for one that the tier does not have; `NAME` for a venue that is none, and for arguments that contradict one another, such as
 *   an instrument of another venue.
 */
export function marketRequest(
  tier: 'execution' | 'ml',
  { date, venue, instrumentId, dataType, timeframe, ...options }: MlRead,
): ReadRequest {
  const days = daysOf(date);
  if (days === undefined && instrumentId === undefined) {
    throw new LakeError('invalid', 'a read names a date or an instrument', { code: 'DATE' });
  }
  if (dataType !== undefined) requireDataType(dataType, tier);
  if (timeframe !== undefined) requireDataType(`ohlcv_${timeframe}`, tier);
  const instrument =
    instrumentId === undefined ? undefined : formatInstrumentId(parseInstrumentId(instrumentId));
  const known = { venue: venue?.toUpperCase(), instrument, dataType, timeframe };
  for (const scheme of SOME_LAYOUT.market(tier)) scheme.prefix(known);
  return { tier, days, known, options };
}

function requireDataType(dataType: string, tier: Tier): void {
  const { tier: own } = architectureDataset(dataType);
  if (own === tier) return;
  throw new LakeError('invalid', 'a data type is of another tier', {
    code: 'DATA_TYPE',
    details: { dataType, tier: own, expected: tier },
  });
}

/** As {@link marketRequest}, for the availability tier. @throws LakeError `invalid` (`DATE`), (`INSTRUMENT_TYPE`), (`NAME`). */
export function availabilityRequest({
  date,
  venue,
  instrumentType,
  ...options
}: AvailabilityRead): ReadRequest {
  const days = daysOf(date);
  if (days === undefined) throw new LakeError('invalid', 'a read names a date', { code: 'DATE' });
  const type = instrumentType === undefined ? undefined : parseInstrumentType(instrumentType);
  const known = { venue: venue?.toUpperCase(), instrumentType: type };
  for (const scheme of SOME_LAYOUT.availability()) scheme.prefix(known);
  return { tier: 'availability', days, known, options };
}

/**
 * The days that an argument names; `undefined` where there is none.
 *
 * @throws LakeError `invalid` (`DATE`) for a day that there is none, a range that ends before it begins, and one of more than ten years.
 */
export function daysOf(date: DateArgument | undefined): readonly UtcDay[] | undefined {
  if (date === undefined) return undefined;
  const { from, to } = typeof date === 'string' ? { from: date, to: date } : date;
  const [first, last] = [parseUtcDay(from), parseUtcDay(to)];
  const days = first <= last ? daysBetween(first, last) : [];
  if (days.length > 0 && days.length <= DAYS_MAX) return days;
  throw new LakeError('invalid', 'a range of days begins with its first, and has ten years at most', {
    code: 'DATE',
    details: { from, to },
  });
}
