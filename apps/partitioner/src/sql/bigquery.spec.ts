import type { Field } from '@ticklake/columnar';
import { architectureDataset } from '@ticklake/market';
import { memoryStore } from '@ticklake/storage';
import { partitionAvailabilityData, partitionExecutionData, partitionMlData } from '../partition-data.js';
import { openTier } from '../reader/open-tier.js';
import { saveAndUploadPartitions } from '../save-partitions.js';
import { ARENA, batchOf, NOON, suiteDirectory } from '../testing/context.js';
import { bigQueryTable } from './bigquery.js';
import { lakeTables, type LakeTable } from './lake-tables.js';

const scratchDirectory = suiteDirectory();
const DATE = '2023-05-23';
const BTC = 'binance:SPOT_PAIR:BTC-USDT';
const PLACE = { dataset: 'market_data', connection: undefined, url: 'gs://lake/execution_data' };

/** The tables of a lake in which something of each tier is published. */
async function tablesOf(tier: 'execution' | 'ml' | 'availability'): Promise<readonly LakeTable[]> {
  const output = memoryStore();
  const save = (set: Parameters<typeof saveAndUploadPartitions>[0]) =>
    saveAndUploadPartitions(set, { output, scratchDirectory, clock: NOON, layout: 'hive' });
  const names = { date: DATE, instrumentId: BTC };
  const instruments = {
    ...{ instrument_id: [BTC], venue: ['binance'], instrument_type: ['spot'] },
    ...{ available_from: [DATE], available_to: [DATE] },
  };
  const trades = batchOf({ timestamp: [2n * 10n ** 15n], price: [1], amount: [2], side: ['buy'] });
  await save(await partitionExecutionData([trades], { ...names, dataType: 'trades' }));
  await save(await partitionExecutionData([trades], { ...names, dataType: 'liquidations' }));
  const candle = { open: [1], high: [1], low: [1], close: [1], volume: [1] };
  const candles = batchOf({ timestamp: [2n * 10n ** 15n], ...candle });
  await save(await partitionMlData([candles], { ...names, dataType: 'ohlcv_1m' }));
  await save(await partitionAvailabilityData([batchOf(instruments)], { date: DATE }));
  const opened = await openTier(output, tier, { root: undefined, openMoved: () => output });
  return lakeTables(opened, ARENA);
}

it('trades are an external table, and a view of their own rows', async () => {
  const tables = await tablesOf('execution');
  expect(tables.map(({ name }) => name)).toEqual(['execution_liquidations', 'execution_trades']);
  expect(bigQueryTable(tables[1] as LakeTable, PLACE)).toBe(
    `CREATE OR REPLACE EXTERNAL TABLE \`market_data.execution_trades_files\` (
  \`timestamp\` TIMESTAMP,
  \`price\` FLOAT64,
  \`amount\` FLOAT64,
  \`side\` STRING
)
WITH PARTITION COLUMNS (
  \`year\` INT64,
  \`month\` INT64,
  \`day\` INT64,
  \`venue\` STRING,
  \`instrument_id\` STRING,
  \`data_type\` STRING
)
OPTIONS (
  format = 'PARQUET',
  uris = ['gs://lake/execution_data/by_date/*/data.parquet'],
  hive_partition_uri_prefix = 'gs://lake/execution_data/by_date'
);
CREATE OR REPLACE VIEW \`market_data.execution_trades\` AS
SELECT * FROM \`market_data.execution_trades_files\`
WHERE data_type = 'trades';`,
  );
});

it('candles are a BigLake table of a connection', async () => {
  const [table] = await tablesOf('ml');
  const place = { dataset: 'lake', connection: 'my-project.eu.lake', url: 'gs://lake/ml_data/' };
  expect(bigQueryTable(table as LakeTable, place)).toBe(
    `CREATE OR REPLACE EXTERNAL TABLE \`lake.ml_ohlcv_1m_files\` (
  \`timestamp\` TIMESTAMP,
  \`open\` FLOAT64,
  \`high\` FLOAT64,
  \`low\` FLOAT64,
  \`close\` FLOAT64,
  \`volume\` FLOAT64
)
WITH PARTITION COLUMNS (
  \`year\` INT64,
  \`month\` INT64,
  \`day\` INT64,
  \`venue\` STRING,
  \`instrument_id\` STRING,
  \`data_type\` STRING,
  \`timeframe\` STRING
)
WITH CONNECTION \`my-project.eu.lake\`
OPTIONS (
  format = 'PARQUET',
  uris = ['gs://lake/ml_data/by_date/*/data.parquet'],
  hive_partition_uri_prefix = 'gs://lake/ml_data/by_date'
);
CREATE OR REPLACE VIEW \`lake.ml_ohlcv_1m\` AS
SELECT * FROM \`lake.ml_ohlcv_1m_files\`
WHERE data_type = 'ohlcv_1m';`,
  );
});

it('instruments have no other data type to be left out', async () => {
  const [table, ...others] = await tablesOf('availability');
  expect(others).toEqual([]);
  const text = bigQueryTable(table as LakeTable, { ...PLACE, url: 'gs://lake/instrument_availability' });
  expect(text).toContain('`available_from` DATE,\n  `available_to` DATE,\n');
  expect(text).toContain('`inverse` BOOL,\n');
  expect(text).toContain('`expiry` TIMESTAMP,\n');
  expect(text).toContain('WITH PARTITION COLUMNS (\n  `year` INT64,\n  `month` INT64,\n  `day` INT64\n)\n');
  expect(text.endsWith('SELECT * FROM `market_data.available_instruments_files`;')).toBe(true);
});

const table = (fields: readonly Field[]): LakeTable => ({
  ...{ name: 'execution_trades', dataType: 'trades', schema: { fields }, keys: ['day'] },
});
const FIELDS = architectureDataset('trades').schema.fields;

it.each<[string, Field['type'], string]>([
  ['a decimal', { kind: 'decimal', precision: 38, scale: 9 }, 'NUMERIC'],
  ['a decimal of more digits', { kind: 'decimal', precision: 38, scale: 18 }, 'BIGNUMERIC'],
  ['a local time', { kind: 'timestamp', unit: 'us', utc: false }, 'DATETIME'],
  ['bytes', { kind: 'bytes' }, 'BYTES'],
  ['an integer', { kind: 'int', bits: 32, signed: true }, 'INT64'],
])('%s has a type', (_, type, expected) => {
  const text = bigQueryTable(table([{ name: 'x', type, nullable: true }]), PLACE);
  expect(text).toContain(`(\n  \`x\` ${expected}\n)`);
});

it.each([
  ['a lake that is elsewhere', FIELDS, { ...PLACE, url: 's3://lake' }, 'STORE'],
  ['a dataset whose name would end the text', FIELDS, { ...PLACE, dataset: 'a`b' }, 'NAME'],
  ['a connection with a space', FIELDS, { ...PLACE, connection: 'eu lake' }, 'NAME'],
  ['a column with a quote', [{ name: 'a`', type: { kind: 'bool' }, nullable: true }], PLACE, 'NAME'],
] as const)('refuses %s', (_, fields, place, code) => {
  expect(() => bigQueryTable(table(fields), place)).toThrow(
    expect.objectContaining({ kind: 'invalid', code }),
  );
});
