import { gzipSync } from 'node:zlib';
import type { RecordBatch } from '@ticklake/columnar';
import type { JobEvent } from '@ticklake/jobs';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { interceptStore } from '@ticklake/storage/testing';
import { openLake } from './reader/open-lake.js';
import { findSources } from './sources/source-file.js';
import { batchOf, suiteDirectory } from './testing/context.js';
import { rowsOf } from './testing/rows.js';
import { keysOf, partition, putAll, storeOf, type RunOptions } from './testing/small-lake.js';
import { DAY, GOOD, parquet, tradesBatch, US, without } from './testing/source-files.js';

const scratch = suiteDirectory();
const HEADER = GOOD.slice(0, GOOD.indexOf('\n'));
const ROW = `binance,BTCUSDT,${US},${US},,buy,1,1`;
const csv = (...rows: readonly string[]) => [HEADER, ...rows, ''].join('\n');

type Refused = [
  what: string,
  name: string,
  body: string | Uint8Array | (() => Promise<Uint8Array>),
  expected: { readonly kind: string; readonly code: string; readonly details?: object },
  options?: Partial<RunOptions>,
];

const corrupt = (code: string, details: object = {}) => ({ kind: 'corrupt', code, details });
const invalid = (code: string, details: object = {}) => ({ kind: 'invalid', code, details });

