import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localStore } from '@ticklake/storage';
import { runApp } from '../testing/run-app.js';
import { putSpool } from '../testing/spool.js';

const SOURCE = 'exchange=binance/stream=bbo/symbol=btcusdt/2026-02-03_10-00-00.parquet';
const PARTITION = ['--exchange', 'binance', '--stream', 'bbo', '--symbol', 'btcusdt', '--date', '20260203'];

let root: string;
let raw: string;
let lake: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-whence-'));
  [raw, lake] = [join(root, 'spool'), join(root, 'lake')];
  await putSpool(localStore(raw), SOURCE, [
    [1_770_076_800_000n, 1.5, 'A'],
    [1_770_076_800_001n, 2.5, 'B'],
  ]);
  expect((await runApp('run', '--raw', raw, '--compact', lake)).code).toBe(0);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const run = (...flags: readonly string[]) => runApp('whence', '--compact', lake, ...PARTITION, ...flags);

describe('whence', () => {
  it('finds several rows at once', async () => {
    const { code, out } = await run('--raw', raw, '--seq', '1,0', '--json');
    const { partition, rows } = JSON.parse(out);
    expect(partition).toBe('binance/bbo/btcusdt/20260203');
    expect(rows.map((row: { origin: unknown; isProved: boolean }) => [row.origin, row.isProved])).toEqual([
      [{ name: '2026-02-03_10-00-00.parquet', row: 1 }, true],
      [{ name: '2026-02-03_10-00-00.parquet', row: 0 }, true],
    ]);
    expect(code).toBe(0);
  });

  it('exits 0 without the spool, and 3 when what it was given does not tell', async () => {
    expect(await run('--seq', '0')).toMatchObject({
      code: 0,
      out: expect.stringContaining('the only source'),
    });
    const { code, out } = await run('--seq', '0', '--raw', join(root, 'nothing'));
    expect(out).toContain('2026-02-03_10-00-00.parquet  missing');
    expect(code).toBe(3);
  });

  it.each<[string, string[], number]>([
    ['a row that is not there', ['--seq', '2'], 2],
    ['a row below the first', ['--seq', '-1'], 2],
    ['no row', [], 2],
  ])('refuses %s', async (_, flags, expected) => expect((await run(...flags)).code).toBe(expected));
});
