import { METADATA_NAME, metadataSchema } from '../documents/metadata.js';
import { ARENA, suiteDirectory, testLake } from '../testing/context.js';
import { binanceKlines, consolidatedTrades, dayMs } from '../testing/rows.js';
import type { PartitionReport } from './report.js';
import { compareBars } from './compare-bars.js';
import { validateMarket } from './validate-market.js';

afterEach(() => expect(ARENA.usedBytes).toBe(0));

const directory = suiteDirectory();
const MS = dayMs('2024-01-01');
const KLINES = 'klines_binance_BTCUSDT_1m_consolidated.csv';

/** The report of the only partition of klines that these rows come to. */
async function reportOf(rows: readonly string[]): Promise<PartitionReport> {
  const lake = testLake(directory);
  await lake.put(KLINES, `timestamp,open,high,low,close,volume\n${rows.join('\n')}\n`);
  const { validation } = await lake.convert();
  const [report] = Object.values(validation?.datasets['klines/binance_BTCUSDT_1m']?.partitions ?? {});
  if (report === undefined) throw new Error('nothing was validated');
  return report;
}

const bar = (minute: number, prices = '2,3,1,2', volume = '1') =>
  `${MS + minute * 60_000},${prices},${volume}`;
const wholeDay = Array.from({ length: 1440 }, (_, minute) => bar(minute));
const found = ({ findings }: PartitionReport) =>
  Object.fromEntries(findings.map((one) => [one.check, one.count]));

describe('bars', () => {
  it('of a whole day have nothing to find, and add up', async () => {
    const report = await reportOf(wholeDay);
    expect(report).toMatchObject({ rows: 1440, findings: [], gaps: [] });
    expect(report.statistics).toEqual({ open: 2, high: 3, low: 1, close: 2, volume: 1440 });
  });

  it('that are missing are ranges of times: at the beginning, between, and at the end', async () => {
    const report = await reportOf(wholeDay.filter((_, i) => i >= 900 && (i < 1000 || i >= 1080) && i < 1439));
    expect(report.gaps).toEqual([
      { from: String(MS), to: String(MS + 899 * 60_000), bars: 900 },
      { from: String(MS + 1000 * 60_000), to: String(MS + 1079 * 60_000), bars: 80 },
      { from: String(MS + 1439 * 60_000), to: String(MS + 1439 * 60_000), bars: 1 },
    ]);
    expect(found(report)).toEqual({ gaps: 3 });
  });

  it('of one time are told of and kept', async () => {
    const report = await reportOf([...wholeDay, bar(7), bar(7)]);
    expect({ rows: report.rows, ...found(report) }).toEqual({ rows: 1442, duplicates: 2 });
  });

  it('off the grid are told of', async () => {
    const rows = wholeDay.map((row, i) => (i === 5 ? bar(5.5) : row));
    expect(found(await reportOf(rows))).toEqual({ grid: 1, gaps: 1 });
  });

  it.each([
    ['a high below the close', '2,2,1,3'],
    ['a low above the open', '2,3,2.5,3'],
    ['a price of zero', '0,3,0,2'],
  ])('with %s are told of, with the first time', async (_, prices) => {
    const rows = wholeDay.map((row, i) => (i === 9 || i === 10 ? bar(i, prices) : row));
    const { findings } = await reportOf(rows);
    expect(findings).toMatchObject([
      { check: 'ohlc', severity: 'warning', count: 2, first: String(MS + 9 * 60_000) },
    ]);
  });

  it('of the future are told of', async () => {
    const future = wholeDay.map((row) =>
      row.replace(/^\d+/, (time) => String(Number(time) + 1000 * 86_400_000)),
    );
    expect(found(await reportOf(future))).toEqual({ future: 1440 });
  });
});

