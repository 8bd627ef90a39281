import { daysBetween, parseUtcDay, startOfDayMs } from '@ticklake/core';
import { ARENA } from '../testing/context.js';
import { putWindows } from '../testing/ledger.js';
import { publishMarket, type MarketRow } from '../testing/published.js';
import { reportQuality, type QualityRequest } from './report-quality.js';
import { reportText } from './report-text.js';
import { silenceThresholdMs } from './silence-thresholds.js';
import { FAILURES, hasFailure } from './troubles.js';

const FIRST = parseUtcDay('20260203');
const SECOND = parseUtcDay('20260204');
const MINUTE = 60_000;

/** A row every two minutes, but for some minutes. */
function rowsOf(day: string, silentFrom = 0, silentTo = 0): MarketRow[] {
  const start = startOfDayMs(parseUtcDay(day));
  return Array.from({ length: 720 }, (_, i) => start + i * 2 * MINUTE)
    .filter((event) => event < start + silentFrom * MINUTE || event >= start + silentTo * MINUTE)
    .map((event, i) => ({ event, id: String(i) }));
}

async function lake() {
  return publishMarket({
    'binance/trade/btcusdt/20260203': rowsOf('20260203'),
    'binance/trade/btcusdt/20260204': rowsOf('20260204', 600, 660),
    'okx/trade/ethusdt/20260203': rowsOf('20260203'),
  });
}

type Stores = Awaited<ReturnType<typeof lake>>;

function report(stores: Stores, changes: Partial<QualityRequest> = {}) {
  return reportQuality({
    ...stores,
    days: daysBetween(FIRST, SECOND),
    filter: { exchanges: undefined, streams: undefined, symbols: undefined },
    scan: true,
    silenceMs: silenceThresholdMs,
    arena: ARENA,
    signal: new AbortController().signal,
    ...changes,
  });
}

it('tells rows, files and gaps of each partition, and what is missing', async () => {
  const quality = await report(await lake(), { raw: undefined });
  expect(quality.days).toMatchObject([
    { day: FIRST, partitions: 2, rows: 1440, sourceFiles: 2, gaps: [], missing: [], ledger: undefined },
    {
      day: SECOND,
      partitions: 1,
      gaps: ['binance/trade/btcusdt'],
      missing: ['okx/trade/ethusdt'],
      stale: [],
    },
  ]);
  expect(quality.partitions.map(({ symbol, day }) => `${symbol} ${day}`)).toEqual([
    'btcusdt 2026-02-03',
    'ethusdt 2026-02-03',
    'btcusdt 2026-02-04',
  ]);
  expect(quality.partitions[2]).toMatchObject({
    rows: 690,
    complete: true,
    generation: 1,
    lateFiles: undefined,
  });
  expect(reportText(quality)).toContain(
    '2026-02-04 gaps: binance/trade/btcusdt  1 silences above 5 min 00 s, 1 h 02 min in all, longest 1 h 02 min from 2026-02-04T09:58:00.000Z to 2026-02-04T11:00:00.000Z',
  );
});

it('one silence for all streams overrides the table', async () => {
  const quality = await report(await lake(), { silenceMs: () => 3 * 3_600_000 });
  expect(quality.days[1]?.gaps).toEqual([]);
});

it('without a scan no data is read', async () => {
  const stores = await lake();
  await stores.compact.delete('exchange=okx/stream=trade/symbol=ethusdt/date=20260203/data.parquet');
  const { days, partitions } = await report(stores, { scan: false, raw: undefined });
  expect(days[0]).toMatchObject({ unreadable: [], gaps: [] });
  expect(partitions.map(({ scan }) => scan)).toEqual([undefined, undefined, undefined]);
});

it('data that cannot be read is an entry, and the others are looked at all the same', async () => {
  const stores = await lake();
  await stores.compact.delete('exchange=okx/stream=trade/symbol=ethusdt/date=20260203/data.parquet');
  const quality = await report(stores, { raw: undefined });
  expect(quality.days[0]?.unreadable).toEqual(['okx/trade/ethusdt']);
  expect(quality.days[1]?.gaps).toEqual(['binance/trade/btcusdt']);
  expect(reportText(quality)).toContain(
    'unreadable: okx/trade/ethusdt  the data is not what its manifest describes',
  );
  expect(hasFailure(quality, ['unreadable'])).toBe(true);
});

it('late files and the ledger are told with the spool at hand', async () => {
  const stores = await lake();
  const directory = 'exchange=okx/stream=trade/symbol=ethusdt/date=20260203/';
  const { bytes } = await stores.raw.get(`${directory}part-1770110000-000000.parquet`);
  await stores.raw.put(`${directory}part-1770110001-000001.parquet`, bytes);
  await putWindows(stores.raw, FIRST, 96);
  await putWindows(stores.raw, SECOND, 96, { dropped_events: 1 });
  await stores.raw.put('quality/date=20260204/window=0000.json', new TextEncoder().encode('{'));
  const quality = await report(stores);
  expect(quality.days).toMatchObject([
    { stale: ['okx/trade/ethusdt'], lateFiles: 1, ledger: { grade: 'GOOD' } },
    { stale: [], lateFiles: 0, ledger: { grade: 'BAD', bad: 95 } },
  ]);
  const text = reportText(quality);
  expect(text).toContain('2026-02-03 stale: okx/trade/ethusdt  1 late files');
  expect(text).toContain('2026-02-04 unreadable: quality/date=20260204/window=0000.json');
  expect(text).toMatch(/2026-02-04 +BAD/);
  expect(FAILURES.filter((failure) => hasFailure(quality, [failure]))).toEqual([
    'missing',
    'unreadable',
    'stale',
    'gaps',
    'bad',
  ]);
});

it('what was published without some of its inputs is incomplete', async () => {
  const stores = await lake();
  const key = 'exchange=okx/stream=trade/symbol=ethusdt/date=20260203/meta.json';
  const meta = JSON.parse(new TextDecoder().decode((await stores.compact.get(key)).bytes));
  await stores.compact.put(key, new TextEncoder().encode(JSON.stringify({ ...meta, complete: false })));
  const quality = await report(stores);
  expect(quality.days[0]?.incomplete).toEqual(['okx/trade/ethusdt']);
});

it('says of how many partitions gaps are not known', async () => {
  const stores = await publishMarket(
    { 'okx/trade/ethusdt/20260203': rowsOf('20260203') },
    { tsUnit: undefined },
  );
  const text = reportText(await report(stores));
  expect(text).toContain('1 partitions know no unit of ts_event');
});

it('only what was asked for is looked at', async () => {
  const filter = { exchanges: new Set(['okx']), streams: undefined, symbols: undefined };
  const { partitions } = await report(await lake(), { filter });
  expect(partitions.map(({ exchange }) => exchange)).toEqual(['okx']);
});

it('every stale partition is found, whatever sorts between the names', async () => {
  const names = ['a', 'a-b', 'a0', 'b'].map((symbol) => `okx/trade/${symbol}/20260203`);
  const stores = await publishMarket(Object.fromEntries(names.map((name) => [name, rowsOf('20260203')])));
  for await (const { key } of stores.raw.list('')) {
    const { bytes } = await stores.raw.get(key);
    await stores.raw.put(key.replace('-000000', '-000009'), bytes);
  }
  const { days } = await report(stores, { scan: false });
  expect(days[0]?.stale).toEqual(['okx/trade/a', 'okx/trade/a-b', 'okx/trade/a0', 'okx/trade/b']);
});
