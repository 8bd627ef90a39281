import { createHash } from 'node:crypto';
import { createParquetSink } from '@ticklake/parquet';
import type { Field, FixedColumn, RecordBatch } from '@ticklake/columnar';
import { zipBytes } from '@ticklake/csv/testing';
import { PARQUET } from './limits.js';
import { ARENA, suiteDirectory, testLake } from './testing/context.js';
import { binanceKlines, dayMs } from './testing/rows.js';

const directory = suiteDirectory();
const MS = dayMs('2024-01-01');
const KLINES = 'klines_binance_BTCUSDT_1m_consolidated.csv';
const TRADES = 'aggtrades_binance_BTCUSDT_consolidated.csv';
const FUTURES = 'futures_binance_BTCUSDT_consolidated.csv';
const HEADER = 'timestamp,open,high,low,close,volume\n';

/** What a lake with a good day of klines and these sources comes to: the failure, after it was seen that nothing is published. */
async function refusalOf(files: Readonly<Record<string, string | Uint8Array>>) {
  const lake = testLake(directory);
  if (!(KLINES in files))
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars: 5 }));
  for (const [key, content] of Object.entries(files)) await lake.put(key, content);
  const failure: unknown = await lake.convert().then(
    () => 'converted',
    (error: unknown) => error,
  );
  for await (const { key } of lake.output.list('')) throw new Error(`${key} was published`);
  return failure;
}

/** The conversion of one file of klines. */
async function convertedRows(content: string | Uint8Array, key = KLINES) {
  const lake = testLake(directory);
  await lake.put(key, content);
  return (await lake.convert()).datasets[0]?.entry?.rows;
}

const bar = (ms: number | string, close = '1') => `${ms},1,1,1,${close},1\n`;
const trade = (ms: number, rest: string) => `${ms},${rest}\n`;

describe('CSV that is taken (row 82)', () => {
  it.each([
    ['delimited by semicolons', `${HEADER}${bar(MS)}`.replaceAll(',', ';')],
    ['with quotes around everything', `${HEADER}${bar(MS)}`.replaceAll(/[^,\n]+/g, '"$&"')],
    ['with a byte order mark and carriage returns', `\ufeff${HEADER}${bar(MS)}`.replaceAll('\n', '\r\n')],
    ['without an end of its last line', `${HEADER}${bar(MS)}`.trimEnd()],
    ['with dates that say their zone', `${HEADER}${bar('2024-01-01 00:00:00+00:00')}`],
    [
      'with a column more, in another order',
      `note,volume,close,low,high,open,timestamp\nx,1,1,1,1,1,${MS}\n`,
    ],
  ])('%s', async (_, text) => {
    expect(await convertedRows(text)).toBe(1);
  });
});

