import { createColumnBuffer, type Arena } from '@ticklake/columnar';
import { isLakeError, LakeError, mapBounded } from '@ticklake/core';
import type { Dataset } from '@ticklake/market';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { agreeOnSchema } from './agree-on-schema.js';
import { inspectSource, type InspectedSource } from './inspect-source.js';
import { READ_BATCH_ROWS, SPOOL_LIMITS } from './limits.js';
import { openSpoolFile } from './spool-file.js';

/** What files are judged with. */
export interface JudgeTools {
  readonly arena: Arena;
  readonly dataset: Dataset;
  /** Files judged at once. */
  readonly concurrency: number;
  /** Told the place of each file in the list before it is opened, and waited for. */
  onFile(index: number): Promise<void>;
}

/** A spool file that cannot be compacted, and why. */
export interface Damage {
  readonly object: ObjectMeta;
  readonly error: LakeError;
  /** As its footer says; null where that cannot be read. */
  readonly rows: number | null;
}

/**
 * Every damaged file of a partition, not only the first the merge met. A verdict counts only when a second reading of
 * the same bytes repeats it, so that a passing fault of a disk or a network never condemns a file (invariant I18).
 *
 * @throws LakeError `unavailable` when two readings of a file find two different faults.
 */
export async function findDamage(
  store: ObjectStore,
  objects: readonly ObjectMeta[],
  tools: JudgeTools,
): Promise<readonly Damage[]> {
  const verdicts = await mapBounded(objects, tools.concurrency, async (object, index) => {
    await tools.onFile(index);
    return judge(store, object, tools);
  });
  const damages = verdicts.filter((verdict): verdict is Damage => 'error' in verdict);
  const sound = verdicts.filter((verdict): verdict is InspectedSource => !('error' in verdict));
  if (sound.length === 0) return damages;
  const { strangers } = agreeOnSchema(sound, []);
  return [
    ...damages,
    ...strangers.map(({ source, error }) => ({ object: source.object, error, rows: source.rowCount })),
  ];
}

async function judge(
  store: ObjectStore,
  object: ObjectMeta,
  tools: JudgeTools,
): Promise<InspectedSource | Damage> {
  const first = await readThrough(store, object, tools);
  if (!('error' in first)) return first;
  const second = await readThrough(store, object, tools);
  if (!('error' in second) || second.error.code === first.error.code) return second;
  throw new LakeError('unavailable', 'a spool file reads differently each time', {
    details: { key: object.key, first: first.error.code, second: second.error.code },
    cause: first.error,
  });
}

async function readThrough(
  store: ObjectStore,
  object: ObjectMeta,
  { arena, dataset }: JudgeTools,
): Promise<InspectedSource | Damage> {
  let rows: number | null = null;
  try {
    const source = await openSpoolFile(store, object);
    const reader = await openParquet({ source, arena }, SPOOL_LIMITS);
    rows = reader.rowCount;
    try {
      const options = { arena, dataset, dayOf: () => undefined };
      const inspected = await inspectSource({ reader, source }, object, options);
      await readColumns(arena, reader);
      return inspected;
    } finally {
      reader.close();
    }
  } catch (error) {
    if (isLakeError(error, 'corrupt')) return { object, error, rows };
    throw error;
  }
}

/** Every value of every column, to see whether it can be read. */
async function readColumns(arena: Arena, reader: ParquetReader): Promise<void> {
  for (const { name, type } of reader.schema.fields) {
    const cursor = reader.column(name);
    const column = createColumnBuffer(arena, type);
    try {
      for (let row = 0; row < reader.rowCount; row += READ_BATCH_ROWS) {
        column.clear();
        await cursor.read(column, Math.min(READ_BATCH_ROWS, reader.rowCount - row));
      }
    } finally {
      column.release();
    }
  }
}
