import type { Arena } from '@ticklake/columnar';
import type { Clock } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import type { ColumnUnit, EpochUnit, UnifiedName } from '@ticklake/market';
import type { ObjectStore } from '@ticklake/storage';
import type { Lanes } from './lanes/lanes.js';
import type { PartitionPeriod } from './partitions/partition-period.js';
import type { StorageOptions } from './partitions/storage-options.js';
import type { Market } from './sources/find-sources.js';

/** What is to be converted, and how. */
export interface ConvertRequest extends Market {
  /** Reads and publishes everything again, whether it has changed or not. */
  readonly forceRerun: boolean;
  /** At most so many new sources of each dataset are read; what is published then says that it is partial. */
  readonly maxFiles: number | undefined;
  /** Keys of sources in the data store, of datasets for which they are not to be searched. */
  readonly sources: Readonly<Partial<Record<UnifiedName, readonly string[]>>>;
  /** The unit of times of trades and fundings; `undefined` keeps that of the sources. Those of bars are milliseconds. */
  readonly timeUnit: ColumnUnit | undefined;
  /** The unit of times in the sources, where its size is not to tell. */
  readonly sourceTimeUnit: EpochUnit | undefined;
  /** How many minutes the clock of times without a zone was ahead of UTC; `undefined` refuses them. */
  readonly utcOffsetMinutes: number | undefined;
  /** Longer timeframes whose bars are made of those that are published, e.g. `5m` and `1h`. */
  readonly resample: readonly string[];
  /** What partitions of fundings are by (D-23); `undefined` for what they are by already, and for days where there are none. */
  readonly partitionBy: PartitionPeriod | undefined;
  /** How what is published from now on is compressed. */
  readonly storage: StorageOptions;
  /** Stores in the files as well what directories say. */
  readonly storePartitionColumns: boolean;
  /** Copies what is replaced to the backup store before. */
  readonly backup: boolean;
}

/** Where sources come from and datasets go to, and who hears of it. */
export interface ConvertContext {
  readonly arena: Arena;
  /** Holds the sources; nothing is written to it. */
  readonly data: ObjectStore;
  /** Takes `klines/`, `aggtrades/`, `futures/`, `metadata.json` and `_config.json`. */
  readonly output: ObjectStore;
  /** Takes copies of what is replaced. */
  readonly backups: ObjectStore;
  /** Local: rows on their way, and files that are not published yet. */
  readonly scratchDirectory: string;
  /** Where partitions are made: with this arena, these stores and this directory, or others like them. */
  readonly lanes: Lanes;
  readonly clock: Clock;
  /** Name and version of the program. */
  readonly tool: string;
  readonly signal: AbortSignal;
  onEvent(event: JobEvent): void;
}
