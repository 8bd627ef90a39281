import { addDays, isLakeError, LakeError, type Clock } from '@ticklake/core';
import type { Schema } from '@ticklake/columnar';
import { createParquetSink } from '@ticklake/parquet';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { fillDay } from '../../testing/archive.js';
import { ARENA, noonOf, readBack, suiteDirectory, testContext } from '../../testing/context.js';
import { keysOf } from '../../testing/exports.js';
import { exportWeekDays, WEEK, WEEK_DAYS } from '../../testing/exported-week.js';
import { copyOf, replaceDay, sha256, weekContext as contextOf } from '../../testing/weeks.js';
import { PARQUET } from '../../limits.js';
import { TIER3_SCHEMA } from '../tier3/columns.js';
import { exportDay } from '../tier3/export-day.js';
import { buildWeek, localWeek, tier2Dataset, type WeekContext } from './build-week.js';
import { columnPolicy, TIER2_SCHEMA } from './columns.js';
import { tier2ManifestSchema } from './manifest.js';

const directory = suiteDirectory();
const days = WEEK_DAYS;
const END = WEEK.endDay;

let exports: ObjectStore;
let published: ObjectStore;
beforeAll(async () => void ({ exports, published } = await exportWeekDays(directory)));
afterEach(() => expect(ARENA.usedBytes).toBe(0));

const weekContext = (changes: Partial<WeekContext> = {}) =>
  contextOf(directory, { inputs: { store: published, isExport: false }, ...changes });

/** A file of these columns and no rows. */
async function parquetOf(schema: Schema): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const target = { write: async (bytes: Uint8Array) => void parts.push(bytes.slice()) };
  const sink = createParquetSink({ target, arena: ARENA }, schema, { ...PARQUET, createdBy: 'spec' });
  await sink.finish({});
  return new Uint8Array(Buffer.concat(parts));
}

async function failureOf(context: WeekContext) {
  try {
    await buildWeek(WEEK, context);
  } catch (error) {
    if (!isLakeError(error)) throw error;
    return error;
  }
  return undefined;
}

describe('a week', () => {
  it('has the entries of its days in their order, and seven columns', async () => {
    const context = weekContext();
    const { local } = await buildWeek(WEEK, context);
    expect(await keysOf(context.output)).toEqual([
      '2025-12-28/dataset_entries_7d.parquet',
      '2025-12-28/manifest.json',
    ]);
    const week = await readBack(localWeek(context.output, WEEK));
    const symbols = (await week?.column('symbol')) as string[];
    expect(symbols).toHaveLength(7 * 47);
    expect(symbols.filter((symbol) => symbol.startsWith('first'))).toEqual(
      days.map((day) => `first of ${day}`),
    );
    expect(symbols.slice(0, 3)).toEqual(['first of 2025-12-22', 'H1A', 'H1B']);
    expect((await week?.column('spot_raw'))?.[0]).toEqual([
      1.5,
      1.25,
      ...Array.from({ length: 17 }, () => null),
    ]);
    expect(local.facts.rowCount).toBe(7 * 47);
  });

  it('is described as the guide has it', async () => {
    const context = weekContext();
    const { manifest } = (await buildWeek(WEEK, context)).local;
    const { bytes } = await context.output.get('2025-12-28/dataset_entries_7d.parquet');
    expect(Object.entries(manifest).slice(0, 9)).toEqual([
      ['schema_version', 'v7'],
      ['tier', 'tier2'],
      ['window', { start_day: '2025-12-22', end_day: '2025-12-28', days_included: days }],
      ['build_ts_utc', '2026-01-16T12:00:00.000000+00:00'],
      ['source_inputs', days.map((day) => `tier3/daily/${day}/data.parquet`)],
      ['row_count', 329],
      [
        'column_policy',
        {
          included_top_level_columns: [
            'symbol',
            'snapshot_ts',
            'meta',
            'spot_raw',
            'derived',
            'scores',
            'twitter_sentiment_meta',
          ],
          excluded_top_level_columns: [
            'futures_raw',
            'flags',
            'diag',
            'twitter_sentiment_windows',
            'spot_prices',
            'unknown_json',
          ],
          explicit_exclusions: ['futures_raw', 'spot_prices', 'flags', 'diag', 'twitter_sentiment_windows'],
        },
      ],
      ['parquet_sha256', sha256(bytes)],
      ['parquet_size_bytes', bytes.length],
    ]);
    expect(manifest).toMatchObject({
      unclassified: [],
      incomplete_days: [],
      duplicate_session_rows: 1,
      receipt: { inputs: { files: 7, rows: 329 } },
    });
    expect(manifest.source_inputs_detail[2]).toMatchObject({
      day: '2025-12-24',
      key: 'tier3/daily/2025-12-24/data.parquet',
      row_count: 47,
      complete: true,
    });
    const stored = (await context.output.get('2025-12-28/manifest.json')).bytes;
    expect(tier2ManifestSchema.parse(JSON.parse(Buffer.from(stored).toString()))).toEqual(manifest);
  });

  it('has the same bytes from a local export, again, and in the bucket', async () => {
    const bucket = await copyOf(published);
    const fromBucket = await buildWeek(WEEK, weekContext({ bucket }));
    const context = weekContext({ inputs: { store: exports, isExport: true } });
    const fromExport = await buildWeek(WEEK, context);
    expect(fromExport.local.facts.content).toEqual(fromBucket.local.facts.content);
    expect((await buildWeek(WEEK, context)).local.status).toBe('unchanged');
    expect(fromBucket.uploaded?.status).toBe('published');
    const { bytes } = await bucket.get('tier2/weekly/2025-12-28/dataset_entries_7d.parquet');
    expect(sha256(bytes)).toBe(fromBucket.local.facts.sha256);
    expect((await readBack(tier2Dataset(bucket, WEEK)))?.manifest.row_count).toBe(329);
    const again = await buildWeek(WEEK, weekContext());
    expect(again.local.facts).toEqual(fromBucket.local.facts);
  });

  it('may have fewer days, and is called by their number', async () => {
    const context = weekContext();
    const two = { endDay: addDays(END, -2), dayCount: 2 };
    const { local } = await buildWeek(two, context);
    expect(local.manifest.window.days_included).toEqual(['2025-12-25', '2025-12-26']);
    expect(await keysOf(context.output)).toContain('2025-12-26/dataset_entries_2d.parquet');
  });

  it('tells of days that are not complete', async () => {
    const store = await copyOf(exports);
    const archive = memoryStore();
    await fillDay(archive, { day: END, except: [4] });
    await exportDay(
      END,
      testContext(directory, { archive, output: store, allowIncomplete: true, overwrite: true }),
    );
    const { manifest } = (await buildWeek(WEEK, weekContext({ inputs: { store, isExport: true } }))).local;
    expect(manifest.incomplete_days).toEqual(['2025-12-28']);
  });
});

