import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localStore } from '@ticklake/storage';
import { runApp, runAppOn } from './testing/run-app.js';
import { putSpool } from './testing/spool.js';
import { rowsFrom } from './testing/two-partitions.js';

const SYMBOL = 'exchange=binance/stream=bbo/symbol=btcusdt/';
const PARTITION = `${SYMBOL}date=20260203/`;

let root: string;
let raw: string;
let lake: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-cli-repair-'));
  raw = join(root, 'spool');
  lake = join(root, 'lake');
  await putSpool(localStore(raw), `${SYMBOL}2026-02-03_10-00-00.parquet`, rowsFrom(0, 3));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const stores = () => ['--raw', raw, '--compact', lake];

describe('gc-raw', () => {
  const gc = (day: string, ...flags: string[]) => runAppOn(day, 'gc-raw', ...stores(), ...flags);
  const file = `${SYMBOL}2026-02-03_10-00-00.parquet`;

  it('prints which files would go and deletes none, then deletes them', async () => {
    await runApp(...stores());
    const dry = await gc('2026-02-08');
    expect(dry.out).toContain('collectable binance/bbo/btcusdt/20260203  in the receipt of generation 1');
    expect(dry.out).toContain(`would delete ${file}`);
    expect(dry.out).toContain('nothing was deleted: run with --apply');
    expect([dry.code, existsSync(join(raw, file))]).toEqual([0, true]);
    const { out, err, code } = await gc('2026-02-08', '--apply', '--json');
    expect(JSON.parse(out)).toMatchObject({
      applied: true,
      files: 1,
      partitions: [{ outcome: 'collected' }],
    });
    expect(err).toContain(`"key":"${file}"`);
    expect([code, existsSync(join(raw, file))]).toEqual([0, false]);
  });

  it('keeps what was published within the grace, and exits 0', async () => {
    await runApp(...stores());
    const { out, code } = await gc('2026-02-06', '--apply');
    expect(out).toContain('kept');
    expect([code, existsSync(join(raw, file))]).toEqual([0, true]);
    expect((await gc('2026-02-06', '--apply', '--grace', '48h')).out).toContain('collected');
  });

  it('exits 3 when a partition is not what was published', async () => {
    await runApp(...stores());
    rmSync(join(lake, PARTITION, 'data.parquet'));
    const { out, code } = await gc('2026-02-08', '--apply');
    expect(out).toContain('refused');
    expect([code, existsSync(join(raw, file))]).toEqual([3, true]);
  });

  it.each<[string, string[], number]>([
    ['a grace below a day', ['--grace', '23h'], 2],
    ['today', ['--date', '20260208'], 13],
    ['a day and a range', ['--date', '20260203', '--date-from', '20260203'], 2],
    ['no file at all', ['--max-delete', '0'], 2],
  ])('refuses %s', async (_, flags, code) => {
    expect((await gc('2026-02-08', ...flags)).code).toBe(code);
  });

  it('looks at the days that are asked for', async () => {
    await runApp(...stores());
    for (const range of [
      ['--date', '20260202'],
      ['--start', '20260204'],
      ['--end', '20260202'],
    ])
      expect((await gc('2026-02-08', '--apply', ...range)).out).toContain('0 partitions: 0 files');
  });
});

describe('repair', () => {
  const repair = (...flags: string[]) => runApp('repair', '--compact', lake, ...flags);
  const data = () => join(lake, PARTITION, 'data.parquet');

  it('exits 4 and writes nothing, then with --apply makes it what it was', async () => {
    await runApp(...stores());
    const bytes = readFileSync(data());
    rmSync(data());
    const dry = await repair('--raw', raw, '--from-sources');
    expect(dry.out).toContain('repairable binance/bbo/btcusdt/20260203');
    expect([dry.code, existsSync(data())]).toEqual([4, false]);
    const { out, code } = await repair('--raw', raw, '--from-sources', '--apply', '--json');
    expect(JSON.parse(out)).toMatchObject({ applied: true, partitions: [{ outcome: 'repaired' }] });
    expect(code).toBe(0);
    expect(readFileSync(data()).equals(bytes)).toBe(true);
    expect((await runApp('verify', '--compact', lake)).code).toBe(0);
  });

  it('writes a lost meta.json again without the spool', async () => {
    await runApp(...stores());
    rmSync(join(lake, PARTITION, 'meta.json'));
    expect((await repair('--apply')).out).toContain('1 repaired, 0 refused');
    expect((await runApp('verify', '--compact', lake)).code).toBe(0);
  });

  it('exits 3 when something cannot be repaired', async () => {
    await runApp(...stores());
    rmSync(data());
    expect((await repair('--apply')).code).toBe(3);
  });

  it.each<[string, string[], number]>([
    ['sources that are nowhere', ['--from-sources'], 2],
    ['a day on which nothing is published', ['--date', '20260201'], 10],
  ])('refuses %s', async (_, flags, code) => {
    await runApp(...stores());
    expect((await repair(...flags)).code).toBe(code);
  });
});
