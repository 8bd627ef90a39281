import { createHash } from 'node:crypto';
import { LakeError } from '@ticklake/core';
import { manifestDigest, type Finding } from '@ticklake/manifest';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { entryText, fillDay, hourBytes, putHour } from '../../testing/archive.js';
import { ARENA, suiteDirectory, testContext } from '../../testing/context.js';
import { exportWeekDays, WEEK, WEEK_DAYS } from '../../testing/exported-week.js';
import { copyOf, weekContext } from '../../testing/weeks.js';
import { exportDay } from '../tier3/export-day.js';
import { USUAL_NULLS } from '../verify/null-counts.js';
import { readClaims } from '../verify/read-claims.js';
import { buildWeek, localWeek } from './build-week.js';
import type { CompareOptions } from './compare-days.js';
import type { Tier2Manifest } from './manifest.js';
import { verifyWeek } from './verify-week.js';

const directory = suiteDirectory();
const DATA = '2025-12-28/dataset_entries_7d.parquet';
const MANIFEST = '2025-12-28/manifest.json';

let published: ObjectStore;
let built: ObjectStore;
beforeAll(async () => {
  ({ published } = await exportWeekDays(directory));
  const context = weekContext(directory, { inputs: { store: published, isExport: false } });
  await buildWeek(WEEK, context);
  built = context.output;
});
afterEach(() => expect(ARENA.usedBytes).toBe(0));

const usual = (): CompareOptions => ({
  arena: ARENA,
  sample: { rows: 'all', seed: 'spec' },
  sizeMinBytes: 0,
  nulls: USUAL_NULLS,
  inputs: { store: published, isExport: false },
  signal: new AbortController().signal,
});

async function verified(
  store: ObjectStore,
  options: Partial<CompareOptions> = {},
): Promise<readonly Finding[]> {
  const { findings } = await verifyWeek(localWeek(store, WEEK), WEEK.endDay, { ...usual(), ...options });
  return findings;
}

/** Little entries lack blocks that a real one has, which is a warning in every week here. */
const LITTLE = ['derived', 'scores', 'twitter_sentiment_meta'];

/** Findings as `severity check`, without what all weeks here have. */
async function findingsOf(store: ObjectStore, options: Partial<CompareOptions> = {}): Promise<string[]> {
  return (await verified(store, options))
    .filter(({ check, details }) => !(check === 'null_ratio' && LITTLE.includes(String(details['column']))))
    .filter(({ check }) => check !== 'duplicates' && check !== 'added_other_day')
    .map(({ severity, check }) => `${severity} ${check}`);
}

/** A copy of the week with another manifest, whose own digest is right. */
async function withManifest(change: (manifest: Tier2Manifest) => object): Promise<ObjectStore> {
  const store = await copyOf(built);
  const manifest = JSON.parse(Buffer.from((await store.get(MANIFEST)).bytes).toString()) as Tier2Manifest;
  const changed = { ...manifest, ...change(manifest) };
  changed.manifest_sha256 = manifestDigest(changed);
  await store.put(MANIFEST, Buffer.from(JSON.stringify(changed, undefined, 2)));
  return store;
}

/** Numbers below `bound` that a seed draws. */
function* drawn(seed: string, bound: number): Generator<number> {
  for (let i = 0; ; i++) yield createHash('sha256').update(`${seed} ${i}`).digest().readUInt32BE() % bound;
}

const flipped = (bytes: Uint8Array, bit: number) =>
  bytes.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

it('has nothing against a usual week, by sample or in full', async () => {
  expect(await findingsOf(built)).toEqual([]);
  expect(await findingsOf(built, { sample: { rows: 20, seed: 'x' } })).toEqual([]);
  const { facts, tier, day } = await verifyWeek(localWeek(built, WEEK), WEEK.endDay, usual());
  expect({ rows: facts?.rowCount, tier, day }).toEqual({ rows: 329, tier: 2, day: '2025-12-28' });
});

it('knows the day of a row by its place', async () => {
  const found = (await verified(built)).find(({ check }) => check === 'added_other_day');
  // All but the first entry of each day were added on another one.
  expect(found?.details['rows']).toBe(329 - 7);
});

