import { manifestDigest } from '@ticklake/manifest';
import { LakeError, parseUtcDay } from '@ticklake/core';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { DAY, entryText, fillDay, hourBytes, putHour } from '../../testing/archive.js';
import { ARENA, suiteDirectory, testContext } from '../../testing/context.js';
import { fullDayIn } from '../../testing/exports.js';
import { exportDay, localDataset } from './export-day.js';
import type { Tier3Manifest } from './manifest.js';
import { USUAL_NULLS } from '../verify/null-counts.js';
import { nullRatiosOf, readHistory } from './null-drift.js';
import { verifyDay, type VerifyDayOptions } from './verify-day.js';

const directory = suiteDirectory();
const fullDay = fullDayIn(directory);
const usual: VerifyDayOptions = {
  arena: ARENA,
  sample: { rows: 'all', seed: 'spec' },
  sizeMinBytes: 0,
  nulls: USUAL_NULLS,
  history: [],
  signal: new AbortController().signal,
};
const DATA = '2026-01-15/data.parquet';
const MANIFEST = '2026-01-15/manifest.json';

afterEach(() => expect(ARENA.usedBytes).toBe(0));

/** An exported day in which nothing is unusual but what `members` of its first entry make so. */
async function exported(members?: Readonly<Record<string, unknown>>): Promise<ObjectStore> {
  const context = await fullDay({ allowIncomplete: true });
  for (let hour = 0; hour < 24; hour++) await putHour(context.archive, hour, hourBytes(usualEntry()));
  if (members !== undefined) await putHour(context.archive, 0, hourBytes(usualEntry(members)));
  await exportDay(DAY, context);
  return context.output;
}

const meta = { schema_version: 7, added_ts: '2026-01-15T00:10:01.000250Z', duration_sec: 7210.5 };

function usualEntry(members: Readonly<Record<string, unknown>> = {}): string {
  return entryText('AAVE', {
    meta,
    futures_raw: { contract: 'AAVEUSDT', age_sec: 3, open_interest: 5 },
    derived: { spread_bps: 1 },
    scores: { final: 1 },
    flags: { spot_data_ok: true },
    diag: { builder_version: 'v1.0' },
    twitter_sentiment_windows: { last_cycle: { posts_total: 1 } },
    twitter_sentiment_meta: { source: 'x' },
    ...members,
  });
}

/** Findings as `severity check`. */
async function findingsOf(store: ObjectStore, options: Partial<VerifyDayOptions> = {}): Promise<string[]> {
  const { findings } = await verifyDay(localDataset(store, DAY), DAY, { ...usual, ...options });
  return findings.map(({ severity, check }) => `${severity} ${check}`);
}

/** Changes the manifest; its own digest too, unless `digest` is off. */
async function changeManifest(
  store: ObjectStore,
  change: (manifest: Tier3Manifest) => object,
  { digest = true } = {},
): Promise<void> {
  const manifest = JSON.parse(Buffer.from((await store.get(MANIFEST)).bytes).toString()) as Tier3Manifest;
  const changed = { ...manifest, ...change(manifest) };
  if (digest) changed.manifest_sha256 = manifestDigest(changed);
  await store.put(MANIFEST, Buffer.from(JSON.stringify(changed, undefined, 2)));
}

it('has nothing against a usual day', async () => {
  expect(await findingsOf(await exported())).toEqual([]);
});

it('does not believe what a manifest says of the columns of tier 2', async () => {
  const store = await exported();
  await changeManifest(store, ({ content }) => ({ tier2_content: content }));
  expect(await findingsOf(store)).toEqual(['error tier2']);
});

