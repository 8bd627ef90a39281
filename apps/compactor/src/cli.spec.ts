import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUtcDay } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { startObjectServer } from '@ticklake/storage/testing';
import { dayRequest } from './commands/run.js';
import { runApp, runAppWith } from './testing/run-app.js';
import { putSpool, type SpoolRow } from './testing/spool.js';

const SYMBOL = 'exchange=binance/stream=bbo/symbol=btcusdt/';
const PARTITION = `${SYMBOL}date=20260203/`;
const ROWS: SpoolRow[] = [
  [1_770_076_800_000n, 1.5, 'A'],
  [1_770_076_800_000n, 2.5, null],
  [1_770_076_800_007n, 3.5, 'B'],
];

let root: string;
let raw: string;
let lake: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-cli-'));
  raw = join(root, 'spool');
  lake = join(root, 'lake');
  await putSpool(localStore(raw), `${SYMBOL}2026-02-03_10-00-00.parquet`, ROWS);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const stores = () => ['--raw', raw, '--compact', lake];

describe('run', () => {
  it('compacts yesterday when told nothing more, and says so on stdout', async () => {
    const { code, out } = await runApp(...stores());
    expect(out).toContain('2026-02-03: 1 compacted (3 rows), 0 skipped, 0 failed');
    expect(out).toMatch(
      /\nplanned: 4 list, 17 get and head, 5 put requests; .*\nactual: {2}no requests over a network; /,
    );
    expect(code).toBe(0);
    const meta = JSON.parse(readFileSync(join(lake, PARTITION, 'meta.json'), 'utf8'));
    expect(meta).toMatchObject({ row_count: 3, writer: 'ticklake-compactor 0.1.0' });
  });

  it.each([
    [['--date', '20260203']],
    [['--mode', 'single', '--date', '2026-02-03']],
    [['--mode', 'daily']],
    [['--mode', 'backfill', '--date-from', '20260203']],
    [['--mode', 'backfill', '--start', '20260201', '--end', '20260203']],
    [
      [
        '--mode',
        'single',
        '--date',
        '20260203',
        '--exchange',
        'binance',
        '--stream',
        'bbo',
        '--symbol',
        'btcusdt',
      ],
    ],
  ])('finds the same partition with %j', async (flags) => {
    const { code, out } = await runApp('run', ...stores(), ...flags, '--json');
    expect(JSON.parse(out)).toMatchObject({ done: 1, failed: 0, rows: 3 });
    expect(code).toBe(0);
  });

  it('prints a plan and writes nothing with --plan', async () => {
    const { code, out } = await runApp(...stores(), '--plan');
    expect(out).toMatch(
      /^mode catch-up: 2026-02-03, 1 day\ncompact {2}binance\/bbo\/btcusdt\/20260203 {2}files=1 /,
    );
    expect(out).toMatch(
      /\nestimate: 4 list, 17 get and head, 5 put requests; \$0\.00005 on S3, .*; up to some \d+ MiB; a second\n$/,
    );
    expect(code).toBe(0);
    const keys: string[] = [];
    for await (const { key } of localStore(lake).list('')) keys.push(key);
    expect(keys).toEqual([]);
  });

  it.each<[string, string[], number]>([
    ['an unknown flag', ['--nonsense'], 2],
    ['a day that does not exist', ['--date', '20260230'], 2],
    ['a mode without its day', ['--mode', 'single'], 2],
    ['a day without its mode', ['--mode', 'daily', '--date', '20260203'], 2],
    ['a range that ends before it starts', ['--start', '20260203', '--end', '20260201'], 2],
    ['a day in the future', ['--date', '20260301'], 2],
    ['today', ['--date', '20260204'], 13],
    ['a size that is none', ['--memory', 'much'], 2],
    ['an order that is none', ['--order', 'random'], 2],
    ['no day', ['--max-days', '0'], 2],
    ['a part of a partition', ['--max-partitions', '1.5'], 2],
    ['a shard of more than all', ['--shard', '4/3'], 2],
    ['a malformed glob', ['--symbol', 'btc[us'], 2],
    ['an empty list', ['--symbol', ''], 2],
    ['a file of symbols that is not there', ['--symbols-file', 'nowhere'], 10],
  ])('refuses %s with one sentence and nothing on stdout', async (_, flags, expected) => {
    const { code, out, err } = await runApp('run', ...stores(), ...flags);
    expect(code).toBe(expected);
    expect(out).toBe('');
    const [sentence, ...hints] = err.trim().split('\n');
    expect(sentence).not.toBe('');
    for (const line of hints) expect(line).toMatch(/^hint: /);
    expect(hints.length).toBeLessThan(2);
  });

  it.each<[string[], number]>([
    [['--symbol', 'btc*'], 1],
    [['--symbol', '{btc,eth}usdt', '--exchange', '!okx'], 1],
    [['--symbol', 'BTC*'], 0],
    [['--symbols', 'ethusdt', '--symbols-file', 'majors.txt'], 1],
    [['--shard', '1/1', '--order', 'newest', '--max-days', '3', '--max-partitions', '7'], 1],
  ])('takes with %j %i partitions', async (flags, done) => {
    const files = { 'majors.txt': '# majors\nbtcusd?\n' };
    const { code, out } = await runAppWith(files, ...stores(), ...flags, '--json');
    expect(JSON.parse(out)).toMatchObject({ done, mode: 'catch-up', leftOver: 0, daysLeft: 0 });
    expect(code).toBe(0);
  });

  it('refuses a file of symbols without one', async () => {
    const { code, err } = await runAppWith({ none: '# later\n' }, ...stores(), '--symbols-file', 'none');
    expect([code, err]).toEqual([2, expect.stringContaining('the file of symbols names none')]);
  });

  it('overwrites more than 31 partitions only with --yes, and writes nothing without', async () => {
    for (let i = 0; i < 31; i++) {
      await putSpool(localStore(raw), `exchange=okx/stream=bbo/symbol=s${i}/2026-02-03_10-00-00.parquet`, []);
    }
    const { code, out, err } = await runApp(...stores(), '--overwrite');
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('partitions=32');
    expect(existsSync(lake)).toBe(false);
    expect(await runApp(...stores(), '--overwrite', '--yes')).toMatchObject({ code: 0 });
  });

  it('tells the mode and the days before it begins', async () => {
    const { err } = await runApp(...stores(), '--start', '20260201', '--end', '20260203', '--max-days', '2');
    const [first] = err.split('\n');
    expect(first).toContain('mode backfill: 2026-02-01 … 2026-02-02');
    expect(first).toContain('daysLeft');
  });

  it('exits 3 when a file is damaged, naming where it was put', async () => {
    await localStore(raw).put(`${SYMBOL}2026-02-03_11-00-00.parquet`, new Uint8Array([1, 2, 3]));
    const { code, err } = await runApp(...stores());
    expect(code).toBe(3);
    expect(err).toContain(`QUARANTINE/${PARTITION}`);
  });
});

