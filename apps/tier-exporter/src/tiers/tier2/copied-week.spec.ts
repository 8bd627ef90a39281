import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { isLakeError, parseUtcDay, type LakeError } from '@ticklake/core';
import { openParquet } from '@ticklake/parquet';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { PUBLISHED_LIMITS } from '../../limits.js';
import { entryText, fillDay, hourBytes, putHour } from '../../testing/archive.js';
import { ARENA, readBack, suiteDirectory, testContext } from '../../testing/context.js';
import { changeManifest, copyOf, replaceDay, sha256, SILENT, weekContext } from '../../testing/weeks.js';
import { exportDay } from '../tier3/export-day.js';
import { buildWeek, localWeek, type WeekContext } from './build-week.js';
import { INCLUDED_COLUMNS, TIER2_SCHEMA } from './columns.js';
import { USUAL_NULLS } from '../verify/null-counts.js';
import { windowDays } from './read-days.js';
import { verifyWeek } from './verify-week.js';

const directory = suiteDirectory();
const WEEK = { endDay: parseUtcDay('2025-12-24'), dayCount: 3 };
const days = windowDays(WEEK.endDay, WEEK.dayCount);
const [FIRST, SECOND] = days as unknown as [string, string];
const KEY = '2025-12-24/dataset_entries_3d.parquet';

/** Three days, the first of more than a row group, with sessions that come again. */
const exports = memoryStore();
beforeAll(async () => {
  for (const [i, day] of days.entries()) {
    const context = testContext(directory, { output: exports });
    await fillDay(context.archive, { day });
    const lines = Array.from({ length: i === 0 ? 700 : 30 }, (_, line) =>
      entryText(`S${line % 9}`, {
        meta: { schema_version: 7, session_id: `${i} ${line % 500}`, sample_count: line },
        scores: line % 3 === 0 ? null : { final: line / 8, mom: line % 2 === 0 ? null : 1 },
        twitter_sentiment_meta: { source: 'x', bucket_meta: line % 4 === 0 ? {} : { coin: `c${line % 5}` } },
      }),
    );
    await putHour(context.archive, 7, hourBytes(...lines), day);
    await exportDay(day, context);
  }
});
afterEach(() => expect(ARENA.usedBytes).toBe(0));

const contextOf = (store: ObjectStore, changes: Partial<WeekContext> = {}) =>
  weekContext(directory, { inputs: { store, isExport: true }, ...changes });

async function build(store: ObjectStore) {
  const context = contextOf(store);
  const { local } = await buildWeek(WEEK, context);
  const { bytes } = await context.output.get(KEY);
  return { ...local, bytes, output: context.output };
}

/** Errors of the week, and what is told of its days. */
async function verified(output: ObjectStore, store: ObjectStore): Promise<string[]> {
  const { findings } = await verifyWeek(localWeek(output, WEEK), WEEK.endDay, {
    ...{ arena: ARENA, sizeMinBytes: 0, nulls: USUAL_NULLS, signal: new AbortController().signal },
    sample: { rows: 'all', seed: '' },
    inputs: { store, isExport: true },
  });
  return findings
    .filter(({ severity, check }) => severity === 'error' || check === 'source')
    .map(({ severity, check, details }) => `${severity} ${check} ${String(details['day'])}`);
}

const copiedOf = ({ manifest }: Awaited<ReturnType<typeof build>>) =>
  manifest.source_inputs_detail.map(({ copied }) => copied);

async function failureOf(store: ObjectStore): Promise<LakeError | undefined> {
  const context = contextOf(store);
  try {
    await buildWeek(WEEK, context);
  } catch (error) {
    if (!isLakeError(error)) throw error;
    expect(await context.output.head(KEY)).toBeUndefined();
    return error;
  }
  return undefined;
}

/** Where the last chunk of a column stands in the file of a day. */
async function chunkOf(store: ObjectStore, day: string, column: string) {
  const source = await store.open(`${day}/data.parquet`);
  const reader = await openParquet({ source, arena: ARENA }, PUBLISHED_LIMITS);
  const { columns } = reader.rowGroups[0]!;
  reader.close();
  return columns.filter(({ name }) => name === column).at(-1)!;
}

