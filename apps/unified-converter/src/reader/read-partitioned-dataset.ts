import {
  createArena,
  takeColumn,
  textColumn,
  type Arena,
  type Column,
  type Field,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { walkPrefixes } from '@ticklake/jobs';
import { readPublished } from '@ticklake/manifest';
import { UNIFIED, type UnifiedDataset } from '@ticklake/market';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import { BATCH_ROWS, PUBLISHED_LIMITS } from '../limits.js';
import { openReadOnly } from '../open-stores.js';
import { partitionDataset } from '../partitions/manifest.js';
import { matchingRows, predicatesOf, type Filter, type Predicate } from './filters.js';

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
  onPartition?(partition: {
    readonly path: string;
    readonly rowGroups: number;
    readonly rowGroupsRead: number;
  }): void;
}

/** Columns that the directories say, as text or as numbers. */
const PARTITION_COLUMNS = ['exchange', 'symbol', 'timeframe', 'year', 'month', 'day'];

/**
 * The rows of a dataset that the converter published, such as `data_cache/unified/klines/binance_BTCUSDT_1m`, in order of time (UC-34). What
 * directories say are columns like any other, of the types that the guide prints. Directories that no filter leaves are not listed,
 * files that none leaves are not opened, and row groups whose statistics leave no row are not read.
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
  const store = openReadOnly(path, options.env ?? {});
  const arena = options.arena ?? createArena({ bytesMax: 2 ** 28 });
  const dataset = await datasetOf(store, path);
  const { schema } = dataset;
  const predicates = predicatesOf(options.filters ?? [], schema);
  const wanted = {
    fields: (options.columns ?? schema.fields.map(({ name }) => name)).map((name) =>
      fieldNamed(schema, name),
    ),
  };
  for (const partition of await findPartitions(store, { dataset, predicates, signal: options.signal })) {
    const read = { ...partition, store, arena, schema, wanted, predicates, options };
    yield* new PartitionReading(read).batches();
  }
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

class PartitionReading {
  constructor(private readonly parts: ReadingParts) {}

  async *batches(): AsyncGenerator<RecordBatch> {
    const { store, arena, directory, options } = this.parts;
    const published = await readPublished(partitionDataset(store, directory));
    if (published === undefined) return;
    const reader = await openParquet({ source: published.data, arena }, PUBLISHED_LIMITS);
    try {
      const groups = reader.rowGroups
        .map((_, index) => index)
        .filter((index) => this.mayMatch(reader, index));
      const counts = { rowGroups: reader.rowGroups.length, rowGroupsRead: groups.length };
      options.onPartition?.({ path: directory, ...counts });
      for (const group of groups) yield* this.rowGroup(reader, group);
    } finally {
      reader.close();
    }
  }

  /** Whether the statistics of a row group leave any row. */
  private mayMatch(reader: ParquetReader, index: number): boolean {
    const chunks = reader.rowGroups[index]?.columns ?? [];
    return this.parts.predicates.every((predicate) => {
      const bounds = this.isInPath(predicate.column)
        ? undefined
        : chunks.find(({ name }) => name === predicate.column)?.bounds;
      return bounds === undefined || predicate.mayMatch(bounds.min, bounds.max);
    });
  }

  private isInPath(column: string): boolean {
    return this.parts.values[column] !== undefined;
  }

  private async *rowGroup(reader: ParquetReader, rowGroup: number): AsyncGenerator<RecordBatch> {
    const { wanted, predicates, schema, options } = this.parts;
    const inFile = predicates.filter(({ column }) => !this.isInPath(column));
    const names = new Set([...wanted.fields.map(({ name }) => name), ...inFile.map(({ column }) => column)]);
    const read = [...names].filter((name) => !this.isInPath(name));
    const cursors = new Map(read.map((name) => [name, reader.column(name, { rowGroup })]));
    const { rowCount } = reader.rowGroups[rowGroup] ?? { rowCount: 0 };
    try {
      for (let start = 0; start < rowCount; start += BATCH_ROWS) {
        if (options.signal?.aborted === true)
          throw new LakeError('cancelled', 'cancelled while a dataset was read');
        const count = Math.min(BATCH_ROWS, rowCount - start);
        const columns = new Map<string, Column>();
        for (const [name, cursor] of cursors) columns.set(name, await cursor.take(count));
        let rows = Uint32Array.from({ length: count }, (_, row) => row);
        for (const predicate of inFile) {
          const { type } = fieldNamed(schema, predicate.column);
          rows = Uint32Array.from(
            matchingRows(columns.get(predicate.column) as Column, { type, predicate, rows }),
          );
        }
        if (rows.length > 0) yield this.batch(columns, rows, count);
      }
    } finally {
      for (const cursor of cursors.values()) cursor.close();
    }
  }

  private batch(columns: ReadonlyMap<string, Column>, rows: Uint32Array, count: number): RecordBatch {
    const { wanted, values } = this.parts;
    const taken = wanted.fields.map(({ name }): Column => {
      const value = values[name];
      if (value !== undefined) return constantColumn(name, value, rows.length);
      const column = columns.get(name) as Column;
      return rows.length === count ? column : takeColumn(column, rows);
    });
    return { schema: wanted, rowCount: rows.length, columns: taken };
  }
}

function constantColumn(name: string, value: string | number, rowCount: number): Column {
  if (typeof value === 'string') {
    return { layout: 'dictionary', codes: new Uint32Array(rowCount), dictionary: textColumn([value]).values };
  }
  const values = name === 'year' ? new Int16Array(rowCount) : new Int8Array(rowCount);
  return { layout: 'fixed', values: values.fill(value) };
}

/** Which dataset a folder has: its first partition says it. */
async function datasetOf(store: ObjectStore, path: string): Promise<UnifiedDataset> {
  for await (const { key } of store.list('')) {
    if (!key.endsWith('/_manifest.json')) continue;
    const directory = key.slice(0, key.lastIndexOf('/') + 1);
    const published = await readPublished(partitionDataset(store, directory));
    if (published !== undefined) return UNIFIED[published.manifest.dataset];
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
    readonly predicates: readonly Predicate[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<readonly Partition[]> {
  const { dataset, predicates, signal = new AbortController().signal } = options;
  const names = PARTITION_COLUMNS.filter((name) => name !== 'timeframe' || dataset.hasTimeframe);
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
    Number(values['year']) * 10_000 + Number(values['month']) * 100 + Number(values['day']);
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
