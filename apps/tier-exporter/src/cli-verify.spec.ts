import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUtcDay } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { fillDay } from './testing/archive.js';
import { suiteDirectory } from './testing/context.js';
import { runApp } from './testing/run-app.js';

const directory = suiteDirectory();
const archive = join(directory, 'archive');
const exports = join(directory, 'exports');
const bucket = join(directory, 'bucket');
const small = ['--size-min', '0B'];

beforeAll(async () => {
  const days = ['2026-01-14', '2026-01-15'];
  for (const day of days) await fillDay(localStore(archive), { day: parseUtcDay(day) });
  const dates = days.flatMap((day) => ['--date', day]);
  const { code } = await runApp(
    ...['daily', '--archive', archive, '--output-dir', exports, '--upload', '--bucket', bucket, ...dates],
  );
  expect(code).toBe(0);
});

describe('verify', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['all days of an export', ['--local', exports], ['2026-01-14', '2026-01-15']],
    ['those named', ['--local', exports, '--date', '2026-01-14', '--date', '20260114'], ['2026-01-14']],
    ['the folder of one day', ['--local', join(exports, '2026-01-15')], ['2026-01-15']],
    [
      'the folder of one day, as the guide has it',
      ['--local', join(exports, '2026-01-15'), '--date', '2026-01-15'],
      ['2026-01-15'],
    ],
    ['yesterday in a bucket', ['--remote', '--bucket', bucket], ['2026-01-15']],
    ['a day in a bucket', ['--r2', '--bucket', bucket, '--date', '2026-01-14'], ['2026-01-14']],
  ])('reads %s', async (_, flags, days) => {
    for (const name of ['verify', 'verify-tier3']) {
      const { code, out } = await runApp(name, ...flags, ...small);
      expect(code).toBe(0);
      // Little entries have few blocks, which is a warning.
      expect(out.match(/^\w+ tier 3 \S+ {2}rows=48$/gm)).toEqual(
        days.map((day) => `WARN tier 3 ${day}  rows=48`),
      );
    }
  });

  it('ends with 4 when there is an error, or with --strict a warning', async () => {
    expect((await runApp('verify', '--local', exports)).code).toBe(4);
    const { code, out } = await runApp('verify', '--local', exports, ...small, '--strict');
    expect(code).toBe(4);
    expect(out).toMatch(/^FAIL tier 3 2026-01-14/);
    expect((await runApp('verify', '--local', exports, ...small, '--date', '2026-01-13')).code).toBe(4);
  });

  it('takes other bounds of nulls', async () => {
    const blocks = [
      'derived',
      'scores',
      'flags',
      'diag',
      'twitter_sentiment_windows',
      'twitter_sentiment_meta',
    ];
    const bounds = ['--null-ratio-max', blocks.map((block) => `${block}=1`).join()];
    const day = ['verify', '--local', join(exports, '2026-01-15'), ...small];
    expect((await runApp(...day)).out).toContain('null_ratio');
    expect((await runApp(...day, ...bounds)).out).not.toContain('null_ratio');
    for (const bound of ['scores', 'scores=2', 'scores=x']) {
      expect((await runApp(...day, '--null-ratio-max', bound)).code).toBe(2);
    }
  });

  it('gives JSON, a line a day', async () => {
    const { out } = await runApp('verify', '--local', exports, ...small, '--json', '--full');
    const verdicts = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(verdicts.map(({ day, status, facts }) => [day, status, facts.rowCount])).toEqual([
      ['2026-01-14', 'WARN', 48],
      ['2026-01-15', 'WARN', 48],
    ]);
    expect(verdicts[0].findings[0]).toMatchObject({
      severity: expect.any(String),
      check: expect.any(String),
    });
  });

  it('writes JUnit XML and Markdown', async () => {
    const [junit, markdown] = [join(directory, 'junit.xml'), join(directory, 'report.md')];
    await runApp('verify', '--local', exports, '--junit', junit, '--markdown', markdown);
    const xml = await readFile(junit, 'utf8');
    expect(xml).toMatch(/<testsuite name="tier3 2026-01-14" tests="\d+" failures="1">/);
    expect(xml).toContain('<testcase classname="tier3.2026-01-14" name="size"><failure message="error size:');
    const page = await readFile(markdown, 'utf8');
    expect(page).toContain('| 3 | 2026-01-15 | FAIL | 48 |');
    expect(page).toContain('- error size: the data object is too small');
  });

  it.each<[string, readonly string[], number, string]>([
    ['nothing named', [], 2, 'either --local or --remote'],
    ['both', ['--local', exports, '--remote'], 2, 'either --local or --remote'],
    ['no bucket', ['--remote'], 2, '--remote needs --bucket'],
    ['a folder without exports', ['--local', archive], 10, 'there is no export'],
    [
      'one folder as two days',
      ['--local', join(exports, '2026-01-15'), '--date', '2026-01-14', '--date', '2026-01-15'],
      2,
      'names several',
    ],
  ])('refuses %s', async (_, flags, expected, message) => {
    const { code, err } = await runApp('verify', ...flags);
    expect({ code, err }).toEqual({ code: expected, err: expect.stringContaining(message) });
  });

  it('cannot know which day a folder of another name has', async () => {
    const folder = join(directory, 'copy');
    const store = localStore(folder);
    for (const name of ['data.parquet', 'manifest.json']) {
      await store.put(name, await readFile(join(exports, '2026-01-15', name)));
    }
    expect((await runApp('verify', '--local', folder, ...small)).code).toBe(2);
    expect((await runApp('verify', '--local', folder, ...small, '--date', '2026-01-15')).code).toBe(0);
    const wrong = await runApp('verify', '--local', folder, ...small, '--date', '2026-01-14');
    expect(wrong.out).toContain('error date: the manifest is of another day');
  });

  it('shows what a hostile manifest says without its control characters', async () => {
    const path = join(exports, '2026-01-14', 'manifest.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"date_utc": "2026-01-14"', String.raw`"date_utc": "\u001b[2J"`));
    const { out } = await runApp('verify', '--local', exports, ...small, '--date', '2026-01-14');
    expect(out).toContain('error manifest');
    expect(out.includes('\u001b')).toBe(false);
    await writeFile(path, text);
  });
});
