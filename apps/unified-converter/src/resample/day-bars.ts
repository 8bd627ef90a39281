import {
  createMultisetHash,
  createRowHasher,
  type Arena,
  type FixedColumn,
  type RecordBatch,
} from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import { readPublished } from '@ticklake/manifest';
import { resampleBars, UNIFIED, type ResampledBar, type ResampleOptions } from '@ticklake/market';
import { openParquet } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import type { PartitionEntry } from '../documents/metadata.js';
import { BATCH_ROWS, PUBLISHED_LIMITS } from '../limits.js';
import { partitionDataset, type PartitionManifest } from '../partitions/manifest.js';
import { valueFieldsOf } from '../partitions/stored-columns.js';
import { sourceChanged } from '../sources/source-changed.js';

/** The bars that one published day comes to. */
export interface DayBars {
  /** Of the partition that they were made of. */
  readonly manifest: PartitionManifest;
  /** By timeframe, in order of time. */
  readonly bars: ReadonlyMap<string, readonly ResampledBar[]>;
}

const FIELDS = valueFieldsOf(UNIFIED.klines);
const SCHEMA = { fields: FIELDS };
/** What {@link resampleBars} says of bars that nothing can be made of. */
const FAULTS: readonly string[] = ['UNSORTED', 'GRID', 'NULL_VALUE'];

/**
 * Bars of longer timeframes of one published day, all in one pass over it. That its rows are those that its manifest proves is checked on
 * the way, so that what is made of them rests on the same proof.
 *
 * @throws LakeError `conflict` (`SOURCE_CHANGED`) where another day is published by now; `corrupt` where its rows are not those of its
 *   manifest (`RECEIPT`), or where it has two bars of one time (`UNSORTED`), one between two times (`GRID`) or one with something missing (`NULL_VALUE`): which of them would count
 *   is not to be guessed.
 */
export async function dayBars(
  { store, arena, day }: { readonly store: ObjectStore; readonly arena: Arena; readonly day: PartitionEntry },
  options: ResampleOptions,
): Promise<DayBars> {
  const published = await readPublished(partitionDataset(store, day.path));
  if (published?.manifest.parquet_sha256 !== day.sha256) throw sourceChanged(day.path);
  const { manifest } = published;
  const reader = await openParquet({ source: published.data, arena }, PUBLISHED_LIMITS);
  const bars = new Map(options.to.map((timeframe): [string, ResampledBar[]] => [timeframe, []]));
  try {
    const columns = FIELDS.map(({ name }) => name);
    const batches = proved(reader.batches({ columns, rowsMax: BATCH_ROWS }), { arena, manifest });
    for await (const bar of resampleBars(batches, options)) bars.get(bar.timeframe)?.push(bar);
  } catch (cause) {
    throw isFault(cause) ? unusable(cause, day.path) : cause;
  } finally {
    reader.close();
  }
  return { manifest, bars };
}

/** The values of bars as columns, in the order of the dataset. */
export function barColumns(bars: readonly ResampledBar[]): readonly FixedColumn[] {
  return FIELDS.map(({ name }): FixedColumn => {
    if (name === 'timestamp')
      return { layout: 'fixed', values: BigInt64Array.from(bars, ({ timestamp }) => BigInt(timestamp)) };
    return { layout: 'fixed', values: Float64Array.from(bars, (bar) => bar[name as 'open']) };
  });
}

/** The batches, and at their end an error where they are not what the manifest says. */
async function* proved(
  batches: AsyncIterable<RecordBatch>,
  { arena, manifest }: { readonly arena: Arena; readonly manifest: PartitionManifest },
): AsyncGenerator<RecordBatch> {
  const hasher = createRowHasher(arena, SCHEMA, { exclude: [] });
  const sum = createMultisetHash();
  let rows = 0;
  try {
    for await (const batch of batches) {
      sum.add(hasher.digestBatch({ ...batch, schema: SCHEMA }));
      rows += batch.rowCount;
      yield batch;
    }
  } finally {
    hasher.release();
  }
  if (rows === manifest.row_count && sum.hex() === manifest.content.multiset) return;
  throw new LakeError('corrupt', 'the rows of a partition are not those of its manifest', {
    code: 'RECEIPT',
    details: { rows, expected: manifest.row_count },
  });
}

function isFault(error: unknown): error is LakeError {
  return isLakeError(error, 'invalid') && FAULTS.includes(error.code ?? '');
}

/** What is wrong with an argument of a function is wrong with the data here. */
function unusable(cause: LakeError, partition: string): LakeError {
  return new LakeError('corrupt', 'bars cannot be made of a day whose own do not follow each other', {
    code: cause.code ?? 'GRID',
    details: { partition, ...cause.details },
    cause,
  });
}
