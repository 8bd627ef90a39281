import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseUtcDay } from '@ticklake/core';
import { formatInstrumentId, instrumentOfSymbol } from '@ticklake/market';
import { instrumentBatch } from './instrument-batch.js';
import { NO_FACTS } from './instrument-row.js';
import { instrumentRows } from './instrument-rows.js';
import { readInstruments, type InstrumentDocument } from './read-instruments.js';

const data = process.env.TICKLAKE_DATA;
const suite = data === undefined && process.env.CI === undefined ? describe.skip : describe;
const FOLDERS = [
  'exchange-json/binance',
  'exchange-json/bybit',
  'exchange-json/okx',
  'exchange-json/deribit',
];

/** What each document of instruments gives: its source, its ids with their days, and what is left out. */
const DOCUMENTS: Readonly<
  Record<string, readonly [source: string, rows: readonly string[], leftOut?: string]>
> = {
  'spot__http_json__exchange_info_response.json': [
    'binance-spot',
    ['BINANCE:SPOT_PAIR:ETH-BTC 2019-08-08 null'],
  ],
  'http_get_instruments_inverse.json': ['bybit-inverse', ['BYBIT:PERPETUAL:BTC-USD 2023-11-14 2023-12-14']],
  'http_get_instruments_linear_symbol_type.json': [
    'bybit-linear',
    ['BYBIT:PERPETUAL:TSLA-USDT 2023-11-14 null'],
  ],
  'http_get_instruments_option.json': [
    'bybit-option',
    ['BYBIT-OPTIONS:OPTION:ETH-USDC-260626-16000-PUT 2023-11-14 2026-05-28'],
  ],
  'http_get_instruments_spot_xstocks.json': [
    'bybit-spot',
    ['BYBIT-SPOT:SPOT_PAIR:AAPL-USDT 2023-11-14 null'],
  ],
  'http_get_instruments_margin.json': [
    'okx',
    ['BTC', 'ETH', 'OKB', 'SOL'].map((base) => `OKX:SPOT_PAIR:${base}-USDT 2021-01-29 null`),
  ],
  'http_get_instruments_spot.json': [
    'okx',
    [
      ...['BTC', 'ETH', 'SOL'].map((base) => `OKX:SPOT_PAIR:${base}-USD 2024-12-06 null`),
      'OKX:SPOT_PAIR:XRP-USD 2024-12-10 null',
      'OKX:SPOT_PAIR:USDT-USD 2024-12-06 null',
    ],
  ],
  'http_get_instruments_swap.json': [
    'okx',
    [
      'OKX-SWAP:PERPETUAL:BTC-USD 2018-08-28 null',
      'OKX-SWAP:PERPETUAL:ETH-USDT 2019-11-12 null',
      'OKX-SWAP:PERPETUAL:BTC-USDT 2019-11-12 null',
    ],
  ],
  'http_get_instrument.json': ['deribit', ['DERIBIT:PERPETUAL:BTC-USD 2018-08-13 null']],
  'http_get_instruments.json': [
    'deribit',
    [
      'DERIBIT:PERPETUAL:BTC-USD 2018-08-13 null',
      'DERIBIT:FUTURE:BTC-USD-241227 2024-06-28 2024-12-27',
      'DERIBIT:OPTION:BTC-USD-241227-100000-CALL 2024-06-28 2024-12-27',
    ],
    'BTC-COMBO-1: it is a combination of instruments',
  ],
  'instrument_option.json': ['tardis', ['DERIBIT:OPTION:BTC-USD-250425-200000-PUT 2025-01-31 2025-04-25']],
  'instrument_spot.json': ['tardis', ['DERIBIT:SPOT_PAIR:BTC-USDC 2023-04-24 null']],
};

/** What Tardis calls the market of a venue. */
const TARDIS_EXCHANGES: Readonly<Record<string, string>> = {
  ...{ OKX: 'okex', 'OKX-SWAP': 'okex-swap', BINANCE: 'binance', DERIBIT: 'deribit' },
  ...{ BYBIT: 'bybit', 'BYBIT-SPOT': 'bybit-spot', 'BYBIT-OPTIONS': 'bybit-options' },
};

