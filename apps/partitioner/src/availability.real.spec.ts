import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { architectureDataset } from '@ticklake/market';
import { layoutNames } from '@ticklake/partition';
import { openAvailability } from './availability/availability-index.js';
import { openLake, type LakeReader } from './reader/open-lake.js';
import { suiteDirectory } from './testing/context.js';
import { sqlText, suiteDuckdb } from './testing/duckdb.js';
import { sumOf } from './testing/multiset.js';
import { rowsOf } from './testing/rows.js';
import { runApp } from './testing/run-app.js';

const data = process.env['TICKLAKE_DATA'] ?? '';
const suite = data === '' && process.env['CI'] === undefined ? describe.skip : describe;

const directory = suiteDirectory();
const duckdb = suiteDuckdb();
const { schema } = architectureDataset('available_instruments');
const DATE = '2023-11-14';
const names = schema.fields.map(({ name }) => name);

/** Documents of instruments, and which symbols they have by their own keys. One of Deribit has what its list has, and a combination has no id. */
const DOCUMENTS: readonly (readonly [file: string, symbolsOf: (document: never) => readonly string[]])[] = [
  ['exchange-json/binance/spot__http_json__exchange_info_response.json', binance],
  ['exchange-json/bybit/http_get_instruments_inverse.json', bybit],
  ['exchange-json/bybit/http_get_instruments_linear_symbol_type.json', bybit],
  ['exchange-json/bybit/http_get_instruments_option.json', bybit],
  ['exchange-json/bybit/http_get_instruments_spot_xstocks.json', bybit],
  ['exchange-json/okx/http_get_instruments_margin.json', okx],
  ['exchange-json/okx/http_get_instruments_spot.json', okx],
  ['exchange-json/okx/http_get_instruments_swap.json', okx],
  ['exchange-json/deribit/http_get_instruments.json', deribit],
  ['tardis/machine/instrument_option.json', tardis],
  ['tardis/machine/instrument_spot.json', tardis],
];

/** Rows by venue, and by type. */
const VENUES = {
  ...{ BINANCE: 1, BYBIT: 2, 'BYBIT-OPTIONS': 1, 'BYBIT-SPOT': 1 },
  ...{ DERIBIT: 5, OKX: 9, 'OKX-SWAP': 3 },
};
const TYPES = { SPOT_PAIR: 12, PERPETUAL: 6, FUTURE: 1, OPTION: 3 };
const ROWS = 22;

function binance({ symbols }: { readonly symbols: readonly { readonly symbol: string }[] }) {
  return symbols.map(({ symbol }) => symbol);
}

function bybit({ result }: { readonly result: { readonly list: readonly { readonly symbol: string }[] } }) {
  return result.list.map(({ symbol }) => symbol);
}

function okx({ data: all }: { readonly data: readonly { readonly instId: string }[] }) {
  return all.map(({ instId }) => instId);
}

function deribit({ result }: { readonly result: readonly { readonly instrument_name: string }[] }) {
  return result.map(({ instrument_name: name }) => name).filter((name) => !name.includes('COMBO'));
}

function tardis(document: { readonly id: string }) {
  return [document].flat().map(({ id }) => id);
}

const symbolsOfFiles = () =>
  DOCUMENTS.flatMap(([file, symbolsOf]) =>
    symbolsOf(JSON.parse(readFileSync(join(data, file), 'utf8')) as never),
  ).sort();

const LAKES = layoutNames.flatMap((layout) =>
  (['all', 'primary'] as const).map((copies) => ({ layout, copies, lake: join(directory, layout, copies) })),
);