it('tells that entries have a session twice, which is no fault', async () => {
  const found = (await verified(built)).find(({ check }) => check === 'duplicates');
  expect(found).toMatchObject({ severity: 'info', details: { rows: 1 } });
});

describe('objects', () => {
  it('that are not there', async () => {
    const store = await copyOf(built);
    await store.delete(DATA);
    expect(await findingsOf(store)).toEqual(['error presence']);
    await store.delete(MANIFEST);
    expect(await findingsOf(store)).toEqual(['error presence', 'error presence']);
  });

  it('that no manifest describes are looked at as far as they tell', async () => {
    const store = await copyOf(built);
    await store.delete(MANIFEST);
    expect(await findingsOf(store)).toEqual(['error presence']);
    expect((await verifyWeek(localWeek(store, WEEK), WEEK.endDay, usual())).facts?.rowCount).toBe(329);
    await store.put('2025-12-28/dataset_entries_3d.parquet', (await store.get(DATA)).bytes);
    expect(await findingsOf(store)).toEqual(['error presence', 'error presence']);
  });

  it('that the store gives other bytes of than it was given', async () => {
    const damaged: ObjectStore = {
      ...built,
      get: (key, into) =>
        key === MANIFEST
          ? Promise.reject(new LakeError('corrupt', 'other bytes than were written', { code: 'CHECKSUM' }))
          : built.get(key, into),
    };
    expect(await findingsOf(damaged)).toEqual(['error manifest']);
  });

  it('that are too small', async () => {
    expect(await findingsOf(built, { sizeMinBytes: 1_000_000 })).toEqual(['error size']);
  });

  it.each(['data', 'manifest'])('of whose %s any of 150 bits is another', async (part) => {
    const key = part === 'data' ? DATA : MANIFEST;
    const store = await copyOf(built);
    const { bytes } = await store.get(key);
    const bits = drawn(part, bytes.length * 8);
    for (let i = 0; i < 150; i++) {
      const bit = bits.next().value as number;
      await store.put(key, flipped(bytes, bit));
      const findings = await findingsOf(store, { inputs: undefined });
      expect({ bit, found: findings.some((one) => one.startsWith('error')) }).toEqual({ bit, found: true });
    }
  });

  it('of whose manifest a bit of any byte is another', async () => {
    const store = memoryStore();
    const { bytes } = await built.get(MANIFEST);
    const bits = drawn('every byte', 8);
    for (let at = 0; at < bytes.length; at++) {
      await store.put(MANIFEST, flipped(bytes, at * 8 + (bits.next().value as number)));
      const findings: Finding[] = [];
      await readClaims({ ...localWeek(store, WEEK), tier: 2 }, findings);
      expect({ at, checks: findings.map(({ check }) => check) }).toEqual({ at, checks: ['manifest'] });
    }
  });
});

