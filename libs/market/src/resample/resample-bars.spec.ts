import type { DataType, RecordBatch, TimeUnit } from '@ticklake/columnar';
import { resampleBars, type ResampledBar } from './resample-bars.js';

const INT64: DataType = { kind: 'int', bits: 64, signed: true };

async function* batchesOf(
  bars: readonly (readonly number[])[],
  { type = INT64, perMs = 1n, cut = 3 } = {},
): AsyncGenerator<RecordBatch> {
  const names = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];
  const float64 = { kind: 'float', bits: 64 } as const;
  const fields = names.map((name, i) => ({ name, type: i === 0 ? type : float64, nullable: false }));
  for (let start = 0; start < bars.length; start += cut) {
    const rows = bars.slice(start, start + cut);
    const columns = names.map((_, i) => ({
      layout: 'fixed' as const,
      values:
        i === 0
          ? BigInt64Array.from(rows, ([time]) => BigInt(time as number) * perMs)
          : Float64Array.from(rows, (row) => row[i] as number),
    }));
    yield { schema: { fields }, rowCount: rows.length, columns };
  }
}

async function resampled(
  bars: readonly (readonly number[])[],
  to = ['5m'],
  from = '1m',
): Promise<ResampledBar[]> {
  const made: ResampledBar[] = [];
  for await (const bar of resampleBars(batchesOf(bars), { from, to })) made.push(bar);
  return made;
}

const MS = Date.UTC(2024, 0, 1);
const bar = (minute: number, [open, high, low, close, volume]: readonly number[] = [2, 3, 1, 2, 1]) =>
  [MS + minute * 60_000, open, high, low, close, volume] as number[];

it('takes the first open, the last close, the extremes, and the sum', async () => {
  const bars = [
    bar(0, [5, 6, 4, 5, 1]),
    bar(1, [5, 9, 5, 8, 2]),
    bar(2, [8, 8, 1, 2, 4]),
    bar(3),
    bar(4, [2, 3, 1, 7, 0.5]),
  ];
  expect(await resampled(bars)).toEqual([
    {
      timeframe: '5m',
      timestamp: MS,
      open: 5,
      high: 9,
      low: 1,
      close: 7,
      volume: 8.5,
      bars: 5,
      isComplete: true,
    },
  ]);
});

it('makes bars of what is there, says where some are missing, and none where all are', async () => {
  const made = await resampled([bar(1), bar(2), bar(14), bar(15)]);
  expect(
    made.map(({ timestamp, bars, isComplete }) => [(timestamp - MS) / 60_000, bars, isComplete]),
  ).toEqual([
    [0, 2, false],
    [10, 1, false],
    [15, 1, false],
  ]);
});

it('ends a bar before the one that opens on its end, in the order of ends', async () => {
  const made = await resampled(
    Array.from({ length: 61 }, (_, minute) => bar(minute)),
    ['1h', '15m'],
  );
  expect(made.map(({ timeframe, bars }) => `${timeframe} ${bars}`)).toEqual([
    '15m 15',
    '15m 15',
    '15m 15',
    '1h 60',
    '15m 15',
    '15m 1',
    '1h 1',
  ]);
});

it.each([
  ['7m', '1m'],
  ['5m', '3m'],
  ['1w', '1d'],
  ['1m', '5m'],
  ['1m', '1m'],
  ['5x', '1m'],
])('cannot make %s of %s', async (to, from) => {
  await expect(resampled([], [to], from)).rejects.toMatchObject({ kind: 'invalid', code: 'TIMEFRAME' });
});

it.each([
  ['twice at one time', [bar(1), bar(1)], 'UNSORTED'],
  ['that goes back', [bar(2), bar(1)], 'UNSORTED'],
  ['between two minutes', [bar(0.5)], 'GRID'],
])('refuses a bar %s', async (_, bars, code) => {
  await expect(resampled(bars)).rejects.toMatchObject({ kind: 'invalid', code });
});

describe('the unit of times', () => {
  it.each<[TimeUnit, bigint]>([
    ['ms', 1n],
    ['us', 1000n],
    ['ns', 1_000_000n],
  ])('is what the type says: %s', async (unit, perMs) => {
    const type: DataType = { kind: 'timestamp', unit, utc: true };
    const bars = Array.from({ length: 61 }, (_, minute) => bar(minute));
    const options = { from: '1m', to: ['15m', '1h'] };
    const made: ResampledBar[] = [];
    for await (const one of resampleBars(batchesOf(bars, { type, perMs }), options)) made.push(one);
    expect(made).toEqual(await resampled(bars, options.to));
    expect(made.at(-1)?.timestamp).toBe(MS + 3_600_000);
  });

  it.each<[TimeUnit, bigint]>([
    ['us', 1000n],
    ['ns', 1_000_000n],
  ])('leaves no part of a millisecond unseen: %s', async (unit, perMs) => {
    const type: DataType = { kind: 'timestamp', unit, utc: true };
    for await (const batch of batchesOf([bar(0)], { type, perMs })) {
      const late = { layout: 'fixed', values: BigInt64Array.of(BigInt(MS) * perMs + 1n) } as const;
      const made = resampleBars(one({ ...batch, columns: [late, ...batch.columns.slice(1)] }), {
        from: '1m',
        to: ['5m'],
      });
      await expect(made.next()).rejects.toMatchObject({ kind: 'invalid', code: 'GRID' });
    }
  });
});

it('refuses a bar of which something is missing', async () => {
  for await (const batch of batchesOf([bar(0), bar(1)])) {
    const columns = batch.columns.map((column, i) =>
      i === 4 ? { ...column, validity: Uint8Array.of(1, 0) } : column,
    ) as RecordBatch['columns'];
    const made = resampleBars(one({ ...batch, columns }), { from: '1m', to: ['5m'] });
    await expect(made.next()).rejects.toMatchObject({
      kind: 'invalid',
      code: 'NULL_VALUE',
      details: { column: 'close' },
    });
  }
});

async function* one(batch: RecordBatch): AsyncGenerator<RecordBatch> {
  yield batch;
}
