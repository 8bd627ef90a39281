import { join } from 'node:path';
import type { Schema } from '@ticklake/columnar';
import { architectureDataset } from '@ticklake/market';
import { layoutNames, layoutOf } from '@ticklake/partition';
import { openLake } from './reader/open-lake.js';
import type { ExecutionRead } from './reader/read-request.js';
import { suiteDirectory } from './testing/context.js';
import { sqlText, suiteDuckdb } from './testing/duckdb.js';
import { sumOf, type RowSum } from './testing/multiset.js';
import { runApp } from './testing/run-app.js';

const data = process.env['TICKLAKE_DATA'] ?? '';
const suite = data === '' && process.env['CI'] === undefined ? describe.skip : describe;

const directory = suiteDirectory();
const duckdb = suiteDuckdb();

const XBT = 'BITMEX:PERPETUAL:BTC-USD';

/** A real file, and which of its rows DuckDB finds to be of which instrument. */
interface RealFile {
  readonly dataType: string;
  readonly file: string;
  readonly day: string;
  /** Rows by instrument; the symbols by which DuckDB tells them. */
  readonly instruments: Readonly<Record<string, readonly [symbol: string, rows: number]>>;
}

const TRADES: RealFile = {
  dataType: 'trades',
  file: 'bitmex_trades_XBTUSD.csv',
  day: '2020-03-01',
  instruments: { [XBT]: ['XBTUSD', 10] },
};
const FILES: readonly RealFile[] = [
  TRADES,
  // The same file again, as another data type: the day has two.
  { ...TRADES, dataType: 'liquidations' },
  {
    dataType: 'book_snapshot_5',
    file: 'binance-futures_book_snapshot_5_BTCUSDT.csv',
    day: '2020-09-01',
    instruments: { 'BINANCE-FUTURES:PERPETUAL:BTC-USDT': ['BTCUSDT', 10] },
  },
  {
    dataType: 'quotes',
    file: 'huobi-dm-swap_quotes_BTC-USD.csv',
    day: '2020-05-01',
    instruments: { 'HUOBI-DM-SWAP:PERPETUAL:BTC-USD': ['BTC-USD', 10] },
  },
  {
    dataType: 'options_chain',
    file: 'deribit_options_chain_2020-06-08.csv',
    day: '2020-06-08',
    instruments: {
      'DERIBIT:OPTION:BTC-USD-200609-9875-PUT': ['BTC-9JUN20-9875-P', 3],
      'DERIBIT:OPTION:BTC-USD-200609-10000-CALL': ['BTC-9JUN20-10000-C', 1],
      'DERIBIT:OPTION:BTC-USD-200610-10000-CALL': ['BTC-10JUN20-10000-C', 1],
      'DERIBIT:OPTION:ETH-USD-200609-250-PUT': ['ETH-9JUN20-250-P', 1],
      'DERIBIT:OPTION:ETH-USD-200609-300-CALL': ['ETH-9JUN20-300-C', 1],
    },
  },
];
const PARTITIONS = 9;
const ROWS = 47;

const schemaOf = (dataType: string): Schema => architectureDataset(dataType).schema;

/** What DuckDB reads of a file, under our names; times are whole numbers. */
function csvRows({ dataType, file }: RealFile, symbol?: string): string {
  const { schema, csv } = architectureDataset(dataType);
  const columns = schema.fields.map(({ name, type }, i) => {
    const cast = type.kind === 'utf8' ? 'VARCHAR' : type.kind === 'float' ? 'DOUBLE' : 'BIGINT';
    return `"${csv?.columns[i]}"::${cast} AS ${name}`;
  });
  const where = symbol === undefined ? '' : ` WHERE symbol = ${sqlText(symbol)}`;
  const path = sqlText(join(data, 'tardis', file));
  return `SELECT ${columns.join(', ')} FROM read_csv(${path}, header = true, all_varchar = true)${where}`;
}

const sumOfCsv = async (file: RealFile, symbol?: string): Promise<RowSum> => {
  const schema = schemaOf(file.dataType);
  return sumOf([await duckdb.batch(schema, csvRows(file, symbol))], schema);
};

const LAKES = layoutNames.flatMap((layout) =>
  (['all', 'primary'] as const).map((copies) => ({ layout, copies, lake: join(directory, layout, copies) })),
);

