import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { localStore } from '@ticklake/storage';
import { fillDay } from './testing/archive.js';
import { suiteDirectory } from './testing/context.js';
import { runApp } from './testing/run-app.js';
import { windowDays } from './tiers/tier2/read-days.js';
import { parseUtcDay } from '@ticklake/core';

const directory = suiteDirectory();
const archive = join(directory, 'archive');
const exports = join(directory, 'tier3');
const bucket = join(directory, 'bucket');
const days = windowDays(parseUtcDay('2026-01-15'), 7);

beforeAll(async () => {
  for (const day of days) await fillDay(localStore(archive), { day });
  const dates = days.flatMap((day) => ['--date', day]);
  const { code } = await runApp(
    ...['daily', '--archive', archive, '--output-dir', exports, '--upload', '--bucket', bucket, ...dates],
  );
  expect(code).toBe(0);
});

let number = 0;
const outputDirectory = () => join(directory, `weekly-${number++}`);

describe('weekly', () => {
  it.each(['weekly', 'build-tier2-weekly'])(
    '%s builds the week that ended yesterday, locally',
    async (name) => {
      for (const inputs of [
        ['--input-dir', exports],
        ['--bucket', bucket],
        ['--bucket', bucket, '--dry-run'],
      ]) {
        const output = outputDirectory();
        const { code, out } = await runApp(name, '--output-dir', output, ...inputs);
        expect({ code, out }).toEqual({
          code: 0,
          out: expect.stringMatching(
            /^2026-01-09 to 2026-01-15: published, 336 entries of 7 days, \d+ bytes\n$/,
          ),
        });
        expect((await readdir(join(output, '2026-01-15'))).sort()).toEqual([
          'dataset_entries_7d.parquet',
          'manifest.json',
        ]);
      }
      expect(await readdir(bucket)).toEqual(['tier3']);
    },
  );

  it('takes another end and another number of days', async () => {
    const output = outputDirectory();
    const flags = ['--end-day', '2026-01-12', '--days', '3', '--json'];
    const { code, out } = await runApp('weekly', '--input-dir', exports, '--output-dir', output, ...flags);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      endDay: '2026-01-12',
      status: 'published',
      uploaded: null,
      rows: 144,
    });
  });

  it('refuses a window of which days are missing', async () => {
    const flags = ['--end-day', '2026-01-16', '--input-dir', exports, '--output-dir', outputDirectory()];
    const { code, err } = await runApp('weekly', ...flags);
    expect(code).toBe(13);
    expect(err).toContain('Missing Tier 3 daily parquets for: [2026-01-16]');
  });

  it.each<[string, readonly string[], string]>([
    ['--dry-run with --upload', ['--bucket', 'memory:', '--dry-run', '--upload'], 'exclude each other'],
    ['--upload without a bucket', ['--input-dir', 'x', '--upload'], '--upload needs --bucket'],
    ['no inputs', [], '--bucket or --input-dir'],
    ['no days', ['--days', '0'], 'days'],
  ])('refuses %s', async (_, flags, message) => {
    const { code, err } = await runApp('weekly', '--output-dir', outputDirectory(), ...flags);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it('uploads to the bucket', async () => {
    const { code, out } = await runApp(
      'weekly',
      '--bucket',
      bucket,
      '--output-dir',
      outputDirectory(),
      '--upload',
    );
    expect(code).toBe(0);
    expect(out).toContain('in the bucket: published');
    expect((await readdir(join(bucket, 'tier2/weekly/2026-01-15'))).sort()).toEqual([
      'dataset_entries_7d.parquet',
      'manifest.json',
    ]);
  });
});
