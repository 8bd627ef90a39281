import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, parseUtcDay } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { entryText, fillDay, hourBytes, putHour } from './testing/archive.js';
import { suiteDirectory } from './testing/context.js';
import { runApp } from './testing/run-app.js';

const directory = suiteDirectory();
let number = 0;

/** An archive of the days before 2026-01-16, and a place for exports. */
async function setUp() {
  const at = join(directory, String(number++));
  const archive = join(at, 'archive');
  const store = localStore(archive);
  for (const day of ['2026-01-13', '2026-01-14', '2026-01-15'])
    await fillDay(store, { day: parseUtcDay(day) });
  const output = join(at, 'output');
  const bucket = join(at, 'bucket');
  const run = (...argv: readonly string[]) =>
    runApp(argv[0] ?? 'daily', '--archive', archive, '--output-dir', output, ...argv.slice(1));
  const exportedDays = async () =>
    (await readdir(output).catch(() => [])).filter((name) => !name.startsWith('.')).sort();
  return { store, bucket, output, run, exportedDays };
}

describe('daily', () => {
  it.each(['daily', 'export-tier3-daily'])('%s exports yesterday, locally', async (name) => {
    const { run, exportedDays, output } = await setUp();
    const { code, out } = await run(name);
    expect({ code, out }).toEqual({
      code: 0,
      out: expect.stringMatching(/^2026-01-15: published, 48 entries of 24 hours, \d+ bytes\n$/),
    });
    expect(await exportedDays()).toEqual(['2026-01-15']);
    expect((await readdir(join(output, '2026-01-15'))).sort()).toEqual(['data.parquet', 'manifest.json']);
  });

  it('takes days in any order and spelling, each once, and goes on after one that fails', async () => {
    const { run, exportedDays, store } = await setUp();
    await putHour(store, 4, hourBytes(entryText('A'), 'broken'), parseUtcDay('2026-01-14'));
    const days = ['2026-01-15', '20260113', '2026-01-14', '2026-01-15'].flatMap((day) => ['--date', day]);
    const { code, out, err } = await run('daily', ...days, '--json');
    expect(code).toBe(3);
    const result = JSON.parse(out);
    expect(result).toMatchObject({ done: 2, skipped: 0, failed: 1 });
    expect(result.days.map(({ day }: { day: string }) => day)).toEqual(['2026-01-13', '2026-01-15']);
    expect(result.failures['2026-01-14']).toMatchObject({
      code: 'JSON_SYNTAX',
      details: { file: '20260114/04.jsonl.gz', line: 2 },
    });
    expect(err).toContain('20260114/04.jsonl.gz');
    expect(await exportedDays()).toEqual(['2026-01-13', '2026-01-15']);
  });

  it('says when a day is exported already', async () => {
    const { run } = await setUp();
    await run();
    const { code, out } = await run('daily', '--dry-run');
    expect(code).toBe(0);
    expect(out).toMatch(/^2026-01-15: unchanged/);
  });

  it.each<[string, string, string]>([
    ['today', '2026-01-16', "Cannot export today's date (2026-01-16) - day is not complete."],
    ['a day to come', '2026-01-17', 'Cannot export a future date (2026-01-17) - day is not complete.'],
  ])('refuses %s, though all hours are there', async (_, day, message) => {
    const { run, store, exportedDays } = await setUp();
    await fillDay(store, { day: parseUtcDay(day) });
    const { code, err } = await run('daily', '--date', day);
    expect(code).toBe(13);
    expect(err).toContain(message);
    expect(await exportedDays()).toEqual([]);
    expect((await run('daily', '--date', day, '--allow-incomplete')).code).toBe(0);
    expect(await exportedDays()).toEqual([day]);
  });

  it('refuses a day of which hours are missing, and exports it where that is allowed', async () => {
    const { run, store } = await setUp();
    await store.delete('20260115/07.jsonl.gz');
    const refused = await run();
    expect(refused.code).toBe(13);
    expect(refused.err).toContain('Incomplete day: missing hours [7]');
    const { code, out, err } = await run('daily', '--allow-incomplete');
    expect(code).toBe(0);
    expect(out).toContain('46 entries of 23 of 24 hours');
    expect(err).toContain('the export is not complete');
  });

  it('uploads to the bucket', async () => {
    const { run, bucket } = await setUp();
    const { code, out } = await run('daily', '--upload', '--bucket', bucket);
    expect(code).toBe(0);
    expect(out).toContain('in the bucket: published');
    expect((await readdir(join(bucket, 'tier3/daily/2026-01-15'))).sort()).toEqual([
      'data.parquet',
      'manifest.json',
    ]);
  });

  it.each<[string, readonly string[], string]>([
    ['--dry-run with --upload', ['--dry-run', '--upload', '--bucket', 'memory:'], 'exclude each other'],
    ['--upload without a bucket', ['--upload'], '--upload needs --bucket'],
    ['a day that is none', ['--date', '2026-02-30'], 'expected a day'],
  ])('refuses %s', async (_, flags, message) => {
    const { run, exportedDays } = await setUp();
    const { code, err } = await run('daily', ...flags);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(await exportedDays()).toEqual([]);
  });

  it('plans without writing anything', async () => {
    const { run, store, exportedDays } = await setUp();
    await store.delete('20260115/07.jsonl.gz');
    await store.put('20260115/extra.jsonl.gz', new Uint8Array(3));
    const { code, out } = await run('daily', '--plan', '--date', '2026-01-14', '--date', '2026-01-15');
    expect(code).toBe(0);
    expect(out).toMatch(
      /^2026-01-14: 24 hours, \d+ bytes\n2026-01-15: 23 hours, \d+ bytes, missing hours \[7\], ignored: extra.jsonl.gz\n$/,
    );
    expect(await exportedDays()).toEqual([]);
  });

  it('tells of keys that the schema does not have, and of files that are no hour', async () => {
    const { run, store } = await setUp();
    await putHour(store, 0, hourBytes(entryText('A', { novel: 1 })), parseUtcDay('2026-01-15'));
    await store.put('20260115/99.jsonl.gz', new Uint8Array(3));
    const { err } = await run();
    expect(err).toContain('entries have keys that the schema does not');
    expect(err).toContain('novel');
    expect(err).toContain('99.jsonl.gz');
  });

  it('keeps to its memory', async () => {
    const { run } = await setUp();
    const { code, err } = await run('daily', '--memory', '64KiB');
    expect(code).toBe(2);
    expect(err).toContain('more memory is needed');
  });
});

it('the days before the archive began have no entries', async () => {
  const { run } = await setUp();
  const day = addDays(parseUtcDay('2026-01-01'), -1);
  expect((await run('daily', '--date', day, '--allow-incomplete')).code).toBe(10);
});