describe('objects', () => {
  it('that are not there', async () => {
    const store = await exported();
    await store.delete(DATA);
    expect(await findingsOf(store)).toEqual(['error presence']);
    await store.delete(MANIFEST);
    expect(await findingsOf(store)).toEqual(['error presence', 'error presence']);
    expect(await findingsOf(memoryStore())).toEqual(['error presence', 'error presence']);
  });

  it('that the store gives other bytes of than it was given', async () => {
    const store = await exported();
    const damaged: ObjectStore = {
      ...store,
      get: async (key, into) => {
        if (key === MANIFEST)
          throw new LakeError('corrupt', 'other bytes than were written', { code: 'CHECKSUM' });
        return store.get(key, into);
      },
    };
    expect(await findingsOf(damaged)).toEqual(['error manifest']);
  });

  it('that are too small', async () => {
    const store = await exported();
    expect(await findingsOf(store, { sizeMinBytes: 1_000_000 })).toEqual(['error size']);
    await store.put(MANIFEST, Buffer.from('{}'));
    expect(await findingsOf(store)).toEqual(['error size', 'error manifest']);
  });

  it('of which any bit is changed', async () => {
    const store = await exported();
    for (const key of [DATA, MANIFEST]) {
      const { bytes } = await store.get(key);
      // Every part of either, the footer of the file with its index too.
      for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 60)) {
        const changed = Uint8Array.from(bytes);
        changed[at] = (changed[at] as number) ^ (1 << (at & 7));
        await store.put(key, changed);
        const findings = await findingsOf(store);
        expect({ key, at, found: findings.some((finding) => finding.startsWith('error')) }).toEqual({
          key,
          at,
          found: true,
        });
      }
      await store.put(key, bytes);
    }
    expect(await findingsOf(store)).toEqual([]);
  });

  it('that are cut, or are no Parquet at all', async () => {
    const store = await exported();
    const { bytes } = await store.get(DATA);
    await store.put(DATA, bytes.subarray(0, bytes.length >> 1));
    expect(await findingsOf(store)).toEqual(
      expect.arrayContaining(['error readable', 'error size', 'error sha256']),
    );
    await store.put(DATA, Buffer.from('ts,symbol\n'));
    expect(await findingsOf(store)).toContain('error readable');
  });
});

describe('a manifest', () => {
  it.each<[string, (manifest: Tier3Manifest) => object, string[]]>([
    ['of another day', () => ({ date_utc: '2026-01-14' }), ['error date']],
    ['of another SHA-256', () => ({ parquet_sha256: '0'.repeat(64) }), ['error sha256']],
    [
      'of another size',
      ({ parquet_size_bytes }) => ({ parquet_size_bytes: parquet_size_bytes + 1 }),
      ['error size'],
    ],
    [
      'of other rows',
      ({ row_count }) => ({ row_count: row_count + 1 }),
      ['error hours', 'error receipt', 'error row_count'],
    ],
    [
      'of other content',
      () => ({ content: { multiset: '0'.repeat(32), ordered: '1'.repeat(32) } }),
      ['error content', 'error content'],
    ],
    ['of other columns', () => ({ schema_sha256: '0'.repeat(64) }), ['error schema']],
    ['whose hours contradict each other', () => ({ missing_hours: [3] }), ['error hours']],
    [
      'that claims to be complete',
      ({ hours }) => ({ hours: hours.map((hour, i) => (i === 3 ? { ...hour, complete: false } : hour)) }),
      ['error hours'],
    ],
    [
      'whose sources do not add up',
      ({ sources }) => ({ sources: sources.slice(1) }),
      ['error receipt', 'error receipt'],
    ],
    [
      'with another receipt',
      ({ receipt }) => ({
        receipt: {
          ...receipt,
          quarantined: [{ name: 'x', size: 1, sha256: '0'.repeat(64), code: 'X', rows: 0 }],
        },
      }),
      ['error receipt', 'error receipt'],
    ],
  ])('%s', async (_, change, expected) => {
    const store = await exported();
    await changeManifest(store, change);
    expect(await findingsOf(store)).toEqual(expected);
  });

  it('that was changed by hand', async () => {
    const store = await exported();
    await changeManifest(store, () => ({ created_ts_utc: '2026-01-20T12:00:01.000000+00:00' }), {
      digest: false,
    });
    expect(await findingsOf(store)).toEqual(['error manifest']);
  });

  it.each(['{"date_utc":', '[]', '{"tier":"tier2","padding":"........................................"}'])(
    'that is none: %s',
    async (text) => {
      const store = await exported();
      await store.put(MANIFEST, Buffer.from(text.padEnd(60)));
      expect(await findingsOf(store)).toEqual(['error manifest']);
    },
  );

  it('of an incomplete day is a warning', async () => {
    const context = testContext(directory, { allowIncomplete: true });
    await fillDay(context.archive, { except: [3] });
    await exportDay(DAY, context);
    expect(await findingsOf(context.output)).toContain('warning hours');
    expect((await findingsOf(context.output)).filter((finding) => finding.startsWith('error'))).toEqual([]);
  });
});