const CSV: readonly Refused[] = [
  ['an empty file', 'a_trades.csv', '', corrupt('CSV_EMPTY', { file: 'a_trades.csv' })],
  ['an empty gzip', 'a_trades.csv.gz', gzipSync(''), corrupt('CSV_EMPTY')],
  ['a file of no header', 'a_trades.csv', `${ROW}\n`, corrupt('UNKNOWN_DATA_TYPE')],
  ['columns of no data type', 'a.csv', 'a,b\n1,2\n', corrupt('UNKNOWN_DATA_TYPE', { file: 'a.csv' })],
  [
    'columns of two data types',
    'a.csv',
    GOOD,
    corrupt('UNKNOWN_DATA_TYPE', { candidates: 'trades,liquidations' }),
  ],
  [
    'a missing column',
    'a.csv',
    'exchange,symbol\nbinance,BTCUSDT\n',
    corrupt('MISSING_COLUMN'),
    { dataType: 'trades' },
  ],
  ['a data type that there is none', 'a.csv', GOOD, invalid('DATA_TYPE'), { dataType: 'fills' }],
  ['a data type of another tier', 'a.csv', GOOD, invalid('DATA_TYPE'), { dataType: 'ohlcv_1m' }],
  ['a missing cell', 'a_trades.csv', csv(ROW, 'binance,BTCUSDT'), corrupt('CSV_FIELDS', { line: 3 })],
  ['a cell too many', 'a_trades.csv', csv(`${ROW},1`), corrupt('CSV_FIELDS', { line: 2 })],
  [
    'a price that is none',
    'a_trades.csv',
    csv(ROW.replace(',1,1', ',one,1')),
    corrupt('CSV_VALUE', { line: 2 }),
  ],
  [
    'a price that is empty',
    'a_trades.csv',
    csv(ROW.replace(',1,1', ',,1')),
    corrupt('CSV_VALUE', { line: 2 }),
  ],
  ['a price beyond all doubles', 'a_trades.csv', csv(ROW.replace(',1,1', ',1e400,1')), corrupt('CSV_VALUE')],
  ['a time that is empty', 'a_trades.csv', csv(ROW.replace(`${US},${US}`, `,${US}`)), corrupt('CSV_VALUE')],
  ['an open quote', 'a_trades.csv', csv(ROW.replace('buy', '"buy')), corrupt('CSV_DIALECT')],
  [
    'times in milliseconds',
    'a_trades.csv',
    csv(ROW.replaceAll(`${US}`, `${US / 1000}`)),
    corrupt('TIME_UNIT_MIXED'),
  ],
  [
    'times of two units',
    'a_trades.csv',
    csv(ROW, ROW.replaceAll(`${US}`, `${US / 1000}`)),
    corrupt('TIME_UNIT_MIXED', { line: 3, file: 'a_trades.csv' }),
  ],
  ['a time of 1970', 'a_trades.csv', csv(ROW.replaceAll(`${US}`, '1')), corrupt('TIME_RANGE', { line: 2 })],
  [
    'a symbol that no rule knows',
    'a_trades.csv',
    csv(ROW.replace('BTCUSDT', '???')),
    invalid('SYMBOL', { line: 2 }),
  ],
  [
    'a symbol that would leave its folder',
    'a_trades.csv',
    csv(ROW.replace('BTCUSDT', '../../x')),
    invalid('SYMBOL'),
  ],
  ['a symbol with NUL', 'a_trades.csv', csv(ROW.replace('BTCUSDT', 'BTC\0USDT')), invalid('SYMBOL')],
  [
    'a symbol of 300 characters',
    'a_trades.csv',
    csv(ROW.replace('BTCUSDT', 'A'.repeat(300))),
    invalid('SYMBOL'),
  ],
  ['a line without an end', 'a_trades.csv', `${HEADER}\n${'x'.repeat(100_000)}`, corrupt('CSV_DIALECT')],
  ['a gzip that is cut', 'a_trades.csv.gz', gzipSync(GOOD).subarray(0, -9), corrupt('TRUNCATED')],
  ['a gzip that is none', 'a_trades.csv.gz', GOOD, corrupt('BAD_MAGIC')],
  [
    'a gzip with something behind',
    'a_trades.csv.gz',
    Buffer.concat([gzipSync(GOOD), Buffer.from('x')]),
    corrupt('BAD_MAGIC'),
  ],
  ['a page of an error', 'a_trades.csv', '<html><body>404</body></html>', corrupt('CSV_DIALECT')],
  [
    'one column twice',
    'a_trades.csv',
    csv(`${ROW},2`).replace('amount', 'amount,amount'),
    corrupt('DUPLICATE_COLUMN'),
  ],
  [
    'candles without a header and a name',
    'a.csv',
    `${US},1,2,1,1,1,1,1,1,1,1,0\n`,
    corrupt('UNKNOWN_DATA_TYPE'),
    { tier: 'ml' },
  ],
  [
    'candles that do not say their instrument',
    'a.csv',
    `timestamp,open,high,low,close,volume\n${US},1,2,1,1,1\n`,
    invalid('INSTRUMENT'),
    { tier: 'ml', dataType: 'ohlcv_1m' },
  ],
  [
    'another instrument than the one that is named',
    'a_trades.csv',
    GOOD.split('\n')
      .map(
        (line, i) =>
          line && `${line},${['instrument_id', 'binance:spot:btc-usdt'][i] ?? 'BINANCE:SPOT_PAIR:ETH-USDT'}`,
      )
      .join('\n'),
    corrupt('OTHER_INSTRUMENT', {
      ...{ file: 'a_trades.csv', line: 3, found: 'BINANCE:SPOT_PAIR:ETH-USDT' },
      expected: 'BINANCE:SPOT_PAIR:BTC-USDT',
    }),
    { instrument: 'binance:SPOT_PAIR:BTC-USDT' },
  ],
  ['an instrument that is none', 'a_trades.csv', GOOD, invalid('INSTRUMENT_ID'), { instrument: 'BTC-USDT' }],
  [
    'a map of symbols to no instrument',
    'a_trades.csv',
    GOOD,
    invalid('INSTRUMENT_ID'),
    { symbols: new Map([['binance BTCUSDT', 'nothing']]) },
  ],
];

const INSTANT_NS = { kind: 'timestamp', unit: 'ns', utc: true } as const;
function inNanoseconds(batch: RecordBatch, add: bigint): RecordBatch {
  const fields = batch.schema.fields.map((one) =>
    one.type.kind === 'timestamp' ? { ...one, type: INSTANT_NS } : one,
  );
  const columns = batch.columns.map((column, i) => {
    if (fields[i]?.type !== INSTANT_NS || column.layout !== 'fixed') return column;
    return { ...column, values: (column.values as BigInt64Array).map((value) => value * 1000n + add) };
  });
  return { schema: { fields }, rowCount: batch.rowCount, columns };
}

function withoutValue(batch: RecordBatch, name: string): RecordBatch {
  const fields = batch.schema.fields.map((one) => (one.name === name ? { ...one, nullable: true } : one));
  const columns = batch.columns.map((column, i) =>
    fields[i]?.name === name ? { ...column, validity: Uint8Array.of(1, 0) } : column,
  );
  return { schema: { fields }, rowCount: batch.rowCount, columns };
}

