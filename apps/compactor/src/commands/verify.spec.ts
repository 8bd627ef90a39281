import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localStore } from '@ticklake/storage';
import { runApp } from '../testing/run-app.js';
import { putSpool } from '../testing/spool.js';

const SYMBOLS = ['aa', 'bb', 'cc', 'dd', 'ee', 'ff'];
const DAY_MS = 86_400_000n;

let root: string;
let lake: string;

/** Six symbols on 2026-02-02 and on 2026-02-03. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-verify-'));
  const raw = join(root, 'spool');
  lake = join(root, 'lake');
  for (const symbol of SYMBOLS) {
    for (const [i, day] of ['2026-02-02', '2026-02-03'].entries()) {
      const key = `exchange=binance/stream=bbo/symbol=${symbol}/${day}_10-00-00.parquet`;
      await putSpool(localStore(raw), key, [[1_769_990_400_000n + BigInt(i) * DAY_MS, 1.5, symbol]]);
    }
  }
  const stores = ['--raw', raw, '--compact', lake];
  expect((await runApp('run', ...stores, '--start', '20260202', '--end', '20260203')).code).toBe(0);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function verify(...flags: readonly string[]) {
  const { code, out, err } = await runApp('verify', '--compact', lake, '--json', ...flags);
  const lines = out.split('\n').filter((line) => line !== '');
  const documents = lines.map((line) => JSON.parse(line));
  const partitions = documents.flatMap(({ type, partition }) => (type === 'partition' ? [partition] : []));
  return { code, err, partitions, summary: documents.at(-1), last: lines.at(-1) ?? '' };
}

describe('verify', () => {
  it('tells every match on a line of its own, and the summary last', async () => {
    const { code, partitions, summary } = await verify();
    expect(code).toBe(0);
    expect(partitions).toHaveLength(12);
    expect(summary).toMatchObject({ type: 'summary', rows: 12, errors: 0, warnings: 0, checks: {} });
    expect(summary.verified).toEqual(summary.matching);
    expect(summary.verified.partitions).toBe(12);
  });

  it.each<[string[], number]>([
    [['--date', '20260203'], 6],
    [['--date-from', '20260203'], 6],
    [['--end', '20260202'], 6],
    [['--start', '20260201', '--end', '20260302'], 12],
    [['--date-to', '20260202', '--symbol', 'aa,bb'], 2],
  ])('looks at the days of %j', async (flags, count) => {
    expect((await verify(...flags)).partitions).toHaveLength(count);
  });

  it('reads each partition in exactly one of the parts of a sample', async () => {
    const parts = [
      await verify('--sample', '1/3'),
      await verify('--sample', '2/3'),
      await verify('--sample', '3/3'),
    ];
    expect(parts.flatMap(({ partitions }) => partitions).sort()).toEqual((await verify()).partitions.sort());
    for (const { code, summary, partitions } of parts) {
      expect(code).toBe(0);
      expect(summary).toMatchObject({
        matching: { partitions: 12 },
        verified: { partitions: partitions.length },
      });
      expect(summary.seed).toBeUndefined();
    }
  });

  it.each(['25%', '5kB'])(
    'draws a sample of %s by the day, and says by what and how much',
    async (sample) => {
      const { code, summary, partitions } = await verify('--sample', sample);
      expect(code).toBe(0);
      expect(partitions.length).toBeGreaterThan(0);
      expect(partitions.length).toBeLessThan(12);
      expect(summary).toMatchObject({ sample, seed: '20260204', matching: { partitions: 12 } });
      expect((await verify('--sample', sample, '--seed', '20260204')).partitions).toEqual(partitions);
    },
  );

  it('says it to people too', async () => {
    const { out } = await runApp('verify', '--compact', lake, '--sample', '5%', '--seed', 'x');
    expect(out).toMatch(
      /\d+ partitions, \d+ bytes of 12 partitions, \d+ bytes \(sample 5%, seed x\) verified, 0 with errors/,
    );
  });

  it.each<[string, string[]]>([
    ['a sample that is none', ['--sample', 'some']],
    ['a part beyond the last', ['--sample', '8/7']],
    ['a day and a range', ['--date', '20260203', '--date-to', '20260204']],
    ['a range that ends before it starts', ['--start', '20260203', '--end', '20260202']],
  ])('refuses %s', async (_, flags) => {
    const { code, last, err } = await verify(...flags);
    expect([code, last]).toEqual([2, '']);
    expect(err.trim().split('\n')).toHaveLength(1);
  });
});

describe('scrub', () => {
  it('reads the next part at each call, and exits 4 when something is wrong', async () => {
    const data = 'exchange=binance/stream=bbo/symbol=dd/date=20260203/data.parquet';
    const store = localStore(lake);
    const { bytes } = await store.get(data);
    await store.put(
      data,
      Uint8Array.from(bytes, (byte, i) => (i === 60 ? byte ^ 1 : byte)),
    );
    const runs = [];
    for (let call = 0; call < 3; call++) runs.push(await runApp('scrub', '--compact', lake, '--part', '3'));
    await store.put(data, bytes);
    expect(runs.map(({ code }) => code).sort()).toEqual([0, 0, 4]);
    const bad = runs.filter(({ code }) => code === 4).map(({ out }) => out);
    expect(bad[0]).toContain('BAD  binance/bbo/dd/20260203');
    expect(bad[0]).toContain('error sha256: the file has other bytes');
  });
});
