import { createArena, type Arena, type Field, type RecordBatch, type Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { walkPrefixes } from '@ticklake/jobs';
import { readPublished } from '@ticklake/manifest';
import { UNIFIED, type UnifiedDataset } from '@ticklake/market';
import { openParquet } from '@ticklake/parquet';
import {
  predicatesOf,
  scanParquet,
  type Constant,
  type Filter,
  type PageCounts,
  type Predicate,
  type RowGroupCounts,
} from '@ticklake/scan';
import type { ObjectStore } from '@ticklake/storage';
import { BATCH_ROWS, PUBLISHED_LIMITS } from '../limits.js';
import { openReadOnly } from '../open-stores.js';
import { partitionDataset } from '../partitions/manifest.js';
import type { PartitionPeriod } from '../partitions/partition-period.js';

/** How {@link readPartitionedDataset} reads. */
export interface ReadOptions {
  /** Rows have to match all of them; none leaves every row. */
  readonly filters?: readonly Filter[];
  /** Which columns, in which order; all when left out. */
  readonly columns?: readonly string[];
  /** Credentials of stores. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Memory for rows on their way; one of 256 MiB when left out. */
  readonly arena?: Arena;
  readonly signal?: AbortSignal;
  /** Told of every partition that is opened, and of how many of its row groups are read. */
  onPartition?(partition: { readonly path: string } & RowGroupCounts): void;
  /** Told of every row group that is read, and of how many pages of the columns that filters are on. */
  onPages?(rowGroup: { readonly path: string } & PageCounts): void;
}

/** Columns that the directories say, as text or as numbers. */
const PARTITION_COLUMNS = ['exchange', 'symbol', 'timeframe', 'year', 'month', 'day'];

/**
 * The rows of a dataset that the converter published, such as `data_cache/unified/klines/binance_BTCUSDT_1m`, in order of time (UC-34). What
 * directories say are columns like any other, of the types that the guide prints. Directories that no filter leaves are not listed,
 * files that none leaves are not opened, and row groups whose statistics, and pages whose index, leave no row are not read.
 *
 * Safe while the dataset is converted again: every partition is read as it was before, or as it is after.
 *
 * @param path - The folder of the dataset, or its store URL.
 * @throws LakeError `missing` (`NO_DATASET`) where there is no partition at all; `invalid` (`FILTER`), (`COLUMN`); `corrupt` where a
 *   partition is not what its manifest says.
 */
export async function* readPartitionedDataset(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<RecordBatch> {
  const arena = options.arena ?? createArena({ bytesMax: 2 ** 28 });
  const { store, dataset, period, predicates, wanted } = await openDataset(path, options);
  const { schema } = dataset;
  const found = { predicates, signal: options.signal };
  for (const partition of await findPartitions(store, { dataset, period, ...found })) {
    yield* readPartition({ ...partition, store, arena, schema, wanted, predicates, options });
  }
}

/** The columns of what {@link readPartitionedDataset} gives, also where no row matches. @throws LakeError likewise. */
export async function datasetSchema(path: string, options: ReadOptions = {}): Promise<Schema> {
  return (await openDataset(path, options)).wanted;
}

async function openDataset(path: string, { filters = [], columns, env = {} }: ReadOptions) {
  const store = openReadOnly(path, env);
  const { dataset, period } = await datasetOf(store, path);
  const { schema } = dataset;
  const names = columns ?? schema.fields.map(({ name }) => name);
  const wanted = { fields: names.map((name) => fieldNamed(schema, name)) };
  return { store, dataset, period, predicates: predicatesOf(filters, schema), wanted };
}

interface Partition {
  /** Ends in `/`. */
  readonly directory: string;
  readonly values: Readonly<Record<string, string | number>>;
}

interface ReadingParts extends Partition {
  readonly store: ObjectStore;
  readonly arena: Arena;
  readonly schema: Schema;
  readonly wanted: Schema;
  readonly predicates: readonly Predicate[];
  readonly options: ReadOptions;
}

async function* readPartition({
  directory,
  values,
  schema,
  wanted,
  ...parts
}: ReadingParts): AsyncGenerator<RecordBatch> {
  const { store, arena, predicates, options } = parts;
  const published = await readPublished(partitionDataset(store, directory));
  if (published === undefined) return;
  const reader = await openParquet({ source: published.data, arena }, PUBLISHED_LIMITS);
  const constants = new Map<string, Constant>(
    Object.entries(values).map(([name, value]) => [name, { type: fieldNamed(schema, name).type, value }]),
  );
  try {
    const batches = scanParquet(reader, {
      columns: wanted.fields.map(({ name }) => name),
      ...{ predicates, constants, batchRows: BATCH_ROWS, signal: options.signal },
      onRowGroups: (counts) => options.onPartition?.({ path: directory, ...counts }),
      onPages: (counts) => options.onPages?.({ path: directory, ...counts }),
    });
    for await (const batch of batches) yield { ...batch, schema: wanted };
  } finally {
    reader.close();
  }
}

/** Which dataset a folder has, and what its partitions are by: the first of them says it. */
async function datasetOf(
  store: ObjectStore,
  path: string,
): Promise<{ readonly dataset: UnifiedDataset; readonly period: PartitionPeriod }> {
  for await (const { key } of store.list('')) {
    if (!key.endsWith('/_manifest.json')) continue;
    const directory = key.slice(0, key.lastIndexOf('/') + 1);
    const published = await readPublished(partitionDataset(store, directory));
    if (published === undefined) continue;
    const period = directory.includes('/day=') ? 'day' : 'month';
    return { dataset: UNIFIED[published.manifest.dataset], period };
  }
  throw new LakeError('missing', 'there is no partition of a dataset', {
    code: 'NO_DATASET',
    details: { path },
  });
}

/** Partitions that their directories leave, in order of time. */
async function findPartitions(
  store: ObjectStore,
  options: {
    readonly dataset: UnifiedDataset;
    readonly period: PartitionPeriod;
    readonly predicates: readonly Predicate[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<readonly Partition[]> {
  const { dataset, period, predicates, signal = new AbortController().signal } = options;
  const absent = [...(dataset.hasTimeframe ? [] : ['timeframe']), ...(period === 'month' ? ['day'] : [])];
  const names = PARTITION_COLUMNS.filter((name) => !absent.includes(name));
  const include = (name: string) => (text: string) =>
    predicates.every(({ column, matches }) => column !== name || matches(typed(name, text)));
  const walk = walkPrefixes(store, {
    root: '',
    levels: names.map((name) => ({ name, optional: false, include: include(name) })),
    listLeaves: false,
    concurrency: 8,
    signal,
  });
  const found: Partition[] = [];
  for await (const { prefix, values } of walk.leaves()) {
    const entries = Object.entries(values).map(([name, text]) => [name, typed(name, text)] as const);
    found.push({ directory: prefix, values: Object.fromEntries(entries) });
  }
  const timeOf = ({ values }: Partition) =>
    Number(values['year']) * 10_000 + Number(values['month']) * 100 + Number(values['day'] ?? 0);
  return found.sort((a, b) => timeOf(a) - timeOf(b));
}

function typed(name: string, text: string): string | number {
  return ['year', 'month', 'day'].includes(name) ? Number(text) : text;
}

function fieldNamed({ fields }: Schema, name: string): Field {
  const field = fields.find((one) => one.name === name);
  if (field !== undefined) return field;
  throw new LakeError('invalid', 'a dataset has no such column', {
    code: 'COLUMN',
    details: { column: name },
  });
}