const FILES: readonly Refused[] = [
  [
    'an empty file',
    'a_trades.parquet',
    new Uint8Array(0),
    corrupt('TRUNCATED', { file: 'a_trades.parquet' }),
  ],
  ['a shell', 'a_trades.parquet', Buffer.from('PAR1PAR1'), corrupt('TRUNCATED')],
  ['text', 'a_trades.parquet', GOOD, corrupt('BAD_MAGIC')],
  [
    'a file that is cut',
    'a_trades.parquet',
    async () => (await parquet(tradesBatch())).subarray(0, -100),
    corrupt('TRUNCATED'),
  ],
  [
    'a missing column',
    'a_trades.parquet',
    () => parquet(without(tradesBatch(), 'price')),
    corrupt('MISSING_COLUMN', { columns: 'price' }),
    { dataType: 'trades' },
  ],
  [
    'a price in text',
    'a_trades.parquet',
    () => parquet(tradesBatch({ price: ['1', '2'] })),
    corrupt('SCHEMA_MISMATCH', { column: 'price', found: 'utf8' }),
  ],
  [
    'times as doubles',
    'a_trades.parquet',
    () => parquet(tradesBatch({ timestamp: [US, US + 1] })),
    corrupt('SCHEMA_MISMATCH', { column: 'timestamp' }),
  ],
  [
    'a time that is null',
    'a_trades.parquet',
    () => parquet(withoutValue(tradesBatch(), 'local_timestamp')),
    corrupt('NULL_VALUE', { column: 'local_timestamp', row: 1 }),
  ],
  [
    'a symbol that is null',
    'a_trades.parquet',
    () => parquet(withoutValue(tradesBatch(), 'symbol')),
    corrupt('NULL_VALUE', { column: 'symbol', row: 1 }),
  ],
  [
    'nanoseconds that no microsecond is',
    'a_trades.parquet',
    () => parquet(inNanoseconds(tradesBatch(), 1n)),
    corrupt('TIME_INEXACT', { row: 0 }),
  ],
  [
    'features without a time',
    'a_technical_features.parquet',
    () => parquet(batchOf({ rsi: [1] })),
    corrupt('MISSING_COLUMN', { columns: 'timestamp' }),
    { tier: 'ml', dataType: 'technical_features' },
  ],
  [
    'features of an instrument that is none',
    'a.parquet',
    () => parquet(batchOf({ timestamp: [BigInt(US)], instrument_id: ['../../x'], rsi: [1] })),
    corrupt('INSTRUMENT_ID', { row: 0 }),
    { tier: 'ml', dataType: 'technical_features' },
  ],
  [
    'trades of another instrument than the one that is named',
    'a_trades.parquet',
    () =>
      parquet(tradesBatch({ instrument_id: ['BINANCE:SPOT_PAIR:BTC-USDT', 'BINANCE:SPOT_PAIR:ETH-USDT'] })),
    corrupt('OTHER_INSTRUMENT', { file: 'a_trades.parquet', row: 1, found: 'BINANCE:SPOT_PAIR:ETH-USDT' }),
    { instrument: 'BINANCE:SPOT_PAIR:BTC-USDT' },
  ],
  [
    'features of another instrument than the one that is named',
    'a.parquet',
    () => parquet(batchOf({ timestamp: [BigInt(US)], instrument_id: ['OKX:SPOT_PAIR:BTC-USDT'], rsi: [1] })),
    corrupt('OTHER_INSTRUMENT', { file: 'a.parquet', row: 0, found: 'OKX:SPOT_PAIR:BTC-USDT' }),
    { tier: 'ml', dataType: 'technical_features', instrument: 'BINANCE:SPOT_PAIR:BTC-USDT' },
  ],
  [
    'features of an instrument that no path can name',
    'a.parquet',
    () =>
      parquet(
        batchOf({ timestamp: [BigInt(US)], instrument_id: [`OKX:SPOT_PAIR:${'A'.repeat(300)}`], rsi: [1] }),
      ),
    corrupt('INSTRUMENT_ID', { row: 0 }),
    { tier: 'ml', dataType: 'technical_features' },
  ],
];

describe.each([
  ['text', CSV],
  ['Parquet', FILES],
] as const)('a source of %s', (_, table) => {
  it.each<Refused>(table)(
    '%s: refused, and nothing is published',
    async (_what, name, body, expected, options = {}) => {
      const output = memoryStore();
      const bytes = typeof body === 'function' ? await body() : body;
      // A good one beside it is not published either.
      const input = await storeOf({ [name]: bytes });
      if (options.tier === undefined && options.dataType === undefined)
        await putAll(input, { 'z_trades.csv': GOOD });
      const failed = partition(input, output, { scratch, ...options });
      await expect(failed).rejects.toMatchObject(expected);
      expect(await keysOf(output)).toEqual([]);
    },
  );
});