/** A bucket of which a day is replaced so many times, each after all rows were read. */
async function replacing(times: number): Promise<ObjectStore> {
  const store = await copyOf(published);
  let left = times;
  return {
    ...store,
    async head(key) {
      if (key.endsWith('2025-12-22/data.parquet') && left-- > 0) {
        await store.put(key, (await store.get(key)).bytes);
      }
      return store.head(key);
    },
  };
}

it('is begun again when a day is replaced while it is read', async () => {
  const context = weekContext({ inputs: { store: await replacing(1), isExport: false } });
  const { local } = await buildWeek(WEEK, context);
  expect(local.facts.content).toEqual((await buildWeek(WEEK, weekContext())).local.facts.content);
});

it('is begun again when a day is replaced under the reader', async () => {
  const store = await copyOf(published);
  const key = 'tier3/daily/2025-12-24/data.parquet';
  let isReplaced = false;
  const changing: ObjectStore = {
    ...store,
    async open(name) {
      const source = await store.open(name);
      if (name === key && !isReplaced) {
        isReplaced = true;
        await store.put(key, (await store.get(key)).bytes);
      }
      return source;
    },
  };
  const inputs = { store: { ...changing, isLocal: false }, isExport: false };
  expect((await buildWeek(WEEK, weekContext({ inputs }))).local.facts.rowCount).toBe(329);
});

it('does not take for a changed day what somebody else published in its place', async () => {
  const output = memoryStore();
  await buildWeek({ ...WEEK, dayCount: 6 }, weekContext({ output }));
  const failure = await failureOf(weekContext({ output }));
  expect(failure).toMatchObject({ kind: 'conflict' });
  expect(failure?.code).not.toBe('DAY_CHANGED');
});