describe('run --on-corrupt skip', () => {
  it('exits 3 though the rest is published, and again when there is nothing to do', async () => {
    await localStore(raw).put(`${SYMBOL}2026-02-03_11-00-00.parquet`, new Uint8Array([1, 2, 3]));
    const { code, out } = await runApp(...stores(), '--on-corrupt', 'skip');
    expect(out).toContain('2026-02-03: 1 compacted (3 rows), 0 skipped, 0 failed');
    expect(out).toContain('1 published without their damaged files');
    expect(code).toBe(3);
    expect((await runApp(...stores())).code).toBe(3);
    expect((await runApp(...stores(), '--retry-quarantine')).code).toBe(3);
    const verified = await runApp('verify', '--compact', lake);
    expect(verified.out).toContain('warning complete: damaged files were left out of the partition');
    expect(verified.code).toBe(0);
  });
});

describe('verify', () => {
  it('finds a published partition good, against its sources too', async () => {
    await runApp(...stores());
    const { code, out } = await runApp('verify', '--compact', lake, '--against-sources', '--raw', raw);
    expect(out).toContain('good binance/bbo/btcusdt/20260203  rows=3');
    expect(code).toBe(0);
  });

  it('exits 4 when a byte is not what was published', async () => {
    await runApp(...stores());
    const store = localStore(lake);
    const { bytes } = await store.get(`${PARTITION}data.parquet`);
    const damaged = Uint8Array.from(bytes);
    damaged[40] = (damaged[40] as number) ^ 1;
    await store.put(`${PARTITION}data.parquet`, damaged);
    const { code, out } = await runApp('verify', '--compact', lake, '--date', '20260203');
    expect(out).toContain('BAD  binance/bbo/btcusdt/20260203');
    expect(code).toBe(4);
  });

  it('exits 10 when nothing matches', async () => {
    await runApp(...stores());
    expect((await runApp('verify', '--compact', lake, '--symbol', 'ethusdt')).code).toBe(10);
  });
});

describe('probe', () => {
  it('says what a local store keeps', async () => {
    const { code, out } = await runApp('probe', lake);
    expect(out.match(/ {2}yes$/gm)).toHaveLength(12);
    expect(code).toBe(0);
  });

  it('exits 4, and names what an endpoint ignores', async () => {
    const server = await startObjectServer({ dialect: 'gcs', buckets: ['lake'] });
    try {
      server.injectFaults(() => ({ kind: 'ignoredConditions' }));
      const { code, out } = await runApp('probe', `gs://lake/x?endpoint=${server.endpoint}`);
      expect(out).toContain('refuse to create what is there, in parts');
      expect(out).toContain('NO: the condition was ignored');
      expect(code).toBe(4);
    } finally {
      await server.close();
    }
  });
});