describe('CSV that is refused (row 82, and the variants that were met)', () => {
  it.each<[string, string, object]>([
    [
      'a number that no double holds',
      HEADER + bar(MS) + bar(MS, '1e400'),
      { code: 'CSV_VALUE', details: { file: KLINES, line: 3, column: 'close', text: '1e400' } },
    ],
    ['infinity', HEADER + bar(MS, 'inf'), { code: 'CSV_VALUE', details: { line: 2, column: 'close' } }],
    [
      'a missing price: nothing is made up',
      HEADER + bar(MS, ''),
      { code: 'CSV_VALUE', details: { line: 2, column: 'close' } },
    ],
    [
      'a missing column',
      'timestamp,open,high,low,close\n1,1,1,1,1\n',
      { code: 'MISSING_COLUMN', details: { line: 1, missing: 'volume' } },
    ],
    [
      'a line cut short',
      HEADER + bar(MS) + `${MS + 60_000},1,1`,
      { code: 'CSV_FIELDS', details: { line: 3 } },
    ],
    [
      'dates without a zone',
      HEADER + bar('2024-01-01 00:00:00'),
      { code: 'CSV_VALUE', details: { line: 2, column: 'timestamp' } },
    ],
    ['an empty file', '', { code: 'CSV_EMPTY', details: { file: KLINES } }],
  ])('%s', async (_, text, failure) => {
    expect(await refusalOf({ [KLINES]: text })).toMatchObject({
      name: 'LakeError',
      kind: 'corrupt',
      ...failure,
    });
  });

  it.each<[string, string, object]>([
    [
      'a header of two delimiters',
      'timestamp,p;rice,quantity,is_buyer_maker,agg_trade_id\n1,1,1,True,1\n',
      { code: 'MISSING_COLUMN', details: { line: 1, missing: 'price' } },
    ],
    [
      'semicolons and no trade id',
      'timestamp;price;quantity;is_buyer_maker\n1;1;1;True\n',
      { code: 'MISSING_COLUMN', details: { line: 1, missing: 'agg_trade_id' } },
    ],
    [
      'rows of two delimiters',
      `timestamp,price,quantity,is_buyer_maker,agg_trade_id\n${trade(MS, '1,1,True,1')}${trade(MS, '1,1,True,2').replaceAll(',', ';')}`,
      { code: 'CSV_VALUE', details: { line: 3 } },
    ],
  ])('trades with %s', async (_, text, failure) => {
    expect(await refusalOf({ [TRADES]: text })).toMatchObject({ kind: 'corrupt', ...failure });
  });

  it('fundings of another symbol', async () => {
    const text = `symbol,fundingTime,fundingRate\nBTCUSDT,${MS},0.1\nETHUSDT,${MS},0.1\n`;
    expect(await refusalOf({ [FUTURES]: text })).toMatchObject({
      code: 'CSV_VALUE',
      details: { line: 3, column: 'symbol' },
    });
  });
});

describe('times (row 83)', () => {
  it.each<[string, string, object]>([
    ['seconds', bar(MS / 1000), { code: 'TIME_RANGE', details: { line: 2, looksLike: 's' } }],
    ['nanoseconds', bar(`${MS}000000`), { code: 'TIME_RANGE', details: { line: 2, looksLike: 'ns' } }],
    ['a number of no unit', bar(12_345), { code: 'TIME_RANGE', details: { line: 2 } }],
    ['a unit that changes', bar(MS) + bar(`${MS}000`), { code: 'TIME_UNIT_MIXED', details: { line: 3 } }],
    [
      'microseconds between milliseconds',
      bar(`${MS}000`) + bar(`${MS}001`),
      { code: 'TIME_INEXACT', details: { line: 3 } },
    ],
  ])('in %s are refused', async (_, rows, failure) => {
    expect(await refusalOf({ [KLINES]: HEADER + rows })).toMatchObject({ kind: 'corrupt', ...failure });
  });

  it('in microseconds become milliseconds in klines, and stay in trades', async () => {
    const lake = testLake(directory);
    await lake.put('BTCUSDT-1m-2025-01-01.csv', binanceKlines('2025-01-01', { unit: 1000 }));
    await lake.put(
      TRADES,
      `timestamp,price,quantity,is_buyer_maker,agg_trade_id\n${trade(dayMs('2025-01-01') * 1000 + 7, '1,1,true,1')}`,
    );
    const { datasets } = await lake.convert();
    expect(datasets.map(({ entry }) => entry)).toMatchObject([
      { time_unit: 'ms', timestamp_min: String(dayMs('2025-01-01')) },
      { time_unit: 'us', timestamp_min: `${dayMs('2025-01-01')}007` },
    ]);
  });

  it('of two units in one dataset are refused until somebody says which', async () => {
    const lake = testLake(directory);
    await lake.put('BTCUSDT-1m-2024-01-01.csv', binanceKlines('2024-01-01', { bars: 5 }));
    const row = (ms: number, unit: number) => `1,1,1,1,1,${ms * unit},true,true\n`;
    await lake.put('BTCUSDT-aggTrades-2024-12-31.csv', row(dayMs('2024-12-31'), 1));
    await lake.put('BTCUSDT-aggTrades-2025-01-01.csv', row(dayMs('2025-01-01'), 1000));
    await expect(lake.convert()).rejects.toMatchObject({ kind: 'corrupt', code: 'TIME_UNIT_MIXED' });
    const { datasets } = await lake.convert({ timeUnit: 'us' });
    expect(datasets[1]?.entry).toMatchObject({
      time_unit: 'us',
      rows: 2,
      timestamp_min: `${dayMs('2024-12-31')}000`,
    });
  });
});

