import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { layoutOf, type Tier } from '@ticklake/partition';
import { tableFromIPC } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';
import { openLake } from './reader/open-lake.js';
import { suiteDirectory } from './testing/context.js';
import { sqlText, suiteDuckdb } from './testing/duckdb.js';
import { rowsOf } from './testing/rows.js';
import { runApp } from './testing/run-app.js';
import { SAMPLE, TIERS, writeSampleLake, writeSampleSources } from './testing/sample-lake.js';

const directory = suiteDirectory();
const duckdb = suiteDuckdb();
const sources = join(directory, 'sources');
const hive = join(directory, 'hive');
const dash = join(directory, 'dash');

beforeAll(async () => {
  writeSampleSources(sources);
  // Twice, so that what is published already has been looked at again.
  for (const layout of ['hive', 'hive', 'dash-code'] as const)
    await writeSampleLake(sources, layout === 'hive' ? hive : dash, { layout });
});

const rootOf = (tier: Tier) => layoutOf('hive').roots[tier];
const viewsOf = (tier: Tier) => {
  const { market, availability } = layoutOf('hive');
  return (tier === 'availability' ? availability() : market(tier)).map(({ view }) => view);
};
const VIEWS = TIERS.flatMap((tier) => viewsOf(tier).map((view) => [tier, view] as const));

/** What DuckDB takes the keys of paths for. */
const KEYS: Readonly<Record<string, string>> = {
  ...{ year: 'BIGINT', month: 'BIGINT', day: 'BIGINT', venue: 'VARCHAR', instrument_id: 'VARCHAR' },
  ...{ data_type: 'VARCHAR', timeframe: 'VARCHAR', instrument_type: 'VARCHAR' },
};
const KEYS_OF_DAY = ['year', 'month', 'day'];
const KEYS_OF_TICKS = [...KEYS_OF_DAY, 'venue', 'instrument_id', 'data_type'];

/** Keys that paths of a view say, and files do not. */
function keysOf(tier: Tier, view: string): readonly string[] {
  if (tier === 'availability') return KEYS_OF_DAY;
  const own = view === 'by_type' ? ['instrument_type'] : [];
  return [...KEYS_OF_TICKS, ...own, ...(tier === 'ml' ? ['timeframe'] : [])];
}

const typesOf = async (relation: string): Promise<Readonly<Record<string, string>>> => {
  const columns = await duckdb.rows(
    `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${relation})`,
  );
  return Object.fromEntries(columns.map(([name, type]) => [name ?? '', type ?? '']));
};

describe.each(VIEWS)('DuckDB over %s/%s', (tier, view) => {
  const files = sqlText(`${hive}/${rootOf(tier)}/${view}/**/*.parquet`);
  const relation = `read_parquet(${files}, hive_partitioning = true)`;

  it('finds every row once, and the keys of paths as columns', async () => {
    expect(await duckdb.rows(`SELECT count(*) FROM ${relation}`)).toEqual([[String(SAMPLE[tier].rows)]]);
    const types = await typesOf(relation);
    for (const key of keysOf(tier, view)) expect([key, types[key]]).toEqual([key, KEYS[key]]);
  });

  it('finds files without these columns, each of the types that the primary view has', async () => {
    const plain = await typesOf(`read_parquet(${files}, hive_partitioning = false)`);
    const primary = sqlText(`${hive}/${rootOf(tier)}/by_date/**/*.parquet`);
    expect(plain).toEqual(await typesOf(`read_parquet(${primary}, hive_partitioning = false)`));
    expect(keysOf(tier, view).filter((key) => key in plain)).toEqual([]);
    expect([plain['timestamp'] ?? plain['expiry']]).toEqual(['TIMESTAMP WITH TIME ZONE']);
  });

  it('groups them as our reader does', async () => {
    const keys =
      tier === 'availability' ? ['venue', 'instrument_type'] : ['day', 'venue', 'instrument_id', 'data_type'];
    const counted = await duckdb.rows(
      `SELECT ${keys.join(', ')}, count(*) FROM ${relation} GROUP BY ALL ORDER BY ALL`,
    );
    expect(counted).toEqual(await countedByUs(tier, keys));
  });
});

