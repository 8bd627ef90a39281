import { createHash } from 'node:crypto';
import { memoryStore } from '@ticklake/storage';
import { DAY, entryText, hourBytes, putHour } from '../../testing/archive.js';
import { readBack, suiteDirectory } from '../../testing/context.js';
import { failureOf, fullDayIn, keysOf } from '../../testing/exports.js';
import { exportDay, tier3Dataset } from './export-day.js';

const fullDay = fullDayIn(suiteDirectory());
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('an upload', () => {
  it('publishes the very bytes, under the name of the tier', async () => {
    const bucket = memoryStore();
    const context = await fullDay({ bucket });
    const { local, uploaded } = await exportDay(DAY, context);
    expect(uploaded?.status).toBe('published');
    expect(await keysOf(bucket)).toEqual([
      'tier3/daily/2026-01-15/data.parquet',
      'tier3/daily/2026-01-15/manifest.json',
    ]);
    const { bytes } = await bucket.get('tier3/daily/2026-01-15/data.parquet');
    expect(sha256(bytes)).toBe(local.facts.sha256);
    const { etag: _, ...rest } = local.manifest;
    expect((await readBack(tier3Dataset(bucket, DAY)))?.manifest).toMatchObject(rest);
  });

  it('of what is uploaded already puts nothing', async () => {
    const bucket = memoryStore();
    const context = await fullDay({ bucket });
    await exportDay(DAY, context);
    const before = await bucket.head('tier3/daily/2026-01-15/manifest.json');
    const again = await exportDay(DAY, { ...context, output: memoryStore() });
    expect([again.local.status, again.uploaded?.status]).toEqual(['published', 'unchanged']);
    expect(await bucket.head('tier3/daily/2026-01-15/manifest.json')).toEqual(before);
  });

  it('does not replace what somebody else published, unless it is told to', async () => {
    const bucket = memoryStore();
    await exportDay(DAY, await fullDay({ bucket }));
    const other = await fullDay({ bucket });
    await putHour(other.archive, 0, hourBytes(entryText('NEW')));
    expect(await failureOf(other)).toMatchObject({ kind: 'conflict', code: 'ALREADY_PUBLISHED' });
    expect((await readBack(tier3Dataset(bucket, DAY)))?.manifest.row_count).toBe(48);
    const { uploaded } = await exportDay(DAY, { ...other, overwrite: true });
    expect(uploaded).toMatchObject({ status: 'replaced', manifest: { generation: 2, row_count: 47 } });
  });

  it('does not publish a local file that was damaged meanwhile', async () => {
    const bucket = memoryStore();
    const context = await fullDay();
    await exportDay(DAY, context);
    const { bytes } = await context.output.get('2026-01-15/data.parquet');
    await context.output.put(
      '2026-01-15/data.parquet',
      bytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte)),
    );
    const failure = await failureOf({ ...context, bucket });
    expect(failure?.kind).toMatch(/corrupt|conflict/);
    expect(await keysOf(bucket)).toEqual([]);
  });
});
