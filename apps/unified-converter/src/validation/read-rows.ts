import { decodeDictionary, typeText, type Arena, type Column, type Schema } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { readPublished } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import { BATCH_ROWS, PUBLISHED_LIMITS } from '../limits.js';
import { partitionDataset, type PartitionManifest } from '../partitions/manifest.js';
import { timesOf } from '../partitions/router.js';
import type { ExaminedRows } from './examine-rows.js';

/** A published partition, opened. */
export interface OpenPartition {
  readonly manifest: PartitionManifest;
  /** As its file has it. */
  readonly schema: Schema;
  /** All rows in their order; the partition is closed with them. */
  rows(): AsyncGenerator<ExaminedRows>;
}

/** Opens what is published in `directory`; `undefined` where nothing is. @throws LakeError as `readPublished` and `openParquet`. */
export async function openPartition(
  store: ObjectStore,
  directory: string,
  arena: Arena,
): Promise<OpenPartition | undefined> {
  const published = await readPublished(partitionDataset(store, directory));
  if (published === undefined) return undefined;
  const reader = await openParquet({ source: published.data, arena }, PUBLISHED_LIMITS);
  const { schema } = reader;
  const columns = schema.fields.filter(({ type }) => typeText(type) !== 'utf8').map(({ name }) => name);
  return {
    manifest: published.manifest,
    schema,
    async *rows() {
      try {
        for await (const batch of reader.batches({ columns, rowsMax: BATCH_ROWS })) {
          const fixed = batch.columns.map(fixedColumn);
          const values = Object.fromEntries(fixed.map((column, i) => [columns[i] as string, column.values]));
          yield { times: timesOf(fixed), values };
        }
      } finally {
        reader.close();
      }
    },
  };
}

function fixedColumn(column: Column) {
  const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
  assert(plain.layout === 'fixed', 'columns but texts have a fixed width');
  return plain;
}