suite.each(LAKES)('real ticks in $layout, copies $copies', ({ layout, copies, lake }) => {
  const root = join(lake, layoutOf(layout).roots.execution);
  const partition = (...more: readonly string[]) =>
    runApp([
      ...['partition', 'execution', '--input', join(data, 'tardis'), '--output', lake],
      ...['--layout', layout, '--copies', copies, '--json', ...more],
    ]);
  const read = (given: ExecutionRead, dataType: string) => {
    const columns = schemaOf(dataType).fields.map(({ name }) => name);
    const reader = openLake(lake);
    return sumOf(reader.readExecutionData({ ...given, columns }), schemaOf(dataType));
  };

  beforeAll(async () => {
    const [all, again] = [
      await partition(),
      await partition('--files', TRADES.file, '--data-type', 'liquidations'),
    ];
    expect([all.code, again.code]).toEqual([0, 0]);
  });

  it('has exactly the partitions of the files, with their rows', async () => {
    const { code, out } = await runApp(['verify', 'execution', '--lake', lake]);
    expect(code).toBe(0);
    expect(out).toBe(`${PARTITIONS} partitions, ${ROWS} rows, 0 not as they should be\n`);
  });

  it('changes nothing when it runs again', async () => {
    const { code, out } = await partition();
    expect(code).toBe(0);
    expect(out.match(/"status":"(\w+)"/g)).toEqual(Array.from({ length: 8 }, () => '"status":"unchanged"'));
  });

  it.each(FILES)(
    '$dataType of $day: every route gives the rows that DuckDB reads of the file',
    async (file) => {
      const { dataType, day, instruments } = file;
      const whole = await sumOfCsv(file);
      const isShared = file.file === TRADES.file;
      const anyType = isShared ? await sumOf(await twice(file), schemaOf(dataType)) : whole;
      const venue = Object.keys(instruments)[0]?.split(':')[0] ?? '';
      for (const spelled of [venue, venue.toLowerCase()]) {
        expect(await read({ date: day, venue: spelled, dataType }, dataType)).toEqual(whole);
        expect(await read({ date: day, venue: spelled }, dataType)).toEqual(anyType);
      }
      expect(await read({ date: day, dataType }, dataType)).toEqual(whole);
      expect(await read({ date: day }, dataType)).toEqual(anyType);
      expect(await read({ date: { from: '2020-03-01', to: '2020-09-01' }, dataType }, dataType)).toEqual(
        whole,
      );
      for (const [instrumentId, [symbol, rows]] of Object.entries(instruments)) {
        const own = await sumOfCsv(file, symbol);
        expect(own.rows).toBe(rows);
        const ownAnyType = isShared ? anyType : own;
        for (const given of [
          { date: day, venue, instrumentId },
          { date: day, instrumentId },
          { instrumentId },
        ]) {
          expect(await read({ ...given, dataType }, dataType)).toEqual(own);
          expect(await read(given, dataType)).toEqual(ownAnyType);
        }
        expect(
          await read({ date: day, instrumentId, dataType: 'derivative_ticker' }, dataType),
        ).toMatchObject({
          rows: 0,
        });
      }
    },
  );

  it.each(FILES)('$dataType: DuckDB finds the same rows in every view', async (file) => {
    const { dataType } = file;
    for (const { view } of layoutOf(layout).market('execution')) {
      const found = await duckdb.rows(
        `SELECT count(*) FROM glob(${sqlText(`${root}/${view}/**/*.parquet`)})`,
      );
      const expected = copies === 'primary' && view !== 'by_date' ? 0 : PARTITIONS;
      expect(found).toEqual([[String(expected)]]);
      if (expected === 0) continue;
      // Where files say their data type depends on the layout; that they say it, on no layout.
      const columns = schemaOf(dataType).fields.map(({ name, type }) =>
        type.kind === 'timestamp' ? `epoch_us(${name})` : name,
      );
      const files = `${root}/${view}/**/*${layout === 'dash-code' ? dataType : ''}*.parquet`;
      const ofType =
        layout === 'dash-code' ? 'true' : `regexp_matches(filename, 'data_type[-=]${dataType}/')`;
      const published = `SELECT ${columns.join(', ')} FROM read_parquet(${sqlText(files)}, filename = true, union_by_name = true, hive_partitioning = false) WHERE ${ofType}`;
      const [counts] = await duckdb.rows(`
        WITH expected AS (${csvRows(file)}), published AS (${published})
        SELECT (SELECT count(*) FROM (FROM expected EXCEPT ALL FROM published)),
          (SELECT count(*) FROM (FROM published EXCEPT ALL FROM expected)), (SELECT count(*) FROM published)`);
      expect(counts).toEqual(['0', '0', String((await sumOfCsv(file)).rows)]);
    }
  });
});

/** The rows of a file that is in the lake under two data types. */
async function twice(file: RealFile) {
  const batch = await duckdb.batch(schemaOf(file.dataType), csvRows(file));
  return [batch, batch];
}