/** Rows of our reader by some columns, in order, all of it as text. */
async function countedByUs(tier: Tier, keys: readonly string[]) {
  const lake = openLake(hive);
  const date = { from: '2023-05-23', to: '2023-05-24' };
  const read =
    tier === 'execution'
      ? lake.readExecutionData({ date, columns: keys })
      : tier === 'ml'
        ? lake.readMlData({ date, columns: keys })
        : lake.readAvailabilityData({ date, columns: keys });
  const counts = new Map<string, number>();
  for (const row of await rowsOf(read, keys)) {
    const key = row.map(String).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, count]) => [...key.split(' '), String(count)]);
}

describe('the statements of `sql`', () => {
  const statementsOf = async (tier: Tier) => {
    const { code, out } = await runApp(['sql', tier, '--lake', hive, '--json']);
    expect(code).toBe(0);
    return (JSON.parse(out) as { readonly statements: readonly string[] }).statements;
  };

  beforeAll(async () => {
    for (const tier of TIERS) for (const statement of await statementsOf(tier)) await duckdb.rows(statement);
  });

  it('make one view of each data type', async () => {
    const views = await duckdb.rows('SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1');
    expect(views.flat()).toEqual([
      ...['available_instruments', 'execution_liquidations', 'execution_trades'],
      ...['ml_ohlcv_1h', 'ml_ohlcv_1m', 'ml_ohlcv_5m'],
    ]);
  });

  it.each([
    ['execution', 'execution_trades', 'trades'],
    ['execution', 'execution_liquidations', 'liquidations'],
    ['ml', 'ml_ohlcv_1m', 'ohlcv_1m'],
    ['ml', 'ml_ohlcv_5m', 'ohlcv_5m'],
    ['ml', 'ml_ohlcv_1h', 'ohlcv_1h'],
  ] as const)('%s: %s has the rows that our reader gives', async (tier, view, dataType) => {
    const columns = ['timestamp', 'venue', 'instrument_id', 'data_type', 'year', 'month', 'day'];
    const value = tier === 'ml' ? 'close' : 'price';
    const lake = openLake(hive);
    const given = { date: { from: '2023-05-23', to: '2023-05-24' }, dataType, columns: [...columns, value] };
    const read = tier === 'ml' ? lake.readMlData(given) : lake.readExecutionData(given);
    const ours = (await rowsOf(read)).map((row) => row.map(String)).sort();
    const selected = columns.map((name) => (name === 'timestamp' ? 'epoch_us(timestamp)' : name));
    const theirs = await duckdb.rows(`SELECT ${[...selected, value].join(', ')} FROM ${view}`);
    expect(theirs.map((row) => [...row]).sort()).toEqual(ours);
    const types = await typesOf(view);
    expect(['year', 'month', 'day', 'venue', 'data_type'].map((name) => types[name])).toEqual([
      ...['SMALLINT', 'SMALLINT', 'SMALLINT'],
      ...['VARCHAR', 'VARCHAR'],
    ]);
  });

  it('available_instruments has the rows that our reader gives', async () => {
    const columns = ['instrument_id', 'venue', 'instrument_type', 'tick_size'];
    const read = openLake(hive).readAvailabilityData({ date: '2023-05-23', columns });
    const theirs = await duckdb.rows(`SELECT ${columns.join(', ')} FROM available_instruments`);
    expect(theirs.map((row) => [...row]).sort()).toEqual((await rowsOf(read)).map((row) => [...row]).sort());
  });

  it.each([
    ['execution_trades', 'day = 23', '3/6', '(day = 23)'],
    ['execution_trades', "venue = 'DERIBIT'", '2/6', "(venue = 'DERIBIT')"],
    [
      'execution_trades',
      "instrument_id = 'BINANCE:SPOT_PAIR:BTC-USDT'",
      '2/6',
      "(instrument_id = 'BINANCE:SPOT_PAIR:BTC-USDT')",
    ],
    ['execution_trades', "day = 24 AND venue = 'DERIBIT'", '1/6', "(day = 24)(venue = 'DERIBIT')"],
    ['ml_ohlcv_1m', 'year = 2023 AND month = 5 AND day = 24', '1/2', '(day = 24)'],
    ['ml_ohlcv_1m', 'month = 6', '0/2', '(month = 6)'],
    ['execution_trades', 'price > 0', '6/6', undefined],
  ])('%s WHERE %s opens %s files', async (view, condition, scanned, filters) => {
    const scan = await scanOf(`SELECT count(*) FROM ${view} WHERE ${condition}`);
    const [read, all] = scanned.split('/');
    if (read === all) expect(scan).toMatchObject({ 'Total Files Read': all });
    else
      expect(scan).toMatchObject({
        'Scanning Files': scanned,
        'Total Files Read': read,
        'File Filters': filters,
      });
  });
});

