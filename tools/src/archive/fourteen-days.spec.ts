import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArena } from '@ticklake/columnar';
import { addDays, compactDay, daysBetween, parseUtcDay, systemClock } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import {
  buildWeek,
  exportDay,
  localDataset,
  localWeek,
  readHistory,
  TIER2_SCHEMA,
  USUAL_NULLS,
  verifyDay,
  verifyWeek,
} from '@ticklake/tier-exporter';
import { openDuckdbEntries } from './duckdb-entries.js';
import { generateArchive } from './generate-archive.js';

const directory = mkdtempSync(join(tmpdir(), 'ticklake-fourteen-'));
afterAll(() => rmSync(directory, { recursive: true }));
const arena = createArena({ bytesMax: 2 ** 28 });
const days = daysBetween(parseUtcDay('2026-01-08'), parseUtcDay('2026-01-21'));
const [archive, daily, weekly] = ['archive', 'daily', 'weekly'].map((name) => join(directory, name)) as [
  string,
  string,
  string,
];
const signal = new AbortController().signal;
const settings = {
  arena,
  bucket: undefined,
  overwrite: false,
  scratchDirectory: join(directory, 'scratch'),
  clock: systemClock,
  tool: 'fourteen-days',
  signal,
  threadFor: () => undefined,
  onRows: () => undefined,
};

beforeAll(async () => {
  for (const era of ['early', 'late'] as const) {
    const ofEra = days.filter((day) => day < '2026-01-15' === (era === 'early'));
    const options = { entriesPerHour: 2, samples: { min: 0, max: 4 }, seed: 5, era };
    await generateArchive({ ...options, store: localStore(archive), days: ofEra });
  }
  for (const day of days) {
    const stores = { archive: localStore(archive), output: localStore(daily) };
    await exportDay(day, { ...settings, ...stores, allowIncomplete: false });
  }
});

it('every day is verified without an error', async () => {
  for (const day of days) {
    const sample = { rows: 'all', seed: '' } as const;
    const store = localStore(daily);
    const history = await readHistory((one) => localDataset(store, one), day);
    const options = { arena, sample, sizeMinBytes: 0, nulls: USUAL_NULLS, history, signal };
    const { findings, facts } = await verifyDay(localDataset(store, day), day, options);
    expect(facts?.rowCount).toBe(48);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  }
});

it('every week is verified without an error, holds, value by value, what DuckDB reads from the JSON of its days, and has the same columns', async () => {
  const duckdb = await openDuckdbEntries(TIER2_SCHEMA, '');
  const fingerprints = new Set<string>();
  for (const endDay of days.slice(6)) {
    const inputs = { store: localStore(daily), isExport: true };
    const week = { endDay, dayCount: 7 };
    const { local } = await buildWeek(week, { ...settings, inputs, output: localStore(weekly), waitMs: 0 });
    fingerprints.add(local.facts.schemaFingerprint);
    const sample = { rows: 'all', seed: '' } as const;
    const options = { arena, sample, sizeMinBytes: 0, nulls: USUAL_NULLS, inputs, signal };
    const { findings } = await verifyWeek(localWeek(localStore(weekly), week), endDay, options);
    expect(findings.filter(({ severity, check }) => severity === 'error' || check === 'source')).toEqual([]);
    const window = daysBetween(addDays(endDay, -6), endDay);
    const json = window.flatMap((day) =>
      Array.from({ length: 24 }, (_, hour) =>
        join(archive, compactDay(day), `${String(hour).padStart(2, '0')}.jsonl.gz`),
      ),
    );
    const ours = await duckdb.fromParquet(join(weekly, endDay, 'dataset_entries_7d.parquet'));
    expect(ours).toHaveLength(7 * 48);
    expect(ours).toEqual(await duckdb.fromJson(json));
  }
  expect(fingerprints.size).toBe(1);
  duckdb.close();
});
