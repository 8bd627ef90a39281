import { createArena, type RecordBatch } from '@ticklake/columnar';
import { LakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import {
  architectureDataset,
  ARCHITECTURE_DATASETS,
  formatInstrumentId,
  parseInstrumentId,
} from '@ticklake/market';
import { timeframeOf } from '@ticklake/partition';
import type { InstrumentSource } from './availability/availability-content.js';
import { instrumentRows } from './instruments/index.js';
import { batchSource, type Batches } from './rows/batch-source.js';
import { createCollector, type CollectedRows } from './rows/collect-rows.js';
import { orderColumn, timeColumn } from './rows/time-column.js';

/** What all three functions take. */
interface PartitionOptions {
  /** Local folder where rows wait; in memory where it is left out. */
  readonly scratchDirectory?: string;
  /** Bytes for rows on their way. */
  readonly memoryBytes?: number;
  readonly signal?: AbortSignal;
}

/** What rows of ticks are of. */
export interface ExecutionDataOptions extends PartitionOptions {
  /** Of every row, `YYYY-MM-DD`; by the time of each where it is left out. */
  readonly date?: string;
  /** Has to be that of the instrument, where it is named. */
  readonly venue?: string;
  /**
   * Of every row, in any spelling; rows whose `instrument_id` is another are refused. By that, or `exchange` and `symbol`, of each where it is
   * left out.
   */
  readonly instrumentId?: string;
  /** e.g. `trades`. */
  readonly dataType: string;
}

/** What rows of candles, features or signals are of. */
export interface MlDataOptions extends ExecutionDataOptions {
  /** Has to be that of the data type, where it is named. */
  readonly timeframe?: string;
}

/** What instruments are of. */
export interface AvailabilityDataOptions extends PartitionOptions {
  /** On which they could be traded, `YYYY-MM-DD`. */
  readonly date: string;
}

/** Rows by day and instrument, ready for `saveAndUploadPartitions`. */
export interface MarketPartitionSet {
  readonly tier: 'execution' | 'ml';
  readonly dataType: string;
  /** Of all partitions together: as many as came. */
  readonly rowCount: number;
  readonly collected: CollectedRows;
  /** Gives up the rows. Idempotent. */
  dispose(): Promise<void>;
}

/** Instruments of a day, ready for `saveAndUploadPartitions`. */
export interface AvailabilityPartitionSet {
  readonly tier: 'availability';
  readonly dataType: string;
  readonly rowCount: number;
  readonly day: UtcDay;
  readonly source: InstrumentSource;
  /** Gives up the rows. Idempotent. */
  dispose(): Promise<void>;
}

/** What `saveAndUploadPartitions` takes. */
export type PartitionSet = MarketPartitionSet | AvailabilityPartitionSet;

/** Memory for rows on their way, where nothing else is said. */
const MEMORY_BYTES = 256 * 2 ** 20;

/**
 * Partitions ticks (AP-01), as `partition_execution_data` of the guide does, but for its failures: batches are not changed (D-07), every row
 * is in the partition of its day and instrument (D-03), and nothing is written yet.
 *
 * @param batches - Of one schema, with a `timestamp`. Order and days are by `local_timestamp` where ticks have one, as those of sources are.
 * @throws LakeError `invalid`: `DATA_TYPE` for one of another tier, `DATE`, `INSTRUMENT`, `INSTRUMENT_ID`, `NAME` where venue and instrument
 *   contradict each other, `NO_ROWS`; `corrupt`: `NULL_VALUE` for a row without a time, `OTHER_INSTRUMENT` for one that says another.
 */
export function partitionExecutionData(
  batches: Batches,
  options: ExecutionDataOptions,
): Promise<MarketPartitionSet> {
  return partitionMarketData(batches, 'execution', options);
}

/**
 * Partitions candles, features or signals (AP-02), as `partition_ml_data` of the guide does. See {@link partitionExecutionData}.
 *
 * @throws LakeError as that; `invalid` (`NAME`) where timeframe and data type contradict each other.
 */
export async function partitionMlData(batches: Batches, options: MlDataOptions): Promise<MarketPartitionSet> {
  const { timeframe, dataType } = options;
  if (timeframe !== undefined && timeframe !== timeframeOf(dataType))
    throw contradiction({ timeframe, dataType });
  return partitionMarketData(batches, 'ml', options);
}

/**
 * Partitions instruments (AP-03), as `partition_availability_data` of the guide does: with the columns `instrument_id`, `venue`,
 * `instrument_type`, `available_from` and `available_to` (days, as dates or as text), and those of the data type's others that there are.
 *
 * @throws LakeError `invalid` (`DATE`), (`NO_ROWS`); `corrupt` for a row that cannot be read, which is never left out (D-07c).
 */
export async function partitionAvailabilityData(
  batches: Batches,
  options: AvailabilityDataOptions,
): Promise<AvailabilityPartitionSet> {
  const day = parseUtcDay(options.date);
  const arena = createArena({ bytesMax: options.memoryBytes ?? MEMORY_BYTES });
  const given = await batchSource(batches, arena);
  const rows: ReturnType<typeof instrumentRows>[number][] = [];
  for await (const { rowCount, columns } of given.rows()) {
    const batch: RecordBatch = { schema: given.schema, rowCount, columns };
    rows.push(...instrumentRows(batch));
  }
  const source = { identity: given.identity, rows, check: () => given.check() };
  const dataType = 'available_instruments';
  return {
    tier: 'availability',
    dataType,
    rowCount: rows.length,
    day,
    source,
    dispose: () => Promise.resolve(),
  };
}

async function partitionMarketData(
  batches: Batches,
  tier: 'execution' | 'ml',
  options: ExecutionDataOptions,
): Promise<MarketPartitionSet> {
  const { dataType, date, venue, instrumentId, scratchDirectory } = options;
  const { signal = new AbortController().signal } = options;
  const dataset = architectureDataset(dataType);
  if (dataset.tier !== tier) {
    const known = ARCHITECTURE_DATASETS.filter((one) => one.tier === tier).map(({ name }) => name);
    throw new LakeError('invalid', 'a data type is of another tier', {
      code: 'DATA_TYPE',
      details: { dataType, tier, known: known.join() },
    });
  }
  const instrument = instrumentId === undefined ? undefined : parseInstrumentId(instrumentId);
  if (venue !== undefined && instrument !== undefined && instrument.venue !== venue.toUpperCase()) {
    throw contradiction({ venue, instrumentId });
  }
  const arena = createArena({ bytesMax: options.memoryBytes ?? MEMORY_BYTES });
  const source = await batchSource(batches, arena);
  const collector = await createCollector({
    ...{ arena, scratchDirectory, signal, schema: source.schema },
    time: timeColumn(source.schema, orderColumn(dataset, source.schema)),
    rule: { instrument: instrument && formatInstrumentId(instrument), symbols: new Map() },
    day: date === undefined ? undefined : parseUtcDay(date),
    onRows: () => undefined,
  });
  try {
    await collector.add(source);
    const collected = await collector.finish();
    const rowCount = collected.partitions.reduce((sum, { routed }) => sum + routed.rowCount, 0);
    return { tier, dataType, rowCount, collected, dispose: () => collected.dispose() };
  } catch (error) {
    await collector.dispose();
    throw error;
  }
}

function contradiction(details: Readonly<Record<string, unknown>>): LakeError {
  return new LakeError('invalid', 'names of rows contradict each other', { code: 'NAME', details });
}
