import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localStore } from '@ticklake/storage';
import { VALIDATION_NAME } from '../validation/report.js';
import { ARENA, NOON, suiteDirectory, testLake } from '../testing/context.js';
import { duckdbRows } from '../testing/duckdb.js';
import { binanceKlines, consolidatedFundings, consolidatedTrades } from '../testing/rows.js';
import { createLanes } from './lanes.js';
import { startLane, type ThreadLane } from './start-lane.js';

/** The thread runs built code: a worker of its own knows nothing of how tests compile. */
const SCRIPT = new URL('../../dist/lanes/lane-thread.js', import.meta.url);
const DAYS = ['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04'];
/** Everything is much. */
const ALL = { rowsMin: 0, sourceBytesMin: 0 };

const base = suiteDirectory();
const started: ThreadLane[] = [];
afterEach(() => Promise.all(started.splice(0).map((lane) => lane.close())));

/** A market on disk, whose runs have a second lane where `script` says what its thread runs. */
async function market({
  script,
  signal = new AbortController().signal,
}: { readonly script?: URL; readonly signal?: AbortSignal } = {}) {
  const directory = mkdtempSync(join(base, 'lake-'));
  const place = (name: string) => join(directory, name);
  const tools = {
    ...{ arena: ARENA, data: localStore(place('data')), output: localStore(place('output')) },
    ...{ scratchDirectory: place('scratch'), tool: 'converter test' },
  };
  const setup = {
    ...{ dataUrl: place('data'), outputUrl: place('output'), outputPrefix: '', env: {} },
    ...{ memoryBytes: ARENA.bytesMax, scratchDirectory: tools.scratchDirectory, tool: tools.tool },
  };
  const start = () => {
    const lane = startLane(setup, script);
    started.push(lane);
    return lane;
  };
  const lanes = createLanes(tools, script && start, ALL);
  const lake = testLake(tools.scratchDirectory, { ...tools, lanes, signal, clock: NOON });
  for (const day of DAYS) await lake.put(`BTCUSDT-1m-${day}.csv`, binanceKlines(day, { bars: 100 }));
  const trades = DAYS.map((day) => consolidatedTrades(day, { trades: 500 }));
  const rows = trades.map((text, i) => (i === 0 ? text : text.slice(text.indexOf('\n') + 1)));
  await lake.put('aggtrades_binance_BTCUSDT_consolidated.csv', rows.join(''));
  await lake.put('futures_binance_BTCUSDT_consolidated.csv', consolidatedFundings(...DAYS));
  return { ...lake, lanes };
}

describe('a second lane', () => {
  it('changes nothing of what is published, and of what is found in it', async () => {
    const [alone, apart] = [await market(), await market({ script: SCRIPT })];
    const [one, two] = [await alone.convert(), await apart.convert()];
    expect(started).toHaveLength(1);
    expect(two.datasets.map(({ entry, done }) => ({ entry, done }))).toEqual(
      one.datasets.map(({ entry, done }) => ({ entry: { ...entry, sources: expect.anything() }, done })),
    );
    const bytes = async ({ output }: typeof alone) => {
      const keys = [...(await apart.published()).keys()];
      return Promise.all(keys.map(async (key) => Buffer.from((await output.get(key)).bytes).toString('hex')));
    };
    expect(await bytes(apart)).toEqual(await bytes(alone));
    const found = async ({ output }: typeof alone) =>
      JSON.parse(Buffer.from((await output.get(VALIDATION_NAME)).bytes).toString()) as unknown;
    expect(await found(apart)).toEqual(await found(alone));
  });

  it('changes nothing of what Parquet has that both read', async () => {
    const text = consolidatedTrades('2024-01-01', { trades: 40_000 });
    const csv = join(base, 'trades.csv');
    writeFileSync(csv, text);
    await duckdbRows(
      `COPY (FROM read_csv('${csv}')) TO '${csv}.parquet' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
    );
    const published = [];
    for (const lake of [await market(), await market({ script: SCRIPT })]) {
      await lake.data.delete('aggtrades_binance_BTCUSDT_consolidated.csv');
      await lake.put('aggtrades_binance_BTCUSDT_consolidated.parquet', readFileSync(`${csv}.parquet`));
      await lake.convert();
      const keys = [...(await lake.published()).keys()].filter((key) => key.startsWith('aggtrades/'));
      expect(keys).toHaveLength(1);
      published.push(Buffer.from((await lake.output.get(keys[0] ?? '')).bytes).toString('hex'));
    }
    expect(published[1]).toBe(published[0]);
  });

  it('validates what nobody has looked at', async () => {
    const lake = await market({ script: SCRIPT });
    await lake.convert();
    const before = await lake.output.get(VALIDATION_NAME);
    await lake.output.delete(VALIDATION_NAME);
    const again = await lake.convert();
    const { datasets } = JSON.parse(Buffer.from(before.bytes).toString()) as { datasets: unknown };
    expect(again.validation?.datasets).toEqual(datasets);
  });

  it('tells of a bad line as one lane does, and publishes nothing', async () => {
    const errors = [];
    for (const lake of [await market(), await market({ script: SCRIPT })]) {
      await lake.put('BTCUSDT-1m-2024-01-05.csv', `${binanceKlines('2024-01-05', { bars: 3 })}oops\n`);
      errors.push(await lake.convert().catch((error: unknown) => error));
      expect((await lake.published()).size).toBe(0);
    }
    const [one, two] = errors as [Record<string, unknown>, Record<string, unknown>];
    expect(one).toMatchObject({ kind: 'corrupt', code: 'CSV_VALUE', details: { line: 4 } });
    expect(two).toMatchObject({ kind: one['kind'], code: one['code'], details: one['details'] });
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const lake = await market({ script: SCRIPT, signal: stop.signal });
    let published = 0;
    const run = lake.lanes.run.bind(lake.lanes);
    lake.lanes.run = (request, given) => {
      published++;
      if (published === 2) stop.abort();
      return run(request, given);
    };
    const { datasets } = await lake.convert();
    const cancelled = datasets.map((one) => one.cancelled);
    expect(Math.max(...cancelled)).toBe(2);
    expect((await lake.published()).size).toBe(0);
  });

  it('that does not start says so', async () => {
    const lake = await market({ script: new URL('./nothing-here.js', import.meta.url) });
    await expect(lake.convert()).rejects.toThrow('nothing-here');
  });
});