suite('real documents of instruments', () => {
  it.each(Object.entries(DOCUMENTS))('%s', (file, [source, expected, leftOut]) => {
    const read = readReal(file);
    expect(read.source).toBe(source);
    expect(
      read.instruments.map((row) => `${row.instrument_id} ${row.available_from} ${row.available_to}`),
    ).toEqual(expected);
    expect(read.leftOut.map(({ symbol, reason }) => `${symbol}: ${reason}`)).toEqual(
      leftOut === undefined ? [] : [leftOut],
    );
    const sorted = instrumentRows(instrumentBatch(read.instruments));
    expect(sorted).toHaveLength(expected.length);
    expect(new Set(sorted)).toEqual(new Set(read.instruments));
  });

  it('the other documents of exchanges are none', () => {
    const others = FOLDERS.flatMap(filesOf).filter((file) => !(file in DOCUMENTS));
    expect(others.length).toBeGreaterThan(30);
    for (const file of others) {
      expect(() => readReal(file)).toThrow(
        expect.objectContaining({
          kind: 'corrupt',
          code: 'INSTRUMENTS',
          details: expect.objectContaining({ file }),
        }),
      );
    }
  });

  it('ids are those that ticks have', () => {
    for (const file of Object.keys(DOCUMENTS)) {
      for (const { venue, exchange_raw_symbol: symbol, instrument_id: id } of readReal(file).instruments) {
        const told = instrumentOfSymbol(TARDIS_EXCHANGES[venue] ?? '', symbol ?? '');
        expect(told && formatInstrumentId(told)).toBe(id);
      }
    }
  });

  it('an option of Tardis has every column', () => {
    expect(readReal('instrument_option.json').instruments[0]).toEqual({
      ...NO_FACTS,
      ...{ instrument_id: 'DERIBIT:OPTION:BTC-USD-250425-200000-PUT', venue: 'DERIBIT' },
      ...{ instrument_type: 'OPTION', available_from: '2025-01-31', available_to: '2025-04-25' },
      ...{ base_asset: 'BTC', quote_asset: 'USD', exchange_raw_symbol: 'BTC-25APR25-200000-P' },
      ...{ tardis_symbol: 'BTC-25APR25-200000-P', tardis_exchange: 'deribit', data_provider: 'tardis' },
      ...{ inverse: true, symbol_type: 'option', contract_type: 'put_option', strike: '200000' },
      ...{ option_type: 'PUT', expiry: BigInt(Date.UTC(2025, 3, 25, 8)) * 1000n, contract_size: '1' },
      ...{ tick_size: '0.0001', min_size: '0.1' },
    });
  });

  it('an inverse swap of OKX has every column', () => {
    expect(readReal('http_get_instruments_swap.json').instruments[0]).toEqual({
      ...NO_FACTS,
      ...{ instrument_id: 'OKX-SWAP:PERPETUAL:BTC-USD', venue: 'OKX-SWAP', instrument_type: 'PERPETUAL' },
      ...{ available_from: '2018-08-28', available_to: null, base_asset: 'BTC', quote_asset: 'USD' },
      ...{ settle_asset: 'BTC', exchange_raw_symbol: 'BTC-USD-SWAP', data_provider: 'okx' },
      ...{ inverse: true, symbol_type: 'SWAP', contract_type: 'inverse', contract_size: '100' },
      ...{ tick_size: '0.1', min_size: '1', underlying: 'BTC-USD' },
    });
  });

  it('an option of Deribit and a pair of Bybit have every column', () => {
    expect(readReal('http_get_instruments.json').instruments[2]).toEqual({
      ...NO_FACTS,
      ...{ instrument_id: 'DERIBIT:OPTION:BTC-USD-241227-100000-CALL', venue: 'DERIBIT' },
      ...{ instrument_type: 'OPTION', available_from: '2024-06-28', available_to: '2024-12-27' },
      ...{ base_asset: 'BTC', quote_asset: 'USD', settle_asset: 'BTC', data_provider: 'deribit' },
      ...{ exchange_raw_symbol: 'BTC-27DEC24-100000-C', inverse: true, symbol_type: 'option' },
      ...{ contract_type: 'reversed', strike: '100000', option_type: 'CALL', underlying: 'btc_usd' },
      ...{ expiry: 1_735_300_800_000_000n, contract_size: '1', tick_size: '0.0005', min_size: '0.1' },
    });
    expect(readReal('http_get_instruments_spot_xstocks.json').instruments[0]).toEqual({
      ...NO_FACTS,
      ...{
        instrument_id: 'BYBIT-SPOT:SPOT_PAIR:AAPL-USDT',
        venue: 'BYBIT-SPOT',
        instrument_type: 'SPOT_PAIR',
      },
      ...{ available_from: '2023-11-14', available_to: null, base_asset: 'AAPL', quote_asset: 'USDT' },
      ...{ exchange_raw_symbol: 'AAPLUSDT', data_provider: 'bybit', symbol_type: 'xstocks' },
      ...{ tick_size: '0.01', min_size: '0.001' },
    });
  });

  it('a day that is given counts where the document has no date', () => {
    const file = 'spot__http_json__exchange_info_response.json';
    const [row] = readInstruments(documentOf(file), { file, day: parseUtcDay('2024-05-01') }).instruments;
    expect(row?.available_from).toBe('2024-05-01');
  });
});

function readReal(file: string): InstrumentDocument {
  return readInstruments(documentOf(file), { file, day: undefined });
}

function documentOf(file: string): unknown {
  const folder = [...FOLDERS, 'tardis/machine'].find((one) => filesOf(one).includes(file));
  return JSON.parse(readFileSync(join(data ?? '', folder ?? '', file), 'utf8'));
}

function filesOf(folder: string): string[] {
  return readdirSync(join(data ?? '', folder)).filter((file) => file.endsWith('.json'));
}