/** A store whose disk has flipped a bit at the end of a column's chunk since, which no version tells. */
async function rotten(store: ObjectStore, day: string, column: string): Promise<ObjectStore> {
  const { offset, sizeBytes } = await chunkOf(store, day, column);
  const at = offset + sizeBytes - 1;
  return {
    ...store,
    async open(key) {
      const source = await store.open(key);
      if (!key.startsWith(day)) return source;
      const { meta, size } = source;
      const read: typeof source.read = async (start, length, into) => {
        const bytes = Uint8Array.from(await source.read(start, length));
        if (at >= start && at < start + length) bytes[at - start]! ^= 1;
        if (into === undefined) return bytes;
        into.set(bytes);
        return into.subarray(0, bytes.length);
      };
      return { meta, size, read };
    },
  };
}

/** What DuckDB makes of the file of a day by `select`, as zstd without checksums. */
async function rewritten(store: ObjectStore, day: string, select: string): Promise<Uint8Array> {
  const paths = ['day.parquet', 'rewritten.parquet'].map((name) => join(directory, name));
  writeFileSync(paths[0]!, (await store.get(`${day}/data.parquet`)).bytes);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(
    `copy (${select} from '${paths[0]}') to '${paths[1]}' (format parquet, compression zstd)`,
  );
  connection.closeSync();
  instance.closeSync();
  return new Uint8Array(readFileSync(paths[1]!));
}

describe('a week of days that answer for their columns', () => {
  it('has the bytes that decoding and encoding it gives', async () => {
    const silent = await copyOf(exports);
    for (const day of days) await changeManifest(silent, day, () => SILENT);
    const [copied, decoded] = [await build(exports), await build(silent)];
    expect(copiedOf(copied)).toEqual([true, true, true]);
    expect(copiedOf(decoded)).toEqual([false, false, false]);
    expect(Buffer.compare(copied.bytes, decoded.bytes)).toBe(0);
    expect(copied.facts.content).toEqual(decoded.facts.content);
    expect(copied.manifest.receipt).toEqual(decoded.manifest.receipt);
    expect(copied.manifest.duplicate_session_rows).toBe(200);
    expect(decoded.manifest.duplicate_session_rows).toBe(200);
    expect(copied.facts.rowCount).toBe(700 + 30 + 30 + 3 * 46);
    expect(await verified(copied.output, exports)).toEqual([]);
  });

  it('has, value by value, the columns of its days', async () => {
    const { output } = await build(exports);
    const week = await readBack(localWeek(output, WEEK));
    for (const { name } of TIER2_SCHEMA.fields) {
      const all: unknown[] = [];
      for (const day of days) {
        const one = await readBack({
          ...localWeek(exports, WEEK),
          ...{ directory: `${day}/`, dataName: 'data.parquet' },
          manifestSchema: (await import('../tier3/manifest.js')).tier3ManifestSchema as never,
        });
        all.push(...((await one?.column(name)) as unknown[]));
      }
      expect(await week?.column(name)).toEqual(all);
    }
  });

  it.each(INCLUDED_COLUMNS)('is refused where a bit of a column is another: %s', async (column) => {
    const store = await rotten(exports, SECOND, column);
    expect(await failureOf(store)).toMatchObject({ kind: 'corrupt', code: 'CRC_MISMATCH' });
  });

  it('does not look at columns that it does not have', async () => {
    const store = await rotten(exports, SECOND, 'spot_prices');
    expect(sha256((await build(store)).bytes)).toBe(sha256((await build(exports)).bytes));
  });

  it.each<[string, (manifest: Record<string, unknown>) => object, object]>([
    [
      'other bytes than the manifest says',
      ({ tier2_columns: columns }) => ({
        tier2_columns: (columns as { name: string }[]).map((one) =>
          one.name === 'scores' ? { ...one, sha256: '0'.repeat(64) } : one,
        ),
      }),
      { details: { day: SECOND, column: 'scores' } },
    ],
    [
      'more bytes than the manifest says',
      ({ tier2_columns: columns }) => ({
        tier2_columns: (columns as { name: string }[]).map((one) =>
          one.name === 'symbol' ? { ...one, size_bytes: 4 } : one,
        ),
      }),
      { details: { day: SECOND, column: 'symbol' } },
    ],
    [
      'other rows than the manifest says',
      ({ content }) => ({ tier2_content: content }),
      { message: 'the digests of a day do not add up to what its manifest says' },
    ],
  ])('is refused where a day has %s', async (_, change, expected) => {
    const store = await copyOf(exports);
    await changeManifest(store, SECOND, change);
    expect(await failureOf(store)).toMatchObject({ kind: 'corrupt', code: 'DATA_MISMATCH', ...expected });
  });

  it('is decoded where a day does not answer for just these columns', async () => {
    const store = await copyOf(exports);
    await changeManifest(store, SECOND, ({ tier2_columns: columns }) => ({
      tier2_columns: (columns as object[]).slice(1),
    }));
    const week = await build(store);
    expect(copiedOf(week)).toEqual([true, false, true]);
    expect(Buffer.compare(week.bytes, (await build(exports)).bytes)).toBe(0);
  });
});

