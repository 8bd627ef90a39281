import { textColumn, type Column, type DataType, type RecordBatch } from '@ticklake/columnar';
import { startOfDayMs, type UtcDay } from '@ticklake/core';
import { createRandom } from '../spool/random.js';

/** Rows of an instrument in a made lake. Equal options give equal rows. */
export interface MadeRows {
  readonly seed: number;
  readonly rows: number;
  readonly day: UtcDay;
}

const TEXT: DataType = { kind: 'utf8' };
const NUMBER: DataType = { kind: 'float', bits: 64 };
const INSTANT: DataType = { kind: 'timestamp', unit: 'us', utc: true };

/** Columns of the made rows that may be null. */
const NULLABLE = ['id', 'available_to'];

const DAY_US = 86_400_000_000;
const BATCH_ROWS = 50_000;

/** Trades in order of time, spread over a day, each with an id of its own. */
export function* madeTrades({ seed, rows, day }: MadeRows): Generator<RecordBatch> {
  const random = createRandom(seed);
  const startUs = BigInt(startOfDayMs(day)) * 1000n;
  let cents = 4_200_000;
  for (let first = 0; first < rows; first += BATCH_ROWS) {
    const count = Math.min(BATCH_ROWS, rows - first);
    const times = new BigInt64Array(count);
    const arrivals = new BigInt64Array(count);
    const prices = new Float64Array(count);
    const amounts = new Float64Array(count);
    const sides: string[] = [];
    for (let i = 0; i < count; i++) {
      times[i] = startUs + BigInt(Math.floor(((first + i) * DAY_US) / rows));
      arrivals[i] = (times[i] as bigint) + BigInt(2_000 + random.below(40_000));
      cents = Math.max(100, cents + random.below(21) - 10);
      prices[i] = cents / 100;
      amounts[i] = (1 + random.below(200_000)) / 100_000;
      sides.push(random.below(2) === 0 ? 'buy' : 'sell');
    }
    yield batchOf(count, [
      ['exchange', TEXT, textColumn(Array<string>(count).fill('binance-futures'))],
      ['symbol', TEXT, textColumn(Array<string>(count).fill('BTCUSDT'))],
      ['timestamp', INSTANT, { layout: 'fixed', values: times }],
      ['local_timestamp', INSTANT, { layout: 'fixed', values: arrivals }],
      ['id', TEXT, textColumn(Array.from({ length: count }, (_, i) => String(3_000_000_000 + first + i)))],
      ['side', TEXT, textColumn(sides)],
      ['price', NUMBER, { layout: 'fixed', values: prices }],
      ['amount', NUMBER, { layout: 'fixed', values: amounts }],
    ]);
  }
}

/** Candles, one every minute of a day, or as many as `rows`. */
export function madeCandles({ seed, rows, day }: MadeRows): RecordBatch {
  const random = createRandom(seed);
  const startUs = BigInt(startOfDayMs(day)) * 1000n;
  const numbers = (): Column => ({
    layout: 'fixed',
    values: Float64Array.from({ length: rows }, () => (4_000_000 + random.below(500_000)) / 100),
  });
  const times = BigInt64Array.from({ length: rows }, (_, minute) => startUs + BigInt(minute) * 60_000_000n);
  return batchOf(rows, [
    ['timestamp', INSTANT, { layout: 'fixed', values: times }],
    ...['open', 'high', 'low', 'close', 'volume'].map((name): NamedColumn => [name, NUMBER, numbers()]),
  ]);
}

const VENUES = ['BINANCE', 'BINANCE-FUTURES', 'BYBIT', 'DERIBIT', 'OKX'];
const TYPES = ['SPOT_PAIR', 'PERPETUAL'];

/** Instruments of five venues and two types, with the facts that a Tardis document has of them. */
export function madeInstruments(rows: number): RecordBatch {
  const all = Array.from({ length: rows }, (_, i) => {
    const [venue, type] = [VENUES[i % 5] as string, TYPES[i % 2] as string];
    return { venue, type, base: `C${i}`, id: `${venue}:${type}:C${i}-USDT` };
  });
  const texts = (textOf: (one: (typeof all)[number], i: number) => string) => textColumn(all.map(textOf));
  return batchOf(rows, [
    ['instrument_id', TEXT, texts(({ id }) => id)],
    ['venue', TEXT, texts(({ venue }) => venue)],
    ['instrument_type', TEXT, texts(({ type }) => type)],
    ['available_from', TEXT, texts((_, i) => `20${String(17 + (i % 6))}-0${String(1 + (i % 9))}-17`)],
    ['available_to', TEXT, textColumn(all.map((_, i) => (i % 10 === 0 ? '2023-06-30' : null)))],
    ['base_asset', TEXT, texts(({ base }) => base)],
    ['quote_asset', TEXT, texts(() => 'USDT')],
    ['exchange_raw_symbol', TEXT, texts(({ base }) => `${base}USDT`)],
    ['tick_size', TEXT, texts((_, i) => `0.${'0'.repeat(i % 6)}1`)],
  ]);
}

type NamedColumn = readonly [name: string, type: DataType, column: Column];

function batchOf(rowCount: number, columns: readonly NamedColumn[]): RecordBatch {
  return {
    schema: { fields: columns.map(([name, type]) => ({ name, type, nullable: NULLABLE.includes(name) })) },
    rowCount,
    columns: columns.map(([, , column]) => column),
  };
}