describe('quality report', () => {
  it('shows the days up to yesterday', async () => {
    await runApp(...stores());
    const { code, out } = await runApp('--quality-report', '--days', '3', '--compact', lake, '--json');
    expect(JSON.parse(out).days).toMatchObject([
      { day: '2026-02-01', partitions: 0 },
      { day: '2026-02-02', partitions: 0 },
      {
        day: '2026-02-03',
        partitions: 1,
        rows: 3,
        sourceFiles: 1,
        missing: [],
        quarantined: [],
        unreadable: [],
        stale: [],
      },
    ]);
    expect(code).toBe(0);
  });

  it('exits 3 when a partition is stale, and names it', async () => {
    await runApp(...stores());
    await putSpool(localStore(raw), `${SYMBOL}2026-02-03_12-00-00.parquet`, ROWS);
    const { code, out } = await runApp('--quality-report', '--compact', lake, '--raw', raw);
    expect(out).toContain('2026-02-03 stale: binance/bbo/btcusdt');
    expect(code).toBe(3);
  });
});

describe('quality report, further', () => {
  const report = (...argv: string[]) =>
    runApp('quality-report', '--compact', lake, '--date-from', '20260203', ...argv);

  it('looks at the rows unless told not to', async () => {
    await runApp(...stores(), '--ts-unit', 'ms');
    const seen = JSON.parse((await report('--json')).out);
    expect(seen.days[0].gaps).toEqual(['binance/bbo/btcusdt']);
    expect(seen.partitions[0].scan.silence.gaps).toEqual([
      { from: '2026-02-03T00:00:00.007Z', to: '2026-02-04T00:00:00.000Z', durationMs: 86_399_993 },
    ]);
    expect(JSON.parse((await report('--json', '--no-scan')).out).days[0].gaps).toEqual([]);
    expect(JSON.parse((await report('--json', '--silence', '2d')).out).days[0].gaps).toEqual([]);
  });

  it('fails on what it is told to fail on', async () => {
    await runApp(...stores(), '--ts-unit', 'ms');
    expect((await report()).code).toBe(0);
    expect((await report('--fail-on', 'stale,gaps')).code).toBe(3);
    const { code, err } = await report('--fail-on', 'holes');
    expect(code).toBe(2);
    expect(err).toContain('fail-on');
  });

  it('writes a page, the same each time', async () => {
    await runApp(...stores(), '--ts-unit', 'ms');
    const page = join(root, 'pages', 'quality.html');
    expect((await report('--html', page)).code).toBe(0);
    const first = readFileSync(page, 'utf8');
    expect(first).toContain('<title>Data quality, 2026-02-03 to 2026-02-03</title>');
    await report('--html', page);
    expect(readFileSync(page, 'utf8')).toBe(first);
  });
});

describe('a lake with a manifest of another program', () => {
  const foreign = 'exchange=bybit/stream=bbo/symbol=adausdt/date=20260203/meta.json';

  it('is reported, and does not hide the rest', async () => {
    await runApp(...stores());
    await localStore(lake).put(foreign, new TextEncoder().encode('{"rows": 7}'));
    const { code, out } = await runApp('--quality-report', '--compact', lake);
    expect(out).toContain('2026-02-03 unreadable: bybit/bbo/adausdt');
    expect(code).toBe(3);
  });

  it('is not overwritten, and the plan says so', async () => {
    await putSpool(
      localStore(raw),
      'exchange=bybit/stream=bbo/symbol=adausdt/2026-02-03_10-00-00.parquet',
      ROWS,
    );
    await localStore(lake).put(foreign, new TextEncoder().encode('{"rows": 7}'));
    const plan = await runApp(...stores(), '--date', '20260203', '--plan');
    expect(plan.out).toContain('refuse   bybit/bbo/adausdt/20260203');
    expect(plan.code).toBe(3);
    const { code } = await runApp(...stores(), '--date', '20260203', '--overwrite');
    expect(code).toBe(3);
    expect(readFileSync(join(lake, foreign), 'utf8')).toBe('{"rows": 7}');
  });
});

describe('the days of a run', () => {
  const day = parseUtcDay('20260203');

  it('follow from the dates where no mode is given', () => {
    expect(dayRequest({})).toEqual({ mode: 'catch-up' });
    expect(dayRequest({ date: day })).toEqual({ mode: 'single', day });
    expect(dayRequest({ dateFrom: day })).toEqual({ mode: 'backfill', fromDay: day, toDay: undefined });
  });
});
