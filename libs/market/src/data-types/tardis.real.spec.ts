import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatInstrumentId } from '../instrument-id/index.js';
import { instrumentOfSymbol } from '../symbols/index.js';
import { architectureDataset } from './index.js';

const data = process.env.TICKLAKE_DATA;
const suite = data === undefined && process.env.CI === undefined ? describe.skip : describe;

suite('files of Tardis', () => {
  it.each([
    ['trades', 'bitmex_trades_XBTUSD.csv', 10, ['BITMEX:PERPETUAL:BTC-USD']],
    [
      ...(['book_snapshot_5', 'binance-futures_book_snapshot_5_BTCUSDT.csv', 10] as const),
      ['BINANCE-FUTURES:PERPETUAL:BTC-USDT'],
    ],
    ['quotes', 'huobi-dm-swap_quotes_BTC-USD.csv', 10, ['HUOBI-DM-SWAP:PERPETUAL:BTC-USD']],
    [
      ...(['options_chain', 'deribit_options_chain_2020-06-08.csv', 7] as const),
      [
        'DERIBIT:OPTION:BTC-USD-200609-10000-CALL',
        'DERIBIT:OPTION:BTC-USD-200609-9875-PUT',
        'DERIBIT:OPTION:BTC-USD-200610-10000-CALL',
        'DERIBIT:OPTION:ETH-USD-200609-250-PUT',
        'DERIBIT:OPTION:ETH-USD-200609-300-CALL',
      ],
    ],
  ])('%s of %s: every column is described, every row an instrument', (name, file, rowCount, instruments) => {
    const [header = [], ...rows] = readFileSync(join(data ?? '', 'tardis', file), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const { schema, csv } = architectureDataset(name);
    expect(rows).toHaveLength(rowCount);
    expect([...(csv?.columns ?? [])].sort()).toEqual([...header].sort());
    const required = schema.fields.flatMap(({ nullable }, i) => (nullable ? [] : [csv?.columns[i] ?? '']));
    for (const row of rows) {
      const empty = header.filter((_, i) => row[i] === '');
      expect(empty.filter((column) => required.includes(column))).toEqual([]);
    }
    const ids = rows.map(([exchange = '', symbol = '']) => {
      const id = instrumentOfSymbol(exchange, symbol);
      return id && formatInstrumentId(id);
    });
    expect([...new Set(ids)].sort()).toEqual(instruments);
  });
});
