import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { localStore } from '@ticklake/storage';
import { app } from './app.js';
import { noonOf } from './testing/context.js';
import { putSpool } from './testing/spool.js';
import { rowsFrom } from './testing/two-partitions.js';

const SYMBOL = 'exchange=binance/stream=bbo/symbol=btcusdt/';
const PARTITION = `${SYMBOL}date=20260203/`;
const NAMED = ['--exchange', 'binance', '--stream', 'bbo', '--symbol', 'btcusdt', '--date', '20260203'];

let root: string;
let raw: string;
let lake: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-upkeep-'));
  raw = join(root, 'spool');
  lake = join(root, 'lake');
  await putSpool(localStore(raw), `${SYMBOL}2026-02-03_10-00-00.parquet`, rowsFrom(0, 5));
  await run(['run', '--raw', raw, '--compact', lake]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs a command line on noon of `day`. */
async function run(argv: readonly string[], day = '2026-02-04') {
  const env = { TICKLAKE_ISOLATE: 'false' };
  const host = memoryHost({ argv: [...argv], env, clock: noonOf(day) });
  const code = await runCli(app, host);
  return { code, out: host.out(), err: host.err() };
}

const onLake = (...argv: string[]) => run([...argv, '--compact', lake]);
const stateText = () => readFileSync(join(lake, 'compacted/_state.json'), 'utf8');

/** Generation 2, of one file more. */
async function replace() {
  await putSpool(localStore(raw), `${SYMBOL}2026-02-03_11-00-00.parquet`, rowsFrom(50, 3));
  await run(['run', '--raw', raw, '--compact', lake]);
}

describe('state', () => {
  it('is shown', async () => {
    const { code, out } = await onLake('state');
    expect(out).toContain('last compacted day: 20260203, 0 days behind yesterday');
    expect(code).toBe(0);
    const { out: json } = await onLake('state', 'show', '--json');
    expect(JSON.parse(json)).toMatchObject({ lastCompactedDay: '20260203', partitions: { success: 1 } });
  });

  it('is rebuilt, but only with --yes in the place of another, which is kept', async () => {
    expect((await onLake('state', 'rebuild')).out).toContain('nothing was written');
    const path = join(lake, 'compacted/_state.json');
    writeFileSync(path, '{"version": 2}');
    expect((await onLake('state')).err).toContain('state rebuild');
    const { code, out } = await onLake('state', 'rebuild');
    expect(out).toContain('--yes replaces it');
    expect([code, stateText()]).toEqual([3, '{"version": 2}']);
    expect((await onLake('state', 'rebuild', '--yes')).code).toBe(0);
    expect(stateText()).toContain('"last_compacted_date": "20260203"');
    const [kept = ''] = readdirSync(join(lake, 'compacted')).filter((name) => name.startsWith('_state-'));
    expect(readFileSync(join(lake, 'compacted', kept), 'utf8')).toBe('{"version": 2}');
  });

  it('is seeded where there is none', async () => {
    expect((await onLake('state', 'seed', '--last', '20260101')).code).toBe(2);
    rmSync(join(lake, 'compacted/_state.json'));
    const missing = await onLake('state');
    expect([missing.code, missing.err]).toEqual([10, expect.stringContaining('state rebuild')]);
    const { code, out } = await onLake('state', 'seed', '--last', '20260101');
    expect([code, out]).toEqual([0, expect.stringContaining('last compacted day: 20260101, 33 days behind')]);
  });

  it.each<[string[], number]>([
    [['seed'], 2],
    [['seed', '--last', '20260204'], 13],
    [['seed', '--last', '20270101'], 2],
    [['show', '--last', '20260101'], 2],
    [['burn'], 2],
  ])('refuses %j and changes nothing', async (argv, expected) => {
    const before = stateText();
    expect((await onLake('state', ...argv)).code).toBe(expected);
    expect(stateText()).toBe(before);
  });
});

describe('log and rollback', () => {
  it('list the generations, and go back to one of them when told', async () => {
    await replace();
    const { out } = await onLake('log', '--date', '20260203');
    expect(out.match(/ {2}(\d|\?) \w+/g)).toHaveLength(3);
    const dry = await onLake('rollback', ...NAMED);
    expect([dry.code, dry.out]).toEqual([0, expect.stringContaining('Nothing was written')]);
    expect((await onLake('rollback', ...NAMED, '--yes', '--json')).out).toContain('"publishedAs":3');
    const held = await run(['run', '--raw', raw, '--compact', lake]);
    expect([held.code, held.err]).toEqual([3, expect.stringContaining('--overwrite')]);
    expect((await onLake('log', '--symbol', 'btcusdt')).out).toContain('held at generation 1');
    expect((await onLake('verify')).code).toBe(0);
    const overwrite = ['run', '--raw', raw, '--compact', lake, '--date', '20260203', '--overwrite'];
    expect((await run(overwrite)).code).toBe(0);
  });

  it.each<[string, string[], number]>([
    ['a partition that is not there', [...NAMED, '--symbol', 'x'], 10],
    ['a name that leads elsewhere', ['--exchange', '../x', ...NAMED.slice(2)], 2],
    ['a generation that is not there', [...NAMED, '--generation', '7'], 10],
    ['no generation but the current one', NAMED, 10],
  ])('refuse %s', async (_, argv, code) => {
    expect((await onLake('rollback', ...argv)).code).toBe(code);
  });

  it('exit 10 when nothing matches', async () => {
    expect((await onLake('log', '--symbol', 'x')).code).toBe(10);
  });
});

describe('sweep', () => {
  it('deletes what is due with --apply, two sweeps a day apart, and temporaries of the dead', async () => {
    await replace();
    const directory = join(lake, PARTITION);
    const old = new Date('2026-01-01T00:00:00Z');
    for (const name of readdirSync(directory)) utimesSync(join(directory, name), old, old);
    const temporary = join(directory, '.tmp-1-1-00-00-00-put');
    writeFileSync(temporary, '');
    utimesSync(temporary, old, old);
    const staged = () => readdirSync(directory).filter((name) => name.startsWith('data-g')).length;
    const sweep = (day: string, ...argv: string[]) => run(['sweep', '--compact', lake, ...argv], day);
    expect((await sweep('2026-02-20')).out).toMatch(/due +temporary/);
    expect(readdirSync(directory)).toContain('.tmp-1-1-00-00-00-put');
    await sweep('2026-02-20', '--apply');
    expect([staged(), readdirSync(directory).some((name) => name.startsWith('.tmp'))]).toEqual([2, false]);
    const { code, out } = await sweep('2026-02-21', '--apply');
    expect([code, out]).toEqual([0, expect.stringContaining('1 of 1 leftovers deleted')]);
    expect(staged()).toBe(1);
    expect((await onLake('verify')).code).toBe(0);
  });

  it('takes no age of less than a day', async () => {
    expect((await onLake('sweep', '--age', '23h')).code).toBe(2);
  });
});

describe('ls and coverage', () => {
  it('list a partition by its name, and exit 3 when somebody has to look at it', async () => {
    const { code, out } = await onLake('ls', 'binance/bbo/btcusdt/20260203');
    expect([code, out]).toEqual([0, expect.stringContaining('data.parquet')]);
    await putSpool(localStore(raw), `${SYMBOL}2026-02-03_12-00-00.parquet`, rowsFrom(0, 3));
    const late = await run(['ls', PARTITION, '--compact', lake, '--raw', raw]);
    expect([late.code, late.out]).toEqual([3, expect.stringContaining('late')]);
    expect((await onLake('ls', '--stream', 'x')).code).toBe(10);
    expect((await onLake('ls', 'nonsense')).code).toBe(2);
    expect((await onLake('ls', PARTITION, '--stream', 'bbo')).code).toBe(2);
  });

  it('tell gaps up to yesterday, and exit 3 unless told otherwise', async () => {
    expect((await onLake('coverage', '--days', '14')).code).toBe(0);
    await putSpool(localStore(raw), `${SYMBOL}2026-02-02_10-00-00.parquet`, rowsFrom(0, 3));
    await putSpool(localStore(raw), `${SYMBOL}2026-02-04_10-00-00.parquet`, rowsFrom(0, 3));
    const { code, out } = await onLake('coverage', '--raw', raw, '--json');
    expect([code, JSON.parse(out)]).toMatchObject([
      3,
      { gaps: 1, symbols: [{ unpublished: ['2026-02-02'] }] },
    ]);
    expect((await onLake('coverage', '--raw', raw, '--no-fail-on-gaps')).code).toBe(0);
    expect((await onLake('coverage', '--raw', raw, '--date-from', '20260203')).code).toBe(0);
    expect((await onLake('coverage', '--days', '2', '--date-from', '20260203')).code).toBe(2);
    expect((await onLake('coverage', '--date-from', '20260301')).code).toBe(2);
  });
});
