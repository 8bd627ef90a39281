import { createArena, valueAt } from '@ticklake/columnar';
import { parseUtcDay, startOfDayMs } from '@ticklake/core';
import { openParquet } from '@ticklake/parquet';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { generateSpool, type SpoolOptions } from './generate-spool.js';

const arena = createArena({ bytesMax: 2 ** 26 });
const day = parseUtcDay('2026-02-03');
const options: Omit<SpoolOptions, 'store'> = {
  seed: 7,
  layout: 'flat',
  exchange: 'binance',
  streams: ['bbo', 'trade', 'open_interest', 'funding', 'mark_price'],
  symbols: ['BTCUSDT'],
  days: [day],
  filesPerDay: 8,
  rowsPerFile: 100,
};
const limits = {
  footerBytesMax: 2 ** 20,
  pageBytesMax: 2 ** 20,
  chunkBytesMax: 2 ** 20,
  rowsMax: 2 ** 20,
  rowGroupRowsMax: 2 ** 20,
  rowGroupsMax: 16,
  columnsMax: 64,
  thriftNodesMax: 10_000,
  expansionRatioMax: 1000,
};

describe('generateSpool', () => {
  it('makes the same bytes from the same seed, and others from another', async () => {
    const [first, again, other] = await Promise.all([7, 7, 8].map((seed) => contents({ ...options, seed })));
    expect(again).toEqual(first);
    expect([...(other?.values() ?? [])]).not.toEqual([...(first?.values() ?? [])]);
  });

  it('names files by either grammar', async () => {
    const flat = [...(await contents(options)).keys()];
    const dated = [...(await contents({ ...options, layout: 'dated' })).keys()];
    expect(flat).toContain('exchange=binance/stream=bbo/symbol=btcusdt/2026-02-03_02-59-59.parquet');
    expect(dated).toContain(
      `exchange=binance/stream=bbo/symbol=btcusdt/date=20260203/part-${startOfDayMs(day) / 1000 + 10_799}-000000.parquet`,
    );
    expect(flat).toHaveLength(40);
    expect(dated).toHaveLength(40);
  });

  it('is sorted inside files, overlaps between them, and has ties inside and across', async () => {
    const store = memoryStore();
    const summary = await generateSpool({ ...options, store, streams: ['bbo'] });
    const files = await eventTimes(store);
    expect(files.flat()).toHaveLength(summary.rowCount);
    let [overlaps, tiesInside, tiesAcross] = [0, 0, 0];
    files.forEach((times, file) => {
      expect([...times].sort((a, b) => Number(a - b))).toEqual(times);
      tiesInside += times.length - new Set(times).size;
      const before = files[file - 1];
      if (before === undefined) return;
      if ((times[0] ?? 0n) < (before.at(-1) ?? 0n)) overlaps++;
      tiesAcross += times.filter((time) => before.includes(time)).length;
    });
    expect(overlaps).toBeGreaterThan(0);
    expect(tiesInside).toBeGreaterThan(0);
    expect(tiesAcross).toBeGreaterThan(0);
    expect(files[0]?.[0]).toBeLessThan(BigInt(startOfDayMs(day)));
  });
});

async function contents(made: Omit<SpoolOptions, 'store'>): Promise<Map<string, string>> {
  const store = memoryStore();
  await generateSpool({ ...made, store });
  const found = new Map<string, string>();
  for await (const { key } of store.list('')) {
    found.set(key, Buffer.from((await store.get(key)).bytes).toString('base64'));
  }
  return found;
}

async function eventTimes(store: ObjectStore): Promise<bigint[][]> {
  const files: bigint[][] = [];
  for await (const { key } of store.list('')) {
    const times: bigint[] = [];
    const reader = await openParquet({ source: await store.open(key), arena }, limits);
    for await (const batch of reader.batches({ columns: ['ts_event'], rowsMax: 1000 })) {
      const column = batch.columns[0];
      if (column === undefined) throw new Error('no ts_event');
      for (let row = 0; row < batch.rowCount; row++) times.push(valueAt(column, row) as bigint);
    }
    reader.close();
    files.push(times);
  }
  return files;
}