interface PlanNode {
  readonly operator_name?: string;
  readonly extra_info?: Readonly<Record<string, unknown>>;
  readonly children: readonly PlanNode[];
}

/** What DuckDB says of its scan of Parquet files when a query has run. */
async function scanOf(sql: string): Promise<PlanNode['extra_info']> {
  const [row] = await duckdb.rows(`EXPLAIN (ANALYZE, FORMAT JSON) ${sql}`);
  const nodes = (node: PlanNode): readonly PlanNode[] => [node, ...node.children.flatMap(nodes)];
  const root = JSON.parse(row?.[1] ?? '') as PlanNode;
  return nodes(root).find(({ operator_name: name }) => name?.trim() === 'READ_PARQUET')?.extra_info;
}

it.each(TIERS)('the Rust reader finds the rows and columns of %s too', async (tier) => {
  const root = join(hive, rootOf(tier), 'by_date');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.parquet'),
  );
  expect(files).toHaveLength(SAMPLE[tier].partitions);
  const tables = files.map((name) =>
    tableFromIPC(readParquet(readFileSync(join(root, name))).intoIPCStream()),
  );
  expect(tables.reduce((sum, { numRows }) => sum + numRows, 0)).toBe(SAMPLE[tier].rows);
  const types = tables[0]?.schema.fields.map(({ name, type }) => `${name} ${String(type)}`).join(', ');
  const expected = {
    execution:
      'exchange Utf8, symbol Utf8, timestamp Timestamp<MICROSECOND, UTC>, local_timestamp Timestamp<MICROSECOND, UTC>, id Utf8, side Utf8, price Float64, amount Float64',
    ml: 'timestamp Timestamp<MICROSECOND, UTC>, open Float64, high Float64, low Float64, close Float64, volume Float64',
    availability: expect.stringMatching(
      /^instrument_id Utf8, venue Utf8, instrument_type Utf8, available_from Date32<DAY>, available_to Date32<DAY>, /,
    ),
  };
  expect(types).toEqual(expected[tier]);
});

describe('a tier whose paths are not key=value', () => {
  it.each(TIERS)('DuckDB finds no columns in the paths of %s (C-43)', async (tier) => {
    const root = join(dash, layoutOf('dash-code').roots[tier]);
    const files = sqlText(`${root}/by_date/**/*.parquet`);
    const types = await typesOf(`read_parquet(${files}, hive_partitioning = true)`);
    expect(types).toEqual(await typesOf(`read_parquet(${files}, hive_partitioning = false)`));
    expect([...KEYS_OF_DAY, 'data_type'].filter((key) => key in types)).toEqual([]);
    expect(await duckdb.rows(`SELECT count(*) FROM read_parquet(${files})`)).toEqual([
      [String(SAMPLE[tier].rows)],
    ]);
  });

  it('gets no statements, and is told why', async () => {
    const { code, out, err } = await runApp(['sql', 'execution', '--lake', dash]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('engines find no columns in the paths of a tier');
  });
});