it('a header without rows is no failure, and told', async () => {
  const [events, output]: [JobEvent[], ObjectStore] = [[], memoryStore()];
  const [done] = await partition(await storeOf({ 'a_trades.csv': `${HEADER}\n` }), output, {
    scratch,
    events,
  });
  expect(done).toMatchObject({ rows: 0, partitions: [] });
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'note',
      message: 'a source has no rows',
      details: { file: 'a_trades.csv' },
    }),
  );
});

it('the same bytes under two names are taken once, and told', async () => {
  const [events, output]: [JobEvent[], ObjectStore] = [[], memoryStore()];
  const twins = { 'a_trades.csv': GOOD, 'b_trades.csv': GOOD };
  const [done] = await partition(await storeOf(twins), output, { scratch, events });
  expect(done).toMatchObject({ rows: 2, files: 1 });
  expect(events).toContainEqual(
    expect.objectContaining({ severity: 'warning', details: { file: 'b_trades.csv', twin: 'a_trades.csv' } }),
  );
  // As they would be one run after another.
  const [again] = await partition(await storeOf({ 'c_trades.csv': GOOD }), output, { scratch });
  expect(again?.partitions.map(({ status }) => status)).toEqual(['unchanged']);
});

it('a source that vanishes, or is another by then, fails the run before it publishes', async () => {
  for (const change of ['delete', 'put'] as const) {
    const [input, output] = [await storeOf({ 'a_trades.csv': GOOD }), memoryStore()];
    const files = await findSources(input, { formats: ['csv'], files: [] });
    if (change === 'delete') await input.delete('a_trades.csv');
    else await putAll(input, { 'a_trades.csv': GOOD.replace(',10,', ',11,') });
    const stale = interceptStore(input, (_operation, work) => work());
    const list: ObjectStore['list'] = async function* () {
      for (const { object } of files) yield object;
    };
    const run = partition({ ...stale, list }, output, { scratch });
    await expect(run).rejects.toMatchObject(
      change === 'delete' ? { kind: 'missing' } : { kind: 'conflict', code: 'SOURCE_CHANGED' },
    );
    expect((await keysOf(output)).filter((key) => key.endsWith('.parquet'))).toEqual([]);
  }
});

it('a source that changes while partitions are made of it is not published', async () => {
  const [input, output] = [await storeOf({ 'a_trades.csv': GOOD }), memoryStore()];
  let reads = 0;
  const changing = interceptStore(input, async ({ name }, work) => {
    const done = await work();
    // Behind the last read: what `check` looks for.
    if (name === 'read' && ++reads === 3) await putAll(input, { 'a_trades.csv': `${GOOD}${ROW}\n` });
    return done;
  });
  await expect(partition(changing, output, { scratch })).rejects.toMatchObject({ kind: 'conflict' });
  expect((await keysOf(output)).filter((key) => key.endsWith('.parquet'))).toEqual([]);
});

it('a source of a name that is published, with other rows, is a conflict, and nothing is changed', async () => {
  const output = memoryStore();
  await partition(await storeOf({ 'a_trades.csv': GOOD }), output, { scratch });
  const before = await keysOf(output);
  const changed = await storeOf({ 'a_trades.csv': GOOD.replace(',10,', ',11,') });
  await expect(partition(changed, output, { scratch })).rejects.toMatchObject({
    kind: 'conflict',
    code: 'SOURCE_CHANGED',
    details: { file: 'a_trades.csv' },
  });
  expect(await keysOf(output)).toEqual(before);
  await partition(changed, output, { scratch, overwrite: true });
  const read = openLake(output).readExecutionData({ date: DAY, columns: ['price'] });
  expect(await rowsOf(read)).toEqual([[11], [20]]);
});

it.each([
  ['no source at all', {}, []],
  ['none of a known format', { 'a.txt': 'x', '_hidden.csv': GOOD, '.a.csv': GOOD }, []],
  ['a named one that is not there', { 'a_trades.csv': GOOD }, ['b_trades.csv']],
])('%s: told', async (_, objects, files) => {
  const run = partition(await storeOf(objects), memoryStore(), { scratch, files });
  await expect(run).rejects.toMatchObject({ kind: 'missing', code: 'NO_SOURCE' });
});