describe('a week with a day of another writer', () => {
  it('has the same rows, whatever that writes', async () => {
    const store = await copyOf(exports);
    await replaceDay(store, FIRST, { bytes: await rewritten(store, FIRST, 'select *'), rowCount: 746 });
    const [mixed, copied] = [await build(store), await build(exports)];
    expect(copiedOf(mixed)).toEqual([false, true, true]);
    expect(mixed.facts.content).toEqual(copied.facts.content);
    expect(mixed.manifest.duplicate_session_rows).toBe(200);
  });

  it('has fields by their names: null where a day lacks them, and those that only one has', async () => {
    const select = `select * exclude (meta), struct_pack(more := 5, session_id := meta.session_id,
      sample_count := meta.sample_count) as meta`;
    const store = await copyOf(exports);
    await replaceDay(store, SECOND, { bytes: await rewritten(store, SECOND, select), rowCount: 76 });
    const week = await build(store);
    // Of the others nothing can be copied: their columns are not those of the week any more.
    expect(copiedOf(week)).toEqual([false, false, false]);
    const found = await readBack(localWeek(week.output, WEEK));
    const meta = (await found?.column('meta')) as (readonly unknown[])[];
    const names = [
      ...(
        TIER2_SCHEMA.fields.find(({ name }) => name === 'meta')!.type as never as {
          children: { name: string }[];
        }
      ).children.map(({ name }) => name),
      'more',
    ];
    const at = (row: number, name: string) => meta[row]?.[names.indexOf(name)];
    expect([14, 746 + 14].map((row) => at(row, 'schema_version'))).toEqual([7n, null]);
    expect([14, 746 + 14].map((row) => at(row, 'more'))).toEqual([null, 5]);
    expect([15, 746 + 15].map((row) => at(row, 'sample_count'))).toEqual([1n, 1n]);
    expect([15, 746 + 15].map((row) => at(row, 'session_id'))).toEqual(['0 1', '1 1']);
    expect(week.manifest.duplicate_session_rows).toBe(200);
    expect(await verified(week.output, store)).toEqual(days.map((day) => `info source ${day}`));
  });

  it('is refused where an entry lacks what every entry has', async () => {
    const store = await copyOf(exports);
    const select = `select * replace (case when symbol = 'S3' then null else symbol end as symbol)`;
    await replaceDay(store, SECOND, { bytes: await rewritten(store, SECOND, select), rowCount: 76 });
    expect(await failureOf(store)).toMatchObject({
      kind: 'corrupt',
      code: 'SCHEMA_MISMATCH',
      details: { path: 'symbol' },
    });
  });

  it('is refused where a field has another type, which is told', async () => {
    const store = await copyOf(exports);
    const select = `select * exclude (meta), struct_pack(sample_count := meta.sample_count::varchar) as meta`;
    await replaceDay(store, SECOND, { bytes: await rewritten(store, SECOND, select), rowCount: 76 });
    expect(await failureOf(store)).toMatchObject({
      kind: 'corrupt',
      code: 'SCHEMA_MISMATCH',
      details: {
        days: SECOND,
        columns: `meta.sample_count: int64 in ${FIRST}, utf8 in ${SECOND}`,
      },
    });
  });
});
