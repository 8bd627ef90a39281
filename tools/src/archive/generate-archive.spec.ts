import { parseUtcDay } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import { gunzipSync } from 'node:zlib';
import { FULL_DAY, generateArchive, hourText } from './generate-archive.js';
import { pythonJson, PythonFloat } from './python-json.js';

const day = parseUtcDay('2026-01-15');
const small = { seed: 7, entriesPerHour: 40, samples: { min: 0, max: 3 }, era: 'late' } as const;

type Entry = Record<string, Record<string, unknown>>;
const entriesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);

describe('generateArchive', () => {
  it('writes a file of whole lines for every hour, under the day of the archive', async () => {
    const store = memoryStore();
    const summary = await generateArchive({ ...small, store, days: [day], entriesPerHour: 2 });
    const { objects } = await store.children('20260115/');
    expect(objects.map(({ key }) => key.slice(9))).toEqual(
      Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}.jsonl.gz`),
    );
    expect(summary).toMatchObject({ fileCount: 24, entryCount: 48 });
    const { bytes } = await store.get('20260115/05.jsonl.gz');
    expect(gunzipSync(bytes).toString()).toBe(hourText({ ...small, entriesPerHour: 2 }, day, 5));
  });

  it('gives equal entries for equal seeds, and others for others', () => {
    expect(hourText(small, day, 3)).toBe(hourText(small, day, 3));
    expect(hourText(small, day, 3)).not.toBe(hourText({ ...small, seed: 8 }, day, 3));
    expect(hourText(small, day, 3)).not.toBe(hourText(small, day, 4));
  });

  it('has the blocks of an entry in their order, and the sizes of a real one', () => {
    const text = hourText({ ...small, ...FULL_DAY, entriesPerHour: 3 }, day, 0);
    const [entry] = entriesOf(text);
    expect(Object.keys(entry!)).toEqual([
      'symbol',
      'snapshot_ts',
      'meta',
      'spot_raw',
      'futures_raw',
      'derived',
      'norm',
      'scores',
      'flags',
      'diag',
      'labels',
      'twitter_sentiment_windows',
      'twitter_sentiment_meta',
      'spot_prices',
    ]);
    expect(Object.keys(entry!['meta']!)).toHaveLength(20);
    expect(Object.keys(entry!['spot_raw']!)).toHaveLength(19);
    expect(Buffer.byteLength(text) / 3).toBeGreaterThan(85_000);
    expect(Buffer.byteLength(text) / 3).toBeLessThan(120_000);
  });

  it('has what makes real entries odd', () => {
    const text = Array.from({ length: 6 }, (_, hour) => hourText(small, day, hour)).join('');
    const entries = entriesOf(text);
    for (const spelling of [
      /"snapshot_ts":"[^"]+\.\d{3}Z"/,
      /"added_ts":"[^"]+\.\d{6}Z"/,
      /"expired_ts":"[^"]+\.\d{6}\+00:00"/,
      /"cycle_start_utc":"[^"]+:\d{2}Z"/,
      /"admission_validation_ts":"[^"]+\.\d{6}\+00:00Z"/,
    ]) {
      expect(text).toMatch(spelling);
    }
    expect(text).toMatch(/:\d\.\d+e-0\d[,}]/);
    expect(text).toMatch(/"followers_count_mean":\d+,/);
    expect(text).toMatch(/"followers_count_mean":\d+\.\d+,/);
    const addedOn = entries.map(({ meta }) => String(meta!['added_ts']).slice(0, 10));
    expect(new Set(addedOn)).toEqual(new Set(['2026-01-14', '2026-01-15']));
    expect(entries.some(({ futures_raw }) => futures_raw === null)).toBe(true);
    expect(entries.some(({ meta }) => Number(meta!['duration_sec']) > 9000)).toBe(true);
    const silent = text.match(/"bucket_status":"silent"/g)!.length;
    expect(silent).toBeGreaterThan(0.1 * 2 * entries.length);
    expect(silent).toBeLessThan(0.4 * 2 * entries.length);
  });

  it('has no futures and fewer flags in the early days', () => {
    const entries = entriesOf(hourText({ ...small, era: 'early' }, day, 0));
    expect(entries.every(({ futures_raw }) => futures_raw === null)).toBe(true);
    expect(entries.every(({ flags }) => Object.keys(flags!).length === 8)).toBe(true);
  });
});

it.each([
  [50, '50.0'],
  [0, '0.0'],
  [4.7e-6, '4.7e-06'],
  [1e-4, '0.0001'],
  [-2.5e22, '-2.5e+22'],
  [0.1, '0.1'],
])('a float of Python is spelled as Python does: %s', (value, text) => {
  expect(pythonJson(new PythonFloat(value))).toBe(text);
});
