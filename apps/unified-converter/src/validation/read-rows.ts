import { typeText, type Arena, type Column, type Field, type Schema } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { readPublished } from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import { timesOf } from '@ticklake/shuffle';
import type { ObjectStore } from '@ticklake/storage';
import { BATCH_ROWS, PUBLISHED_LIMITS } from '../limits.js';
import { fixedBatches } from '../partitions/fixed-batches.js';
import { partitionDataset, type PartitionManifest } from '../partitions/manifest.js';
import type { ExaminedRows } from './examine-rows.js';

/** A published partition, opened. */
export interface OpenPartition {
  readonly manifest: PartitionManifest;
  /** As its file has it. */
  readonly schema: Schema;
  /**
   * All rows in their order.
   *
   * @param names - Of the columns that are read beside the time; all that are no texts when left out.
   */
  rows(names?: readonly string[]): AsyncGenerator<ExaminedRows>;
}

/**
 * Opens what is published in `directory` for as long as `use` takes.
 *
 * @returns what `use` does; `undefined` where nothing is published.
 * @throws LakeError as `readPublished` and `openParquet`; whatever `use` throws.
 */
export async function withPartition<T>(
  {
    store,
    directory,
    arena,
  }: { readonly store: ObjectStore; readonly directory: string; readonly arena: Arena },
  use: (partition: OpenPartition) => Promise<T>,
): Promise<T | undefined> {
  const published = await readPublished(partitionDataset(store, directory));
  if (published === undefined) return undefined;
  const reader = await openParquet({ source: published.data, arena }, PUBLISHED_LIMITS);
  try {
    const { schema } = reader;
    const rows: OpenPartition['rows'] = (names) => examinedRows(reader, arena, names);
    return await use({ manifest: published.manifest, schema, rows });
  } finally {
    reader.close();
  }
}

async function* examinedRows(
  reader: ParquetReader,
  arena: Arena,
  wanted: readonly string[] | undefined,
): AsyncGenerator<ExaminedRows> {
  const all = reader.schema.fields.filter(({ type }) => typeText(type) !== 'utf8');
  const fields = all.filter(({ name }, i) => i === 0 || wanted?.includes(name) !== false);
  const names = fields.map(({ name }) => name);
  const times = new Float64Array(BATCH_ROWS);
  for await (const { columns } of fixedBatches(reader, arena, names))
    yield examinedColumns(columns, { fields, times });
}

/** Rows of `fields`, the time first, as they are examined; their times are put to `times`. */
export function examinedColumns(
  columns: readonly Column[],
  { fields, times }: { readonly fields: readonly Field[]; readonly times: Float64Array },
): ExaminedRows {
  const values = fields.map(({ name }, i) => {
    const column = columns[i];
    assert(column?.layout === 'fixed', 'columns but texts have a fixed width');
    return [name, column.values] as const;
  });
  return { times: timesOf(columns, times), values: Object.fromEntries(values) };
}