describe('rows', () => {
  it.each<[string, Record<string, unknown>, string[]]>([
    ['without a symbol', { symbol: '' }, ['error symbol']],
    ['of another version', { meta: { ...meta, schema_version: 8 } }, ['warning schema_version']],
    ['without added_ts', { meta: { ...meta, added_ts: null } }, ['warning added_ts']],
    [
      'added on another day',
      { meta: { ...meta, added_ts: '2026-01-14T22:00:00Z' } },
      ['info added_other_day'],
    ],
    ['that took long', { meta: { ...meta, duration_sec: 9000.5 } }, ['warning duration_sec']],
    ['that took just so long', { meta: { ...meta, duration_sec: 9000 } }, []],
    ['that were over at once', { meta: { ...meta, duration_sec: 12 } }, ['warning duration_sec']],
    ['with a negative spread', { derived: { spread_bps: -0.5 } }, ['warning spread_bps']],
    ['with futures of no contract', { futures_raw: { age_sec: 1 } }, ['error futures']],
    ['with futures from tomorrow', { futures_raw: { contract: 'X', age_sec: -1 } }, ['error futures']],
    ['with negative interest', { futures_raw: { contract: 'X', open_interest: -1 } }, ['error futures']],
    ['without futures', { futures_raw: null }, []],
  ])('%s', async (_, members, expected) => {
    expect(await findingsOf(await exported(members))).toEqual(expected);
  });

  it('are told by number, the first five of each kind', async () => {
    const context = await fullDay();
    const long = usualEntry({ meta: { ...meta, duration_sec: 9500 } });
    await putHour(context.archive, 0, hourBytes(...Array.from({ length: 300 }, () => long)));
    await exportDay(DAY, context);
    const { findings } = await verifyDay(localDataset(context.output, DAY), DAY, usual);
    const found = findings.find(({ check }) => check === 'duration_sec');
    expect(found?.details).toEqual({
      rows: 300,
      first: [0, 1, 2, 3, 4].map((row) => `row ${row}: 9500`).join('; '),
    });
  });

  it('are drawn by a seed: the same for the same, others for another, none when none are wanted', async () => {
    const context = await fullDay();
    const entries = Array.from({ length: 200 }, (_, i) =>
      usualEntry({ meta: { ...meta, duration_sec: 9100 + i } }),
    );
    await putHour(context.archive, 0, hourBytes(...entries));
    await exportDay(DAY, context);
    const firstOf = async (rows: number, seed: string) => {
      const dataset = localDataset(context.output, DAY);
      const { findings } = await verifyDay(dataset, DAY, { ...usual, sample: { rows, seed } });
      return findings.find(({ check }) => check === 'duration_sec')?.details;
    };
    expect(await firstOf(20, 'a')).toEqual(await firstOf(20, 'a'));
    expect(await firstOf(20, 'a')).not.toEqual(await firstOf(20, 'b'));
    expect((await firstOf(20, 'a'))?.['rows']).toBeLessThanOrEqual(20);
    expect(await firstOf(0, 'a')).toBeUndefined();
  });
});

describe('columns', () => {
  it('that are null more often than usual, or everywhere', async () => {
    const context = await fullDay();
    for (let hour = 0; hour < 24; hour++) {
      const members = {
        scores: {},
        diag: null,
        ...(hour < 2 ? { flags: null } : {}),
        ...(hour < 22 ? { futures_raw: null } : {}),
      };
      await putHour(context.archive, hour, hourBytes(usualEntry(members)));
    }
    await exportDay(DAY, context);
    const { findings } = await verifyDay(localDataset(context.output, DAY), DAY, usual);
    expect(
      findings.map(({ check, message, details }) => [check, message, details['column'], details['nulls']]),
    ).toEqual([
      ['null_ratio', 'a column is null everywhere', 'scores', 24],
      ['null_ratio', 'a column is null more often than usual', 'flags', 2],
      ['null_ratio', 'a column is null everywhere', 'diag', 24],
      ['futures_ratio', 'few entries or none have futures', 'futures_raw', 22],
    ]);
  });
});