describe('zips', () => {
  const rows = Buffer.from(binanceKlines('2024-01-01', { bars: 5 }));
  const zip = zipBytes([{ name: 'BTCUSDT-1m-2024-01-01.csv', bytes: rows }]);
  const key = 'BTCUSDT-1m-2024-01-01.zip';
  const sha256 = createHash('sha256').update(zip).digest('hex');

  it('are taken, with or without their checksum', async () => {
    expect(await convertedRows(zip, key)).toBe(5);
    const lake = testLake(directory);
    await lake.put(key, zip);
    await lake.put(`${key}.CHECKSUM`, `${sha256}  ${key}\n`);
    expect((await lake.convert()).datasets[0]?.entry?.sources[0]).toMatchObject({ checksum_verified: true });
  });

  it.each<[string, Uint8Array, string]>([
    [
      'two files',
      zipBytes([
        { name: 'a.csv', bytes: rows },
        { name: 'b.csv', bytes: rows },
      ]),
      'ZIP_ENTRIES',
    ],
    ['an end that is missing', zip.subarray(0, 200), 'TRUNCATED'],
    [
      'other bytes than its directory says',
      zipBytes([{ name: 'a.csv', bytes: rows, lies: { crc32: 5 } }]),
      'ZIP_CORRUPT',
    ],
    [
      'a bomb in it',
      zipBytes([{ name: 'a.csv', bytes: rows, lies: { sizeBytes: 0xfffffff0 } }]),
      'ZIP_CORRUPT',
    ],
    ['no zip in it', rows, 'BAD_MAGIC'],
  ])('with %s are refused', async (_, bytes, code) => {
    const lake = testLake(directory);
    await lake.put(key, bytes);
    await expect(lake.convert()).rejects.toMatchObject({ kind: 'corrupt', code, details: { file: key } });
    expect((await lake.published()).size).toBe(0);
  });

  it('that are not the file of their checksum are refused', async () => {
    const lake = testLake(directory);
    await lake.put(key, zip);
    await lake.put(`${key}.CHECKSUM`, `${'0'.repeat(64)}  ${key}\n`);
    await expect(lake.convert()).rejects.toMatchObject({
      kind: 'corrupt',
      code: 'CHECKSUM',
      details: { file: key },
    });
  });
});