describe('trades', () => {
  it('have their missing and repeated ids counted', async () => {
    const lake = testLake(directory);
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
    const ids = [1, 2, 2, 5, 4];
    const rows = ids.map((id, i) => `${MS + i},${10 + i},1,true,${id}`);
    await lake.put(
      'aggtrades_binance_BTCUSDT_consolidated.csv',
      `timestamp,price,quantity,is_buyer_maker,agg_trade_id\n${rows.join('\n')}\n`,
    );
    const { validation } = await lake.convert();
    const dataset = validation?.datasets['aggtrades/binance_BTCUSDT'];
    expect(dataset).toMatchObject({
      status: 'WARN',
      rows: 5,
      findings: { duplicates: 1, trade_ids: 1, trade_id_order: 1 },
    });
    const [report] = Object.values(dataset?.partitions ?? {});
    expect(report?.statistics).toEqual({
      price_min: 10,
      price_max: 14,
      quantity: 5,
      buyer_maker_trades: 5,
      missing_trade_ids: '2',
    });
  });

  it('are added up to bars, and compared', async () => {
    const lake = testLake(directory);
    // Minute 0 is right, minute 1 has another volume, minute 2 no trade; minute 3 has a trade and no bar.
    await lake.put(
      KLINES,
      `timestamp,open,high,low,close,volume\n${[bar(0, '2,3,1,2', '0.3'), bar(1, '5,5,5,5', '2'), bar(2)].join('\n')}\n`,
    );
    const trades = [
      [0, 2, '0.1'],
      [1, 3, '0.05'],
      [2, 1, '0.05'],
      [3, 2, '0.1'],
      [60_000, 5, '1'],
      [180_000, 9, '1'],
    ];
    const rows = trades.map(
      ([ms, price, quantity], id) => `${MS + Number(ms)},${price},${quantity},true,${id}`,
    );
    await lake.put(
      'aggtrades_binance_BTCUSDT_consolidated.csv',
      `timestamp,price,quantity,is_buyer_maker,agg_trade_id\n${rows.join('\n')}\n`,
    );
    const { validation } = await lake.convert();
    expect(Object.values(validation?.klines_from_aggtrades ?? {})).toMatchObject([
      {
        bars: 3,
        equal: 1,
        differing: 1,
        without_trades: 1,
        without_bar: 1,
        first_differing: String(MS + 60_000),
      },
    ]);
  });
});

it('looks again only at what has changed, and changes the document only then', async () => {
  const lake = testLake(directory);
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
  await lake.put('aggtrades_binance_BTCUSDT_consolidated.csv', consolidatedTrades('2024-01-01'));
  const first = await lake.convert();
  const etag = async () => (await lake.output.head('validation.json'))?.etag;
  const before = await etag();
  const second = await lake.convert();
  expect(second.validation).toEqual(first.validation);
  expect(await etag()).toBe(before);
  await lake.put('BTCUSDT-1m-2024-01-02.csv', binanceKlines('2024-01-02', { bars: 7 }));
  const third = await lake.convert();
  expect(third.validation?.datasets['klines/binance_BTCUSDT_1m']).toMatchObject({
    status: 'WARN',
    rows: 1447,
    findings: { gaps: 1 },
  });
});

it.each(['klines', 'aggtrades'])('fails where a partition of %s is not there any more', async (gone) => {
  const lake = testLake(directory);
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
  await lake.put('aggtrades_binance_BTCUSDT_consolidated.csv', consolidatedTrades('2024-01-01'));
  await lake.convert();
  const { bytes } = await lake.output.get(METADATA_NAME);
  const { data_types } = metadataSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  const entries = Object.values(data_types).flatMap(({ datasets }) =>
    Object.entries(datasets).map(([path, entry]) => ({ path, entry })),
  );
  const { output: store, context } = lake;
  const validation = { ...context, store, updatedAt: '2026-01-20T12:00:00.000Z' };
  await expect(validateMarket(entries, validation)).resolves.toMatchObject({ datasets: expect.anything() });
  await store.delete('validation.json');
  const [first] = entries
    .filter(({ path }) => path.startsWith(gone))
    .flatMap(({ entry }) => entry.partitions);
  await store.delete(`${first?.path}_manifest.json`);
  await expect(validateMarket(entries, validation)).rejects.toMatchObject({
    kind: 'conflict',
    code: 'PARTITION_GONE',
    details: { path: first?.path },
  });
});

it('compares no bars where the trades are gone, and lets go of both', async () => {
  const lake = testLake(directory);
  await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01'));
  await lake.convert();
  const [klines] = [...(await lake.published()).keys()].map((key) => key.replace(/data\.parquet$/, ''));
  const paths = { klines: klines ?? '', aggtrades: 'aggtrades/none/' };
  expect(await compareBars(lake.output, paths, ARENA)).toBeUndefined();
});
