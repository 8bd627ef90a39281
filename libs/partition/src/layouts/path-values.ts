import { parseUtcDay, type UtcDay } from '@ticklake/core';

import { unifiedDayOf } from '../schemes/unified.js';
import { badName } from './bad-name.js';
import { candlesOf, timeframeOf } from './data-type.js';
import { instrumentParts, symbolName } from './instrument-parts.js';
import type { AvailabilityPartition, KnownOfPartition, MarketPartition } from './partitions.js';
import { NO_TIMEFRAME, type PathValues } from './path-codecs.js';

/** One kind of partition, to and from what paths can say of it. */
export interface PartitionKind<P> {
  /** The values that do not follow from others: no view may leave one out. */
  readonly own: readonly (keyof PathValues)[];
  /** @throws LakeError `invalid` for a partition that contradicts itself. */
  valuesOf(partition: P): Partial<PathValues>;
  /** `undefined` where `values` are of no such partition. */
  partitionOf(values: Partial<PathValues>): P | undefined;
}

/** Ticks and candles. Venue, type and symbol follow from the instrument, the timeframe from the data type. */
export const marketKind: PartitionKind<MarketPartition> = {
  own: ['year', 'month', 'day', 'instrument', 'dataType'],
  valuesOf: ({ day: date, instrument, dataType, timeframe }) => {
    if (timeframe !== timeframeOf(dataType)) {
      throw badName('a timeframe is not that of its data type', { dataType, timeframe });
    }
    const { year, month, day } = dayValues(date);
    const { venue, type, symbol } = instrumentValues(instrument);
    // Written out: this is done for every path of a listing, and spreading takes most of that time.
    return {
      year,
      month,
      day,
      venue,
      type,
      symbol,
      instrument,
      dataType,
      timeframe: timeframe ?? NO_TIMEFRAME,
    };
  },
  partitionOf(values) {
    const day = dayOf(values);
    const { instrument, dataType } = values;
    if (day === undefined || instrument === undefined || dataType === undefined) return undefined;
    return { day, instrument, dataType, timeframe: timeframeOf(dataType) };
  },
};

/** Availability, of the market as a whole, a venue or a type. */
export const availabilityKind: PartitionKind<AvailabilityPartition> = {
  own: ['year', 'month', 'day', 'venue', 'type'],
  valuesOf: ({ day: date, venue, instrumentType: type }) => {
    const { year, month, day } = dayValues(date);
    return { year, month, day, venue, type };
  },
  partitionOf(values) {
    const day = dayOf(values);
    if (day === undefined) return undefined;
    const { venue, type } = values;
    return {
      day,
      ...(venue === undefined ? {} : { venue }),
      ...(type === undefined ? {} : { instrumentType: type }),
    };
  },
};

/**
 * All that follows from what is known.
 *
 * @throws LakeError `invalid` (`NAME`) where it contradicts itself.
 */
export function knownValues(known: KnownOfPartition): Partial<PathValues> {
  const { day, instrument, dataType, timeframe } = known;
  return merged([
    { year: known.year, month: known.month, venue: known.venue, type: known.instrumentType },
    day === undefined ? {} : dayValues(day),
    instrument === undefined ? {} : instrumentValues(instrument),
    dataType === undefined ? {} : dataTypeValues(dataType),
    timeframe === undefined ? {} : { timeframe, dataType: candlesOf(timeframe) },
  ]);
}

function merged(sources: readonly Partial<PathValues>[]): Partial<PathValues> {
  const values = new Map<string, string | number>();
  for (const source of sources) {
    for (const [name, value] of Object.entries(source)) {
      if (value === undefined) continue;
      if ((values.get(name) ?? value) !== value) {
        throw badName('what is known of a partition contradicts itself', { [name]: value });
      }
      values.set(name, value);
    }
  }
  return Object.fromEntries(values);
}

function dayValues(day: UtcDay): Pick<PathValues, 'year' | 'month' | 'day'> {
  if (parseUtcDay(day) !== day) throw badName('not a day as YYYY-MM-DD', { day });
  return { year: Number(day.slice(0, 4)), month: Number(day.slice(5, 7)), day: Number(day.slice(8)) };
}

function dayOf({ year, month, day }: Partial<PathValues>): UtcDay | undefined {
  if (year === undefined || month === undefined || day === undefined) return undefined;
  return unifiedDayOf({ year, month, day });
}

function instrumentValues(instrument: string): Pick<PathValues, 'instrument' | 'venue' | 'type' | 'symbol'> {
  const { venue, type, symbol } = instrumentParts(instrument);
  return { instrument, venue, type, symbol: symbolName(symbol) };
}

function dataTypeValues(dataType: string): Pick<PathValues, 'dataType' | 'timeframe'> {
  return { dataType, timeframe: timeframeOf(dataType) ?? NO_TIMEFRAME };
}