suite.each(LAKES)('real instruments in $layout, copies $copies', ({ layout, copies, lake }) => {
  const partition = (files: readonly string[]) =>
    runApp([
      ...['partition', 'availability', '--input', data, '--output', lake, '--date', DATE],
      ...['--files', files.join(), '--layout', layout, '--copies', copies],
    ]);
  let reader: LakeReader;
  const read = (given: object) =>
    sumOf(reader.readAvailabilityData({ date: DATE, columns: names, ...given }), schema);

  beforeAll(async () => {
    // In two runs: the second comes to the first.
    const files = DOCUMENTS.map(([file]) => file);
    const codes = [(await partition(files.slice(0, 5))).code, (await partition(files.slice(5))).code];
    expect(codes).toEqual([0, 0]);
    reader = openLake(lake);
  });
  afterAll(() => reader.close());

  it('has exactly the instruments of the documents', async () => {
    const { code, out } = await runApp(['verify', 'availability', '--lake', lake]);
    expect([code, out]).toEqual([0, `1 partitions, ${ROWS} rows, 0 not as they should be\n`]);
    const symbols = await rowsOf(reader.readAvailabilityData({ date: DATE }), ['exchange_raw_symbol']);
    expect(symbols.flat().sort()).toEqual(symbolsOfFiles());
  });

  it.each([
    ['venue', VENUES],
    ['instrumentType', TYPES],
  ])('by %s, each has its own rows, and together they are the day', async (argument, counts) => {
    const whole = await read({});
    const batches = [];
    for (const [value, rows] of Object.entries(counts)) {
      for (const spelled of [value, value.toLowerCase()])
        expect([value, await read({ [argument]: spelled })]).toEqual([
          value,
          expect.objectContaining({ rows }),
        ]);
      for await (const batch of reader.readAvailabilityData({
        date: DATE,
        columns: names,
        [argument]: value,
      }))
        batches.push(batch);
    }
    expect(await sumOf(batches, schema)).toEqual(whole);
    expect(whole.rows).toBe(ROWS);
  });

  it('by venue and type at once, and by what there is none of', async () => {
    expect(await read({ venue: 'deribit', instrumentType: 'option' })).toMatchObject({ rows: 2 });
    expect(await read({ venue: 'okx', instrumentType: 'option' })).toMatchObject({ rows: 0 });
    expect(await read({ venue: 'kraken' })).toMatchObject({ rows: 0 });
    expect(await read({ date: '2023-11-15' })).toMatchObject({ rows: 0 });
  });

  it('DuckDB finds each row once in every view that holds rows', async () => {
    const root = join(lake, layout === 'dash-diagram' ? 'daily' : 'instrument_availability');
    const text = `concat_ws('|', ${names.map((name) => `coalesce(${name}::VARCHAR, '-')`).join(', ')})`;
    const rowsIn = (view: string) =>
      duckdb.rows(
        `SELECT ${text} AS row FROM read_parquet(${sqlText(`${root}/${view}/**/*.parquet`)}, hive_partitioning = false) ORDER BY row`,
      );
    const whole = await rowsIn('by_date');
    expect(whole).toHaveLength(ROWS);
    if (copies === 'primary') return;
    for (const view of ['by_venue', 'by_instrument_type']) expect(await rowsIn(view)).toEqual(whole);
  });

  it('an index tells what could be traded on a day', async () => {
    const index = await openAvailability(reader);
    expect(index.days).toEqual([DATE]);
    expect(index.on(DATE)).toHaveLength(ROWS);
    const ids = (day: string, filter: object) =>
      index.availableOn(day, filter).map(({ instrument_id: id }) => id);
    const filter = { venue: 'deribit', instrumentType: 'option' };
    expect(ids('2024-06-27', filter)).toEqual([]);
    expect(ids('2024-12-27', filter)).toEqual(['DERIBIT:OPTION:BTC-USD-241227-100000-CALL']);
    expect(ids('2025-01-31', filter)).toEqual(['DERIBIT:OPTION:BTC-USD-250425-200000-PUT']);
  });
});

suite('real documents that cannot be told apart', () => {
  it('one instrument in two documents is refused, and nothing is published', async () => {
    const lake = join(directory, 'twice');
    const files = ['http_get_instrument.json', 'http_get_instruments.json'];
    const { code, err } = await runApp([
      ...['partition', 'availability', '--input', join(data, 'exchange-json/deribit'), '--output', lake],
      ...['--files', files.join(), '--date', DATE],
    ]);
    expect(code).toBe(15);
    expect(err).toContain('DERIBIT:PERPETUAL:BTC-USD');
    expect((await runApp(['verify', 'availability', '--lake', lake])).err).toContain('there is no such tier');
  });
});