describe('a week that cannot be built', () => {
  it('because days are missing, in the words of the guide', async () => {
    const store = await copyOf(published);
    for (const day of [days[1], days[6]]) await store.delete(`tier3/daily/${day}/manifest.json`);
    const context = weekContext({ inputs: { store, isExport: false } });
    const failure = await failureOf(context);
    expect(failure).toMatchObject({ kind: 'incomplete', code: 'MISSING_DAYS' });
    expect(failure?.message).toBe('Missing Tier 3 daily parquets for: [2025-12-23, 2025-12-28]');
    expect(await keysOf(context.output)).toEqual([]);
  });

  it.each<[string, (store: ObjectStore) => Promise<unknown>, Record<string, unknown>]>([
    [
      'because a file is not what its manifest says',
      async (store) => {
        const { bytes } = await store.get('2025-12-24/data.parquet');
        await store.put(
          '2025-12-24/data.parquet',
          bytes.map((byte, i) => (i === 900 ? byte ^ 1 : byte)),
        );
      },
      { kind: 'corrupt' },
    ],
    [
      'because a manifest is of another day',
      async (store) => {
        for (const name of ['data.parquet', 'manifest.json']) {
          await store.put(`2025-12-24/${name}`, (await store.get(`2025-12-23/${name}`)).bytes);
        }
      },
      { kind: 'corrupt', code: 'SCHEMA_VERSION', details: { day: '2025-12-24', dateUtc: '2025-12-23' } },
    ],
    [
      'because a manifest is none',
      (store) => store.put('2025-12-24/manifest.json', Buffer.from('{}')),
      { kind: 'corrupt', code: 'MANIFEST' },
    ],
  ])('%s', async (_, spoil, expected) => {
    const store = await copyOf(exports);
    await spoil(store);
    const context = weekContext({ inputs: { store, isExport: true } });
    expect(await failureOf(context)).toMatchObject(expected);
    expect(await keysOf(context.output)).toEqual([]);
  });

  it('because a day has columns that do not go with the others, which are told', async () => {
    const store = await copyOf(exports);
    await replaceDay(store, '2025-12-24', {
      bytes: await parquetOf({
        fields: TIER2_SCHEMA.fields
          .filter(({ name }) => name !== 'scores')
          .map((field) => (field.name === 'derived' ? { ...field, type: { kind: 'utf8' } } : field)),
      }),
      rowCount: 0,
    });
    expect(await failureOf(weekContext({ inputs: { store, isExport: true } }))).toMatchObject({
      kind: 'corrupt',
      code: 'SCHEMA_MISMATCH',
      details: {
        days: '2025-12-24',
        columns:
          'derived: struct in 2025-12-22, utf8 in 2025-12-24; scores: struct in 2025-12-22, none in 2025-12-24',
      },
    });
  });

  it('because a day is replaced again and again', async () => {
    const context = weekContext({ inputs: { store: await replacing(99), isExport: false } });
    expect(await failureOf(context)).toMatchObject({
      ...{ kind: 'conflict', code: 'DAY_CHANGED', details: { day: '2025-12-22' } },
    });
    expect(await keysOf(context.output)).toEqual([]);
  });

  it('because it was cancelled', async () => {
    expect(await failureOf(weekContext({ signal: AbortSignal.abort() }))).toMatchObject({
      kind: 'cancelled',
    });
  });
});

describe('waiting for days', () => {
  /** A clock that moves by what is slept. */
  function movingClock(onSleep: () => Promise<void>): Clock & { slept: number[] } {
    let nowMs = noonOf('2026-01-16').nowMs();
    const slept: number[] = [];
    return {
      slept,
      nowMs: () => nowMs,
      async sleep(ms, signal) {
        if (signal?.aborted === true) throw new LakeError('cancelled', 'cancelled while waiting');
        slept.push(ms);
        nowMs += ms;
        await onSleep();
      },
    };
  }

  it('ends when they are there', async () => {
    const store = await copyOf(published);
    const key = 'tier3/daily/2025-12-28/manifest.json';
    const { bytes } = await store.get(key);
    await store.delete(key);
    const clock = movingClock(async () => {
      if (clock.slept.length === 3) await store.put(key, bytes);
    });
    const context = weekContext({ inputs: { store, isExport: false }, clock, waitMs: 7_200_000 });
    expect((await buildWeek(WEEK, context)).local.facts.rowCount).toBe(329);
    expect(clock.slept).toEqual([60_000, 60_000, 60_000]);
  });

  it('ends when the time is over', async () => {
    const clock = movingClock(() => Promise.resolve());
    const context = weekContext({ inputs: { store: memoryStore(), isExport: false }, clock, waitMs: 90_000 });
    expect(await failureOf(context)).toMatchObject({ code: 'MISSING_DAYS' });
    expect(clock.slept).toEqual([60_000, 30_000]);
  });
});

it('a column that nobody has decided about is left out and told of', () => {
  const novel = { name: 'novel', type: { kind: 'utf8' }, nullable: true } as const;
  const policy = columnPolicy([TIER2_SCHEMA, { fields: [...TIER3_SCHEMA.fields, novel] }]);
  expect(policy.included).not.toContain('novel');
  expect(policy.excluded).toContain('novel');
  expect(policy.unclassified).toEqual(['novel']);
});