describe('a manifest', () => {
  const first = <T>(list: readonly T[], change: object): T[] =>
    list.map((one, i) => (i === 0 ? { ...one, ...change } : one));

  it.each<[string, (manifest: Tier2Manifest) => object, string[]]>([
    ['of another version', () => ({ schema_version: 'v8' }), ['error schema_version']],
    [
      'of another week',
      ({ window }) => ({ window: { ...window, end_day: '2025-12-27' } }),
      ['error window', 'error window'],
    ],
    [
      'of another first day',
      ({ window }) => ({ window: { ...window, start_day: '2025-12-23' } }),
      ['error window'],
    ],
    [
      'whose window lacks a day',
      ({ window }) => ({ window: { ...window, days_included: window.days_included.slice(1) } }),
      ['error window', 'error window', 'error inputs'],
    ],
    [
      'whose inputs are others',
      ({ source_inputs }) => ({ source_inputs: source_inputs.toReversed() }),
      ['error inputs'],
    ],
    [
      'whose days have other rows',
      ({ source_inputs_detail }) => ({
        source_inputs_detail: first(source_inputs_detail, { row_count: 46 }),
      }),
      ['error inputs'],
    ],
    [
      'whose days are other files',
      ({ source_inputs_detail }) => ({
        source_inputs_detail: first(source_inputs_detail, { sha256: '0'.repeat(64) }),
      }),
      ['error inputs'],
    ],
    [
      'that hides that a day is not complete',
      ({ source_inputs_detail }) => ({
        source_inputs_detail: first(source_inputs_detail, { complete: false }),
      }),
      ['error inputs'],
    ],
    [
      'that says that a day is not complete',
      ({ source_inputs_detail }) => ({
        source_inputs_detail: first(source_inputs_detail, { complete: false }),
        incomplete_days: ['2025-12-22'],
      }),
      ['warning coverage'],
    ],
    [
      'of another policy',
      ({ column_policy }) => ({ column_policy: { ...column_policy, explicit_exclusions: ['flags'] } }),
      ['error column_policy'],
    ],
    [
      'with a column that nobody decided about',
      ({ column_policy }) => ({
        column_policy: {
          ...column_policy,
          excluded_top_level_columns: [...column_policy.excluded_top_level_columns, 'novel'],
        },
        unclassified: ['novel'],
      }),
      ['warning column_policy'],
    ],
    ['of another SHA-256', () => ({ parquet_sha256: '0'.repeat(64) }), ['error sha256']],
    ['of another size', () => ({ parquet_size_bytes: 7 }), ['error size']],
    ['of other rows', () => ({ row_count: 330 }), ['error inputs', 'error receipt', 'error row_count']],
    [
      'of other content',
      () => ({ content: { multiset: '0'.repeat(32), ordered: '1'.repeat(32) } }),
      ['error content', 'error content'],
    ],
    ['of other columns', () => ({ schema_sha256: '0'.repeat(64) }), ['error schema']],
    [
      'whose sources do not add up',
      ({ sources }) => ({ sources: sources.slice(1) }),
      ['error inputs', 'error receipt', 'error receipt'],
    ],
    [
      'that takes two days for each other',
      ({ sources }) => ({
        sources: sources.map((source, i) => ({ ...source, multiset: (sources[1 - i] ?? source).multiset })),
      }),
      ['error receipt', 'error day_content', 'error day_content'],
    ],
    [
      'that names another file',
      () => ({ data: 'dataset_entries_6d.parquet' }),
      ['error window', 'error presence'],
    ],
  ])('%s', async (_, change, expected) => {
    expect(await findingsOf(await withManifest(change))).toEqual(expected);
  });

  it('of a day of tier 3 is none', async () => {
    const store = await copyOf(built);
    await store.put(MANIFEST, (await published.get('tier3/daily/2025-12-28/manifest.json')).bytes);
    expect(await findingsOf(store)).toEqual(['error manifest']);
  });
});

it('a file of tier 3 has other columns', async () => {
  const store = await copyOf(built);
  await store.put(DATA, (await published.get('tier3/daily/2025-12-28/data.parquet')).bytes);
  const columns = (await verified(store)).find(({ check }) => check === 'columns');
  expect(columns?.details['columns']).toBe(
    'futures_raw,flags,diag,twitter_sentiment_windows,spot_prices,unknown_json',
  );
});