describe('nulls of the days before', () => {
  /** The store of a day whose entries have scores in so many of 24 hours. */
  async function withScores(hours: number): Promise<ObjectStore> {
    const context = await fullDay();
    for (let hour = 0; hour < 24; hour++) {
      await putHour(context.archive, hour, hourBytes(usualEntry(hour < hours ? {} : { scores: null })));
    }
    await exportDay(DAY, context);
    return context.output;
  }

  it('are counted by the export, of every column that may be null, and again by verify', async () => {
    const store = await withScores(20);
    const manifest = JSON.parse(Buffer.from((await store.get(MANIFEST)).bytes).toString()) as Tier3Manifest;
    expect(manifest.null_counts).toEqual({
      ...{ spot_raw: 0, futures_raw: 0, derived: 0, scores: 4, flags: 0, diag: 0 },
      ...{ twitter_sentiment_windows: 0, twitter_sentiment_meta: 0, spot_prices: 0, unknown_json: 24 },
    });
    await changeManifest(store, ({ null_counts }) => ({ null_counts: { ...null_counts, scores: 5 } }));
    expect(await findingsOf(store)).toContain('error null_counts');
  });

  it.each<[string, number, number[], string[]]>([
    ['more nulls than their median', 23, [24, 24, 24], []],
    ['many more', 20, [24, 24, 24], ['warning null_ratio', 'warning null_drift']],
    [
      'many more than the median, not than the mean',
      20,
      [0, 24, 24, 24, 0, 24, 24],
      ['warning null_ratio', 'warning null_drift'],
    ],
    ['what is usual by now', 20, [20, 20, 24, 20, 24, 20, 20], ['warning null_ratio']],
    ['fewer, which is no fault', 24, [20, 20, 20], ['info null_drift']],
    ['fewer days than tell anything', 20, [24, 24], ['warning null_ratio']],
  ])('with %s', async (_, now, before, expected) => {
    const history = before.map((hours) => new Map([['scores', (24 - hours) / 24]]));
    expect(await findingsOf(await withScores(now), { history })).toEqual(expected);
  });

  it('bounds are for whoever verifies to set', async () => {
    const store = await withScores(20);
    const history = [1, 2, 3].map(() => new Map([['scores', 0]]));
    const nulls = { ratioMax: { ...USUAL_NULLS.ratioMax, scores: 0.5 }, driftMax: 0.2 };
    expect(await findingsOf(store, { history, nulls })).toEqual([]);
  });

  it('are read from manifests alone, of the days that are there and can be understood', async () => {
    const context = await fullDay();
    const days = ['2026-01-08', '2026-01-12', '2026-01-13', '2026-01-14'].map((day) => parseUtcDay(day));
    for (const day of days) {
      await fillDay(context.archive, { day });
      await exportDay(day, context);
    }
    await context.output.put('2026-01-12/manifest.json', Buffer.from('{}'));
    await context.output.delete('2026-01-13/data.parquet');
    const history = await readHistory((day) => localDataset(context.output, day), DAY);
    expect(history.map((ratios) => ratios.get('scores'))).toEqual([1, 1, 1]);
    expect(nullRatiosOf({ row_count: 0, null_counts: {} })).toBeUndefined();
    expect(nullRatiosOf({ row_count: 1 })).toBeUndefined();
  });
});

it('throws nothing but what is no fault of the day', async () => {
  const store = await exported();
  const dataset = localDataset(store, DAY);
  await expect(verifyDay(dataset, DAY, { ...usual, signal: AbortSignal.abort() })).rejects.toMatchObject({
    kind: 'cancelled',
  });
});