describe('Parquet', () => {
  const int64 = { kind: 'int', bits: 64, signed: true } as const;
  const float64 = { kind: 'float', bits: 64 } as const;
  const times = BigInt64Array.of(BigInt(MS), BigInt(MS + 60_000));
  const prices = ['open', 'high', 'low', 'close', 'volume'];

  async function parquetOf(columns: Readonly<Record<string, readonly [Field['type'], FixedColumn]>>) {
    const fields = Object.entries(columns).map(([name, [type, { validity }]]) => ({
      name,
      type,
      nullable: validity !== undefined,
    }));
    const batch: RecordBatch = {
      schema: { fields },
      rowCount: columns['timestamp']?.[1].values.length ?? 0,
      columns: Object.values(columns).map(([, column]) => column),
    };
    const pieces: Uint8Array[] = [];
    const target = { write: async (bytes: Uint8Array) => void pieces.push(bytes.slice()) };
    const options = { ...PARQUET, compression: 'zstd', zstdLevel: 3, createdBy: 'test' } as const;
    const sink = createParquetSink({ target, arena: ARENA }, batch.schema, options);
    await sink.write(batch);
    await sink.finish({});
    return Buffer.concat(pieces);
  }

  const fixed = (values: FixedColumn['values'], validity?: Uint8Array): FixedColumn => ({
    layout: 'fixed',
    values,
    validity,
  });
  const klinesWith = (changes: Parameters<typeof parquetOf>[0] = {}) =>
    parquetOf({
      timestamp: [int64, fixed(times)],
      ...Object.fromEntries(prices.map((name) => [name, [float64, fixed(Float64Array.of(1, 2))] as const])),
      ...changes,
    });
  const key = 'klines_binance_BTCUSDT_1m_consolidated.parquet';

  it.each<[string, Parameters<typeof parquetOf>[0]]>([
    ['as it is', {}],
    [
      'with times that declare their unit',
      { timestamp: [{ kind: 'timestamp', unit: 'us', utc: true }, fixed(times.map((time) => time * 1000n))] },
    ],
    [
      'with prices in floats of 32 bits',
      { open: [{ kind: 'float', bits: 32 }, fixed(Float32Array.of(1, 2))] },
    ],
    ['with whole numbers for prices', { open: [int64, fixed(BigInt64Array.of(1n, 2n))] }],
  ])('%s is taken', async (_, changes) => {
    expect(await convertedRows(await klinesWith(changes), key)).toBe(2);
  });

  it.each<[string, Parameters<typeof parquetOf>[0], object]>([
    [
      'a null for a price',
      { close: [float64, fixed(Float64Array.of(1, 2), Uint8Array.of(1, 0))] },
      { code: 'NULL_VALUE', details: { row: 1, column: 'close' } },
    ],
    [
      'NaN for a price',
      { close: [float64, fixed(Float64Array.of(1, NaN))] },
      { code: 'NOT_FINITE', details: { row: 1, column: 'close' } },
    ],
    [
      'truth for a price',
      { close: [{ kind: 'bool' }, fixed(Uint8Array.of(1, 0))] },
      { code: 'SCHEMA_MISMATCH', details: { column: 'close' } },
    ],
    [
      'times in floats',
      { timestamp: [float64, fixed(Float64Array.of(MS, MS + 60_000))] },
      { code: 'SCHEMA_MISMATCH', details: { column: 'timestamp' } },
    ],
    [
      'a whole number that a double rounds',
      { open: [int64, fixed(BigInt64Array.of(2n ** 53n + 1n, 2n))] },
      { code: 'SCHEMA_MISMATCH', details: { column: 'open' } },
    ],
  ])('with %s is refused', async (_, changes, failure) => {
    const lake = testLake(directory);
    await lake.put(key, await klinesWith(changes));
    await expect(lake.convert()).rejects.toMatchObject({ kind: 'corrupt', ...failure });
    expect((await lake.published()).size).toBe(0);
  });

  it.each([NaN, Infinity, -Infinity])(
    'with %p for a price is refused, in whichever row of three',
    async (bad) => {
      const three = (values: readonly number[]) => [float64, fixed(Float64Array.from(values))] as const;
      const columns = {
        timestamp: [int64, fixed(BigInt64Array.from([0, 1, 2], (row) => BigInt(MS + row * 60_000)))] as const,
        ...Object.fromEntries(prices.map((name) => [name, three([1, 2, 3])])),
      };
      for (const row of [0, 1, 2]) {
        const lake = testLake(`${directory}/${bad} in ${row}`);
        const close = three([0, 1, 2].map((one) => (one === row ? bad : 1)));
        await lake.put(key, await parquetOf({ ...columns, close }));
        const expected = { code: 'NOT_FINITE', details: { row, column: 'close' } };
        await expect(lake.convert()).rejects.toMatchObject(expected);
      }
    },
  );

  it('that is damaged is refused', async () => {
    const bytes = await klinesWith();
    expect(
      await refusalOf({ 'aggtrades_binance_BTCUSDT_consolidated.parquet': bytes.subarray(0, 100) }),
    ).toMatchObject({
      kind: 'corrupt',
      details: { file: 'aggtrades_binance_BTCUSDT_consolidated.parquet' },
    });
  });
});
