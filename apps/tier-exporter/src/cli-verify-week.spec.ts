import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addDays, parseUtcDay } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { fillDay } from './testing/archive.js';
import { suiteDirectory } from './testing/context.js';
import { runApp } from './testing/run-app.js';
import { windowDays } from './tiers/tier2/read-days.js';

const directory = suiteDirectory();
const [archive, exports, weeks, bucket] = ['archive', 'tier3', 'tier2', 'bucket'].map((name) =>
  join(directory, name),
) as [string, string, string, string];
const small = ['--tier', '2', '--size-min', '0B'];
/** A Sunday: on noon of 2026-01-16 the last one that is over. */
const END = parseUtcDay('2026-01-11');

beforeAll(async () => {
  const dates = [];
  for (const day of windowDays(addDays(END, 1), 8)) {
    await fillDay(localStore(archive), { day });
    dates.push('--date', day);
  }
  const upload = ['--upload', '--bucket', bucket];
  await runApp('daily', '--archive', archive, '--output-dir', exports, ...upload, ...dates);
  for (const endDay of [END, addDays(END, 1)]) {
    const { code } = await runApp('weekly', '--end-day', endDay, '--output-dir', weeks, ...upload);
    expect(code).toBe(0);
  }
}, 60_000);

describe('verify --tier 2', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['all weeks of an export', ['--local', weeks], ['2026-01-11', '2026-01-12']],
    ['one named by its last day', ['--local', weeks, '--date', '2026-01-12'], ['2026-01-12']],
    ['the folder of one', ['--local', join(weeks, '2026-01-11')], ['2026-01-11']],
    ['the last Sunday of a bucket', ['--remote', '--bucket', bucket], ['2026-01-11']],
    ['another of a bucket', ['--r2', '--bucket', bucket, '--date', '2026-01-12'], ['2026-01-12']],
  ])('reads %s', async (_, flags, days) => {
    const { code, out } = await runApp('verify', ...flags, ...small, '--input-dir', exports, '--full');
    expect({ code, out }).toMatchObject({ code: 0 });
    expect(out.match(/^\w+ tier \d \S+ {2}rows=\d+$/gm)).toEqual(
      days.map((day) => `WARN tier 2 ${day}  rows=336`),
    );
    expect(out).not.toContain(' source:');
  });

  it.each<[string, readonly string[], boolean]>([
    ['the bucket itself', ['--remote', '--bucket', bucket], false],
    ['a bucket', ['--local', join(weeks, '2026-01-11'), '--bucket', bucket], false],
    ['nothing, and says so', ['--local', join(weeks, '2026-01-11')], true],
  ])('compares with the days of %s', async (_, flags, isTold) => {
    const { out } = await runApp('verify', ...flags, ...small);
    expect(out.includes('info source: the days were not at hand')).toBe(isTold);
  });

  it('ends with 4 when a week is not what it should be, and names the tier in every report', async () => {
    const folder = join(directory, 'spoilt', '2026-01-11');
    await cp(join(weeks, '2026-01-11'), folder, { recursive: true });
    const name = 'dataset_entries_7d.parquet';
    const bytes = await readFile(join(folder, name));
    await localStore(folder).put(
      name,
      bytes.map((byte, i) => (i === 900 ? byte ^ 4 : byte)),
    );
    const [junit, markdown] = [join(directory, 'junit.xml'), join(directory, 'report.md')];
    const reports = ['--junit', junit, '--markdown', markdown, '--json'];
    const { code, out } = await runApp('verify', '--local', folder, ...small, ...reports);
    expect(code).toBe(4);
    expect(JSON.parse(out)).toMatchObject({
      ...{ tier: 2, day: '2026-01-11', status: 'FAIL' },
      findings: expect.arrayContaining([expect.objectContaining({ check: 'sha256', severity: 'error' })]),
    });
    expect(await readFile(junit, 'utf8')).toContain('<testsuite name="tier2 2026-01-11"');
    expect(await readFile(markdown, 'utf8')).toMatch(/^\| 2 \| 2026-01-11 \| FAIL \|/m);
  });

  it('says that days are no weeks, and weeks no days', async () => {
    const day = await runApp('verify', '--local', join(exports, '2026-01-11'), ...small);
    expect(day).toMatchObject({ code: 4, out: expect.stringContaining('not one of tier 2') });
    const week = await runApp('verify', '--local', join(weeks, '2026-01-11'), '--size-min', '0B');
    expect(week).toMatchObject({ code: 4, out: expect.stringContaining('not one of tier 3') });
  });

  it('knows no other tier', async () => {
    expect((await runApp('verify', '--tier', '1', '--local', weeks)).code).toBe(2);
  });
});
