import { textColumn, valueAt, type Column, type DataType, type RecordBatch } from '@ticklake/columnar';
import { memoryStore } from '@ticklake/storage';
import { recordStore } from '@ticklake/storage/testing';
import { partitionExecutionData, partitionMlData } from '../partition-data.js';
import { saveAndUploadPartitions } from '../save-partitions.js';
import { batchOf, dayUs, NOON, suiteDirectory } from '../testing/context.js';
import type { ColumnStats } from './lake-stats.js';
import { openLake } from './open-lake.js';

const scratchDirectory = suiteDirectory();
const BTC = 'BINANCE:SPOT_PAIR:BTC-USDT';
const ETH = 'BINANCE:SPOT_PAIR:ETH-USDT';
const FROM = dayUs('2023-05-23');
const DAY_US = 86_400_000_000n;

/** Columns of every type that has statistics, and of some that have none, of `rows` rows on two days. */
function features(rows: readonly number[]): RecordBatch {
  const nulls = (isNull: (i: number) => boolean) => Uint8Array.from(rows, (i) => (isNull(i) ? 0 : 1));
  const columns: readonly (readonly [string, DataType, Column])[] = [
    [
      'timestamp',
      { kind: 'timestamp', unit: 'us', utc: true },
      { layout: 'fixed', values: BigInt64Array.from(rows, (i) => FROM + (BigInt(i) * DAY_US) / 8n) },
    ],
    [
      'signal',
      { kind: 'float', bits: 64 },
      { layout: 'fixed', values: Float64Array.from(rows, (i) => (i % 5 === 0 ? NaN : 7 - i)) },
    ],
    [
      'rank',
      { kind: 'int', bits: 32, signed: false },
      {
        layout: 'fixed',
        values: Uint32Array.from(rows, (i) => 2 ** 32 - 1 - i),
        validity: nulls((i) => i % 3 === 0),
      },
    ],
    ['is_up', { kind: 'bool' }, { layout: 'fixed', values: Uint8Array.from(rows, (i) => i % 2) }],
    ['day_of', { kind: 'date' }, { layout: 'fixed', values: Int32Array.from(rows, (i) => 20_000 - i) }],
    [
      'name',
      { kind: 'utf8' },
      textColumn(rows.map((i) => ['é', 'z', 'ab', '\u{1f600}', ''][i % 5] as string)),
    ],
    ['long', { kind: 'utf8' }, textColumn(rows.map((i) => 'x'.repeat(i === 9 ? 100 : 3)))],
    [
      'nothing',
      { kind: 'float', bits: 64 },
      { layout: 'fixed', values: new Float64Array(rows.length), validity: nulls(() => true) },
    ],
  ];
  return {
    schema: {
      fields: columns.map(([name, type, column]) => ({
        ...{ name, type },
        nullable: column.layout !== 'nested' && column.validity !== undefined,
      })),
    },
    rowCount: rows.length,
    columns: columns.map(([, , column]) => column),
  };
}

async function lakeOf(batch: RecordBatch, instrumentId = BTC, output = memoryStore()) {
  const set = await partitionMlData([batch], { dataType: 'technical_features', instrumentId });
  await saveAndUploadPartitions(set, { output, scratchDirectory, clock: NOON });
  return output;
}

/** What a look at every value finds, text as text. */
function found(batch: RecordBatch, name: string): Pick<ColumnStats, 'nulls' | 'min' | 'max'> {
  const place = batch.schema.fields.findIndex((field) => field.name === name);
  const column = batch.columns[place] as Column;
  const all = Array.from({ length: batch.rowCount }, (_, row) => valueAt(column, row));
  const values = all.filter((one) => one !== null && !Number.isNaN(one));
  const compare = (a: unknown, b: unknown) =>
    a instanceof Uint8Array ? Buffer.compare(a, b as Uint8Array) : Number(a) - Number(b);
  const sorted = values.sort(compare);
  const [min, max] = [sorted[0], sorted.at(-1)].map((one) => {
    if (one instanceof Uint8Array) return Buffer.from(one).toString('utf8');
    return name === 'is_up' ? one === 1 : (one as number | undefined);
  });
  return { nulls: all.length - all.filter((one) => one !== null).length, min, max };
}