describe('the days of a week', () => {
  /** The bucket with one day exported again, from another archive or from the same entries in other files. */
  async function exportedAgain(
    day: (typeof WEEK_DAYS)[number],
    symbols: readonly string[],
  ): Promise<ObjectStore> {
    const bucket = await copyOf(published);
    const context = testContext(directory, { bucket, overwrite: true });
    await fillDay(context.archive, { day });
    await putHour(context.archive, 0, hourBytes(...symbols.map((symbol) => entryText(symbol))), day);
    await exportDay(day, context);
    return bucket;
  }

  it('are not asked for where nobody says where they are', async () => {
    const [found] = (await verified(built, { inputs: undefined })).filter(({ check }) => check === 'source');
    expect(found).toMatchObject({ severity: 'info', message: expect.stringContaining('not at hand') });
  });

  it('are a warning when they are gone, or damaged: the week is not to blame', async () => {
    const store = await copyOf(published);
    await store.delete('tier3/daily/2025-12-22/manifest.json');
    await store.put('tier3/daily/2025-12-23/data.parquet', Buffer.from('ts,symbol\n'));
    await store.put('tier3/daily/2025-12-24/manifest.json', Buffer.from('{}'));
    // Far away no day is hashed whole: the page that is compared tells.
    const rotten: ObjectStore = {
      ...store,
      isLocal: false,
      async open(key) {
        const source = await store.open(key);
        if (key !== 'tier3/daily/2025-12-25/data.parquet') return source;
        return {
          ...source,
          async read(offset, length) {
            const bytes = Uint8Array.from(await source.read(offset, length));
            // In the first page.
            if (offset <= 60 && 60 < offset + length) bytes[60 - offset] = (bytes[60 - offset] as number) ^ 1;
            return bytes;
          },
        };
      },
    };
    const found = (await verified(built, { inputs: { store: rotten, isExport: false } })).filter(
      ({ check }) => check === 'source',
    );
    expect(found.map(({ severity, details }) => [severity, details['day'], details['code']])).toEqual([
      ['warning', '2025-12-22', undefined],
      ['warning', '2025-12-23', 'DATA_MISMATCH'],
      ['warning', '2025-12-24', 'MANIFEST'],
      ['warning', '2025-12-25', 'CRC_MISMATCH'],
    ]);
  });

  it.each<[string, readonly string[]]>([
    ['with other rows', ['H0A', 'H0B']],
    ['with another row', ['H0A']],
  ])('are a warning when they were exported again %s', async (_, symbols) => {
    const store = await exportedAgain('2025-12-24' as (typeof WEEK_DAYS)[number], symbols);
    const found = (await verified(built, { inputs: { store, isExport: false } })).filter(
      ({ check }) => check === 'source',
    );
    expect(found).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('other rows'), details: { day: '2025-12-24' } },
    ]);
  });

  it('are named when they were exported again with the same rows of these columns', async () => {
    const store = await copyOf(published);
    const context = testContext(directory, { bucket: store, overwrite: true });
    const day = WEEK_DAYS[0] as (typeof WEEK_DAYS)[number];
    await fillDay(context.archive, { day });
    const meta = { schema_version: 7, added_ts: `${day}T00:00:00Z`, session_id: `s-${day}` };
    // Of another column than those of tier 2.
    const entry = entryText(`first of ${day}`, { meta, flags: { spot_data_ok: true } });
    await putHour(context.archive, 0, hourBytes(entry), day);
    await exportDay(day, context);
    const found = (await verified(built, { inputs: { store, isExport: false } })).filter(
      ({ check }) => check === 'source',
    );
    expect(found).toMatchObject([{ severity: 'info', message: expect.stringContaining('same rows') }]);
  });

  it.each([
    ['all rows', 'all' as const],
    ['a sample', 20],
  ])(
    'are what a week is held against: one that claims their files for other rows fails by %s',
    async (_, rows) => {
      // A week of another archive, which says that it is made of the files that are published.
      const other = await exportedAgain('2025-12-24' as (typeof WEEK_DAYS)[number], ['H0A']);
      const forged = weekContext(directory, { inputs: { store: other, isExport: false } });
      await buildWeek(WEEK, forged);
      const store = forged.output;
      const { bytes } = await store.get(MANIFEST);
      const manifest = JSON.parse(Buffer.from(bytes).toString()) as Tier2Manifest;
      const honest = JSON.parse(Buffer.from((await built.get(MANIFEST)).bytes).toString()) as Tier2Manifest;
      const claimed = (list: readonly object[], of: readonly { readonly sha256: string }[]) =>
        list.map((one, i) => ({ ...one, sha256: of[i]?.sha256 }));
      const changed = {
        ...manifest,
        sources: claimed(manifest.sources, honest.sources),
        source_inputs_detail: claimed(manifest.source_inputs_detail, honest.source_inputs_detail),
      };
      await store.put(
        MANIFEST,
        Buffer.from(JSON.stringify({ ...changed, manifest_sha256: manifestDigest(changed) })),
      );
      const findings = await findingsOf(store, { sample: { rows, seed: 'x' } });
      expect(findings).toContain('error source_content');
    },
  );
});

it('throws what is no fault of the week', async () => {
  const dataset = localWeek(built, WEEK);
  const options = { ...usual(), signal: AbortSignal.abort() };
  await expect(verifyWeek(dataset, WEEK.endDay, options)).rejects.toMatchObject({ kind: 'cancelled' });
  const store: ObjectStore = {
    ...published,
    get: () => Promise.reject(new LakeError('unavailable', 'no network')),
  };
  await expect(
    verifyWeek(dataset, WEEK.endDay, { ...usual(), inputs: { store, isExport: false } }),
  ).rejects.toMatchObject({ kind: 'unavailable' });
});
