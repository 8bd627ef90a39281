import type { Field } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { requireTimeframes, timeframeMs, UNIFIED } from '@ticklake/market';
import type { ColumnStoredAs } from '@ticklake/parquet';
import type { ConvertConfig } from './config/convert.js';
import type { ConvertRequest } from './convert-request.js';
import { BLOOM_FILTER } from './limits.js';
import type { StorageOptions } from './partitions/storage-options.js';

/** What a blank training run takes of each dataset (C-40). */
const BLANK_FILES = 2;

const NAME = /^[A-Za-z0-9][A-Za-z0-9.-]{0,63}$/;

/**
 * What a configuration asks for. `BLANK_TRAINING_MODE` stands in the environment by this very name (UC-23).
 *
 * @throws LakeError `invalid` (`NAME`) for names that a path cannot hold, (`TIMEFRAME`), also for bars that cannot be made of shorter ones,
 *   (`COLUMN`) for options of a column that no dataset has, or that cannot have them.
 */
export function requestOf(
  config: ConvertConfig,
  env: Readonly<Record<string, string | undefined>>,
): ConvertRequest {
  const { symbol, exchange, timeframe, timeUnit } = config;
  for (const [key, name] of Object.entries({ symbol, exchange })) {
    // Without `_`, so that folders such as `klines/binance_BTCUSDT_1m` have one reading.
    if (!NAME.test(name))
      throw new LakeError('invalid', 'not a name that a path can hold', {
        code: 'NAME',
        details: { [key]: name },
      });
  }
  timeframeMs(timeframe);
  requireTimeframes({ from: timeframe, to: config.resample });
  const isBlank = /^(1|true|yes|on)$/i.test(env['BLANK_TRAINING_MODE'] ?? '');
  const named = Object.entries({
    klines: config.klines,
    aggtrades: config.aggtrades,
    futures: config.futures,
  });
  return {
    ...{ symbol, exchange, timeframe },
    forceRerun: config.forceRerun,
    maxFiles: config.maxFiles ?? (isBlank ? BLANK_FILES : undefined),
    sources: Object.fromEntries(named.filter(([, keys]) => keys.length > 0)),
    timeUnit: timeUnit === 'original' ? undefined : timeUnit,
    sourceTimeUnit: config.sourceTimeUnit,
    utcOffsetMinutes: config.utcOffset,
    resample: config.resample,
    partitionBy: config.partitionBy,
    storage: storageOf(config),
    storePartitionColumns: config.storePartitionColumns,
    backup: config.backup,
  };
}

function storageOf({
  compression,
  compressionLevel: zstdLevel,
  columnCompression,
  withoutDictionary,
  bloomFilter,
}: ConvertConfig): StorageOptions {
  const columns = new Map<string, Partial<ColumnStoredAs>>();
  const add = (column: string, options: Partial<ColumnStoredAs>) =>
    columns.set(requireColumn(column), { ...columns.get(column), ...options });
  for (const { column, ...options } of columnCompression) add(column, options);
  for (const column of withoutDictionary) add(column, { dictionaryBytesMax: 0 });
  for (const column of bloomFilter) add(requireFilterable(column), { bloomFilter: BLOOM_FILTER });
  return { compression, zstdLevel, columns: Object.fromEntries(columns) };
}

function requireColumn(column: string): string {
  if (fieldsNamed(column).length > 0) return column;
  throw new LakeError('invalid', 'no dataset has such a column', { code: 'COLUMN', details: { column } });
}

function requireFilterable(column: string): string {
  if (fieldsNamed(column).every(({ type }) => type.kind !== 'bool')) return column;
  throw new LakeError('invalid', 'a column of booleans has no bloom filter', {
    code: 'COLUMN',
    details: { column },
  });
}

function fieldsNamed(column: string): readonly Field[] {
  return Object.values(UNIFIED).flatMap(({ schema }) => schema.fields.filter(({ name }) => name === column));
}