describe('statistics of a lake', () => {
  const batch = features(Array.from({ length: 16 }, (_, i) => i));

  it('are those that a look at every value finds, over all partitions', async () => {
    const lake = openLake(await lakeOf(batch));
    const [stats, ...others] = await lake.readMlData({ instrumentId: BTC }).stats();
    expect(others).toEqual([]);
    expect(stats).toMatchObject({ dataType: 'technical_features', rows: 16, partitions: 2, days: 2 });
    const own = batch.schema.fields.map(({ name }) => name).filter((name) => name !== 'long');
    for (const name of own) {
      const column = stats?.columns.find((one) => one.name === name);
      expect({ name, ...column }).toMatchObject({ name, rows: 16, ...found(batch, name) });
    }
    expect(stats?.time).toEqual(stats?.columns[0]);
  });

  it('say nothing of a column that one footer does not say everything of', async () => {
    const lake = openLake(await lakeOf(batch));
    const columns = ['long'];
    const of = async (date: string) =>
      (await lake.readMlData({ instrumentId: BTC, date, columns }).stats())[0]?.columns[0];
    expect(await of('2023-05-23')).toMatchObject({ min: 'xxx', max: 'xxx', nulls: 0 });
    expect(await of('2023-05-24')).toMatchObject({ min: undefined, max: undefined, nulls: 0 });
    const [both] = await lake.readMlData({ instrumentId: BTC, columns }).stats();
    expect(both?.columns).toEqual([expect.objectContaining({ min: undefined, max: undefined, nulls: 0 })]);
  });

  it('have the columns that paths say, and those that are asked for in their order', async () => {
    const output = await lakeOf(batch);
    await lakeOf(batch, ETH, output);
    const columns = ['instrument_id', 'date', 'rank'];
    const [stats] = await openLake(output).readMlData({ date: '2023-05-24', columns }).stats();
    const day = dayUs('2023-05-24') / DAY_US;
    expect(stats?.columns).toEqual([
      expect.objectContaining({ name: 'instrument_id', rows: 16, nulls: 0, min: BTC, max: ETH }),
      expect.objectContaining({ name: 'date', rows: 16, nulls: 0, min: Number(day), max: Number(day) }),
      expect.objectContaining({ name: 'rank', rows: 16, nulls: 6 }),
    ]);
  });

  it('tell columns of one name apart by their type', async () => {
    const output = await lakeOf(features([1, 2]));
    const { schema, ...rest } = features([1, 2]);
    const fields = schema.fields.map((field) =>
      field.name === 'rank' ? { ...field, type: { kind: 'date' } as const } : field,
    );
    const columns = rest.columns.map((column, i) =>
      fields[i]?.name === 'rank' ? ({ layout: 'fixed', values: Int32Array.of(1, 2) } as const) : column,
    );
    await lakeOf({ ...rest, schema: { fields }, columns }, ETH, output);
    const read = openLake(output).readMlData({ date: '2023-05-23', columns: ['rank'] });
    const [stats] = await read.stats();
    expect(stats?.columns.map(({ type, rows, min }) => [type.kind, rows, min])).toEqual([
      ['int', 2, 2 ** 32 - 3],
      ['date', 2, 1],
    ]);
  });

  it('are refused where footers cannot tell them', async () => {
    const lake = openLake(await lakeOf(batch));
    const filters = [['rank', '>', 1]] as const;
    await expect(lake.readMlData({ instrumentId: BTC, filters }).stats()).rejects.toMatchObject({
      ...{ kind: 'invalid', code: 'STATISTICS' },
    });
    await expect(lake.readMlData({ instrumentId: BTC, columns: ['no'] }).stats()).rejects.toMatchObject({
      ...{ kind: 'invalid', code: 'COLUMN' },
    });
    const stopped = { instrumentId: BTC, signal: AbortSignal.abort() };
    await expect(lake.readMlData(stopped).stats()).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

it('statistics read footers, and no row', async () => {
  const memory = memoryStore();
  const rows = Array.from({ length: 300_000 }, (_, i) => i);
  const batch = batchOf({
    timestamp: rows.map((i) => FROM + BigInt(i)),
    price: rows.map((i) => ((i * 2_654_435_761) % 1_000_003) / 7),
  });
  const set = await partitionExecutionData([batch], { dataType: 'trades', instrumentId: BTC });
  await saveAndUploadPartitions(set, { output: memory, scratchDirectory, clock: NOON, copies: 'primary' });
  const { store } = recordStore(memory);
  let bytesRead = 0;
  const open: typeof store.open = async (key) => {
    const source = await store.open(key);
    return {
      ...source,
      read: (offset, length, ...rest) => {
        bytesRead += length;
        return source.read(offset, length, ...rest);
      },
    };
  };
  const read = openLake({ ...store, open }).readExecutionData({ date: '2023-05-23' });
  const [stats] = await read.stats();
  expect(stats).toMatchObject({ rows: 300_000, time: { min: FROM, max: FROM + 299_999n } });
  expect(stats?.sizeBytes).toBeGreaterThan(1_500_000);
  expect(bytesRead).toBeLessThan((stats?.sizeBytes ?? 0) / 10);
});
