import { decodeDictionary, typeText, type Arena, type Column, type Schema } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { readPublished } from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import { timesOf } from '@ticklake/shuffle';
import type { ObjectStore } from '@ticklake/storage';
import { BATCH_ROWS, PUBLISHED_LIMITS } from '../limits.js';
import { partitionDataset, type PartitionManifest } from '../partitions/manifest.js';
import type { ExaminedRows } from './examine-rows.js';

/** A published partition, opened. */
export interface OpenPartition {
  readonly manifest: PartitionManifest;
  /** As its file has it. */
  readonly schema: Schema;
  /** All rows in their order. */
  rows(): AsyncGenerator<ExaminedRows>;
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
    return await use({ manifest: published.manifest, schema, rows: () => examinedRows(reader) });
  } finally {
    reader.close();
  }
}

async function* examinedRows(reader: ParquetReader): AsyncGenerator<ExaminedRows> {
  const { fields } = reader.schema;
  const columns = fields.filter(({ type }) => typeText(type) !== 'utf8').map(({ name }) => name);
  for await (const batch of reader.batches({ columns, rowsMax: BATCH_ROWS })) {
    const fixed = batch.columns.map(fixedColumn);
    const values = Object.fromEntries(fixed.map((column, i) => [columns[i] as string, column.values]));
    yield { times: timesOf(fixed), values };
  }
}

function fixedColumn(column: Column) {
  const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
  assert(plain.layout === 'fixed', 'columns but texts have a fixed width');
  return plain;
}
