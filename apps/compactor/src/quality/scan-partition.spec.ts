import { parseUtcDay, startOfDayMs } from '@ticklake/core';
import { ARENA } from '../testing/context.js';
import { publishMarket, type MarketRow } from '../testing/published.js';
import { scanPartition, type PartitionScan } from './scan-partition.js';

const DAY = parseUtcDay('20260203');
const START = startOfDayMs(DAY);
const HOUR = 3_600_000;
const MINUTE = 60_000;

/** A row each minute of the day, without those of which `isSilent` is true. */
function minutely(isSilent: (minute: number) => boolean = () => false): MarketRow[] {
  const rows: MarketRow[] = [];
  for (let minute = 0; minute < 24 * 60; minute++) {
    if (!isSilent(minute)) rows.push({ event: START + minute * MINUTE, id: String(1000 + minute) });
  }
  return rows;
}

async function scan(
  rows: readonly MarketRow[],
  {
    name = 'binance/trade/btcusdt',
    tsUnit = 'ms',
  }: { readonly name?: string; readonly tsUnit?: 'ms' | null } = {},
) {
  const { compact } = await publishMarket({ [`${name}/20260203`]: rows }, { tsUnit: tsUnit ?? undefined });
  const [exchange = '', stream = '', symbol = ''] = name.split('/');
  const { signal } = new AbortController();
  const tools = { compact, arena: ARENA, silenceMs: () => 5 * MINUTE, signal };
  return { compact, tools, key: { exchange, stream, symbol, day: DAY } };
}

async function scanRows(...args: Parameters<typeof scan>): Promise<PartitionScan> {
  const { key, tools } = await scan(...args);
  const result = await scanPartition(key, tools);
  if ('failure' in result) throw new Error(result.message);
  return result;
}

it('a day without a break has no gap, no missing id, no step', async () => {
  expect(await scanRows(minutely())).toEqual({
    rowCount: 1440,
    silence: { thresholdMs: 5 * MINUTE, gapCount: 0, silentMs: 0, gaps: [] },
    tradeIds: { missing: 0, breaks: 0, repeated: 0, unreadable: 0, ranges: [] },
    clock: {
      rowCount: 1440,
      negative: 0,
      far: 0,
      stepsBack: 0,
      stepsForward: 0,
      steps: [],
      p50Ms: 0,
      p99Ms: 0,
    },
  });
});

it('gaps are told with both ends, those at the ends of the day too', async () => {
  const rows = minutely((minute) => minute < 10 || (minute > 600 && minute < 660) || minute > 1430);
  const { silence } = await scanRows(rows);
  expect(silence).toEqual({
    thresholdMs: 5 * MINUTE,
    gapCount: 3,
    silentMs: 80 * MINUTE,
    gaps: [
      { from: '2026-02-03T00:00:00.000Z', to: '2026-02-03T00:10:00.000Z', durationMs: 10 * MINUTE },
      { from: '2026-02-03T10:00:00.000Z', to: '2026-02-03T11:00:00.000Z', durationMs: HOUR },
      { from: '2026-02-03T23:50:00.000Z', to: '2026-02-04T00:00:00.000Z', durationMs: 10 * MINUTE },
    ],
  });
});

it('missing and repeated trade ids are counted where the exchange numbers them one by one', async () => {
  const rows = minutely((minute) => minute === 7 || minute === 8);
  rows.push({ event: START, id: '1000' }, { event: START, id: 'x-1' }, { event: START, id: null });
  const { tradeIds } = await scanRows(rows);
  expect(tradeIds).toEqual({
    missing: 2,
    breaks: 1,
    repeated: 1,
    unreadable: 2,
    ranges: [{ from: 1007, to: 1008 }],
  });
  expect((await scanRows(rows, { name: 'okx/trade/btcusdt' })).tradeIds).toBeUndefined();
});

it('clocks are held against each other', async () => {
  const rows: MarketRow[] = minutely().map(({ event }, minute) => {
    if (minute === 20) return { event, received: null };
    if (minute === 40) return { event, received: event + 2 * HOUR };
    return { event, received: event - (minute < 100 ? 0 : 1250) };
  });
  const { clock } = await scanRows(rows, { name: 'okx/bbo/btcusdt' });
  expect(clock).toMatchObject({ rowCount: 1439, negative: 1340, far: 1, stepsForward: 1, stepsBack: 1 });
  expect(clock?.steps.map(({ at }) => at)).toEqual(['2026-02-03T00:40:00.000Z', '2026-02-03T00:41:00.000Z']);
  expect(clock?.p50Ms).toBeGreaterThan(-1290);
  expect(clock?.p50Ms).toBeLessThan(-1210);
});

it('without a unit neither gaps nor clocks are made up, but ids are looked at', async () => {
  const { silence, clock, tradeIds } = await scanRows(minutely(), { tsUnit: null });
  expect([silence, clock]).toEqual([undefined, undefined]);
  expect(tradeIds).toMatchObject({ missing: 0 });
});

it('without a unit and ids nothing is read', async () => {
  const { key, tools, compact } = await scan(minutely(), { name: 'okx/bbo/btcusdt', tsUnit: null });
  const result = await scanPartition(key, { ...tools, compact });
  expect(result).toEqual({ rowCount: 1440, silence: undefined, tradeIds: undefined, clock: undefined });
});

describe('what cannot be read is an entry', () => {
  const directory = 'exchange=binance/stream=trade/symbol=btcusdt/date=20260203/';

  it('when data is gone', async () => {
    const { key, tools, compact } = await scan(minutely());
    await compact.delete(`${directory}data.parquet`);
    expect(await scanPartition(key, tools)).toMatchObject({ failure: 'DATA_MISMATCH' });
  });

  it('when pages are damaged', async () => {
    const { key, tools, compact } = await scan(minutely());
    const { bytes } = await compact.get(`${directory}data.parquet`);
    const meta = JSON.parse(new TextDecoder().decode((await compact.get(`${directory}meta.json`)).bytes));
    const damaged = Uint8Array.from(bytes).fill(0xff, 60, 200);
    const { etag } = await compact.put(`${directory}data.parquet`, damaged);
    await compact.put(`${directory}meta.json`, new TextEncoder().encode(JSON.stringify({ ...meta, etag })));
    const result = await scanPartition(key, tools);
    expect(result).toHaveProperty('failure');
    expect(result).toHaveProperty('message');
  });

  it('when it is not published any more', async () => {
    const { key, tools, compact } = await scan(minutely());
    await compact.delete(`${directory}meta.json`);
    expect(await scanPartition(key, tools)).toMatchObject({ failure: 'missing' });
  });
});

it('stops when told to', async () => {
  const { key, tools } = await scan(minutely());
  await expect(scanPartition(key, { ...tools, signal: AbortSignal.abort() })).rejects.toMatchObject({
    kind: 'cancelled',
  });
});
