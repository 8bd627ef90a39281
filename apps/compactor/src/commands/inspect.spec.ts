import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runApp } from '../testing/run-app.js';
import { parquetBytes, spoolBatch } from '../testing/spool.js';

let root: string;
let good: string;
let cut: string;
let flipped: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-inspect-'));
  const bytes = await parquetBytes(spoolBatch([[1n, 1.5, 'A']]));
  [good, cut, flipped] = ['good, really.parquet', 'cut.parquet', 'flipped.parquet'].map((name) =>
    join(root, name),
  ) as [string, string, string];
  writeFileSync(good, bytes);
  writeFileSync(cut, bytes.subarray(0, bytes.length - 1));
  writeFileSync(
    flipped,
    Uint8Array.from(bytes, (byte, i) => (i === 38 ? byte ^ 1 : byte)),
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('inspect', () => {
  it('shows a file by its path or its URL', async () => {
    for (const file of [good, pathToFileURL(good).href]) {
      const { code, out } = await runApp('inspect', file, '--verify');
      expect(out).toContain('all with a checksum');
      expect(code).toBe(0);
    }
  });

  it('exits 3 for a file that cannot be opened, with its code, and shows the others', async () => {
    const { code, out } = await runApp('inspect', cut, good, '--json');
    const [first, second] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toMatchObject({ file: cut, error: { code: 'TRUNCATED' } });
    expect(second).toMatchObject({ file: good, rowCount: 1, findings: [] });
    expect(code).toBe(3);
  });

  it('exits 4 for a fault among the values, found by --verify only', async () => {
    expect((await runApp('inspect', flipped)).code).toBe(0);
    const { code, out } = await runApp('inspect', flipped, '--verify');
    expect(out).toMatch(/error crc: .*column=ts_event rowGroup=0 page=0 offset=4/);
    expect(code).toBe(4);
  });

  it.each<[string, string[], number]>([
    ['nothing', [], 2],
    ['a directory', ['/tmp/'], 2],
    ['a file that is not there', ['/tmp/nobody/has/this.parquet'], 10],
  ])('refuses %s', async (_, files, expected) => {
    const { code, out } = await runApp('inspect', ...files);
    expect([code, out]).toEqual([expected, '']);
  });
});
