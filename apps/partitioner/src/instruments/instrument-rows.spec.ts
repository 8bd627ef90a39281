import { allocFixed, textColumn, type Column, type DataType, type RecordBatch } from '@ticklake/columnar';
import { parseUtcDay } from '@ticklake/core';
import { NO_FACTS, type InstrumentRow } from './instrument-row.js';
import { instrumentRows } from './instrument-rows.js';

const UTF8: DataType = { kind: 'utf8' };

const BTC: InstrumentRow = {
  ...{ instrument_id: 'BINANCE:SPOT_PAIR:BTC-USDT', venue: 'BINANCE', instrument_type: 'SPOT_PAIR' },
  ...{ available_from: parseUtcDay('2017-08-17'), available_to: null },
  ...NO_FACTS,
};

type Frame = Readonly<Record<string, readonly [DataType, Column]>>;

const texts = (...values: readonly (string | null)[]): readonly [DataType, Column] => [
  UTF8,
  textColumn(values),
];
const stamps = (unit: 'ms' | 'us' | 'ns', ...values: readonly bigint[]): readonly [DataType, Column] => [
  { kind: 'timestamp', unit, utc: false },
  { layout: 'fixed', values: BigInt64Array.from(values) },
];

/** Three rows as other writers have them. */
const FRAME: Frame = {
  instrument_id: texts('binance:SPOT_PAIR:BTC-USDT', 'deribit:Perp:BTC-USD', 'X:OPTION:A-B-50-240229-C'),
  venue: texts('binance', 'DERIBIT', 'x'),
  instrument_type: texts('spot', 'Perp', 'OPTION'),
  available_from: texts('2017-08-17', '20180813', '2024-01-01'),
  available_to: texts(null, null, '2024-02-29'),
};

function frame(changes: Readonly<Record<string, readonly [DataType, Column] | undefined>> = {}): RecordBatch {
  const columns = Object.entries({ ...FRAME, ...changes }).flatMap(([name, one]) =>
    one === undefined ? [] : [{ field: { name, type: one[0], nullable: true }, column: one[1] }],
  );
  return {
    schema: { fields: columns.map(({ field }) => field) },
    rowCount: 3,
    columns: columns.map(({ column }) => column),
  };
}

describe('instrumentRows', () => {
  it('reads five columns in any spelling, and knows nothing else', () => {
    expect(instrumentRows(frame({ year: texts('a', 'b', 'c') }))).toEqual([
      BTC,
      {
        ...{ ...BTC, instrument_id: 'DERIBIT:PERPETUAL:BTC-USD', venue: 'DERIBIT' },
        ...{ instrument_type: 'PERPETUAL', available_from: '2018-08-13' },
      },
      {
        ...{ ...BTC, instrument_id: 'X:OPTION:A-B-240229-50-CALL', venue: 'X', instrument_type: 'OPTION' },
        ...{ available_from: '2024-01-01', available_to: '2024-02-29' },
      },
    ]);
  });

  it.each([
    stamps('ms', 0n, 86_399_999n, -1n),
    stamps('us', 0n, 86_399_999_999n, -1n),
    stamps('ns', 0n, 86_399_999_999_999n, -1n),
    [{ kind: 'date' }, { layout: 'fixed', values: Int32Array.of(0, 0, -1) }],
    [
      { kind: 'date' },
      { layout: 'dictionary', codes: Uint32Array.of(1, 1, 0), dictionary: Int32Array.of(-1, 0) },
    ],
  ] as readonly (readonly [DataType, Column])[])('days of %j', (...column) => {
    expect(instrumentRows(frame({ available_from: column })).map((row) => row.available_from)).toEqual([
      ...['1970-01-01', '1970-01-01', '1969-12-31'],
    ]);
  });

  it('instants of any unit', () => {
    const expiries = (column: readonly [DataType, Column]) =>
      instrumentRows(frame({ expiry: column })).map(({ expiry: one }) => one);
    expect(expiries(stamps('ms', 1n, 2n, -1n))).toEqual([1000n, 2000n, -1000n]);
    expect(expiries(stamps('us', 1n, 2n, -1n))).toEqual([1n, 2n, -1n]);
    expect(expiries(stamps('ns', 1000n, 2000n, -1000n))).toEqual([1n, 2n, -1n]);
    expect(() => expiries(stamps('ns', 1000n, 2001n, 3000n))).toThrow(
      expect.objectContaining({ code: 'DATE', details: expect.objectContaining({ row: 1, value: '2001' }) }),
    );
  });

  it.each<[string, Readonly<Record<string, readonly [DataType, Column] | undefined>>, object]>([
    ['SCHEMA_MISMATCH', { available_to: undefined }, { column: 'available_to' }],
    ['SCHEMA_MISMATCH', { venue: stamps('ms', 1n, 2n, 3n) }, { column: 'venue', found: 'timestamp[ms]' }],
    [
      'SCHEMA_MISMATCH',
      { available_from: [{ kind: 'bool' }, { layout: 'fixed', values: allocFixed({ kind: 'bool' }, 3) }] },
      { column: 'available_from', found: 'bool' },
    ],
    ['SCHEMA_MISMATCH', { expiry: texts('a', 'b', 'c') }, { column: 'expiry', found: 'utf8' }],
    ['SCHEMA_MISMATCH', { inverse: texts('a', 'b', 'c') }, { column: 'inverse', found: 'utf8' }],
    [
      'DATE',
      { available_to: texts('2024-02-30', null, 'NaT') },
      { row: 0, column: 'available_to', value: '2024-02-30', rows: '0,2', count: 2 },
    ],
    [
      'DATE',
      { available_from: [{ kind: 'date' }, { layout: 'fixed', values: Int32Array.of(0, 2 ** 31 - 1, 0) }] },
      { row: 1, column: 'available_from', value: '2147483647', rows: '1', count: 1 },
    ],
    [
      'NULL_VALUE',
      { available_from: texts('2024-01-01', null, '2024-01-01') },
      { row: 1, column: 'available_from' },
    ],
    ['NULL_VALUE', { venue: texts('BINANCE', 'DERIBIT', null) }, { row: 2, column: 'venue' }],
    [
      'INSTRUMENT_ID',
      { instrument_id: texts('BTCUSDT', 'DERIBIT:PERP:BTC-USD', 'X:SPOT:A-B') },
      { row: 0, text: 'BTCUSDT', reason: 'parts' },
    ],
    ['INSTRUMENT_TYPE', { instrument_type: texts('spot', 'swap', 'option') }, { row: 1, text: 'swap' }],
    [
      'INSTRUMENTS',
      { venue: texts('BINANCE', 'OKX', 'X') },
      { row: 1, instrument_id: 'deribit:Perp:BTC-USD', reason: 'its venue is OKX' },
    ],
    [
      'INSTRUMENTS',
      { instrument_type: texts('perp', 'perp', 'option') },
      { row: 0, reason: 'its type is PERPETUAL' },
    ],
    [
      'INSTRUMENTS',
      { available_to: texts(null, null, '2023-12-31') },
      { row: 2, reason: 'it ends on 2023-12-31, before it begins on 2024-01-01' },
    ],
    [
      'TEXT',
      {
        venue: [
          UTF8,
          { layout: 'bytes', values: { offsets: Uint32Array.of(0, 0, 0, 1), data: Uint8Array.of(0xff) } },
        ],
      },
      { row: 2, column: 'venue' },
    ],
  ])('refuses %s %#', (code, changes, details) => {
    expect(() => instrumentRows(frame(changes))).toThrow(
      expect.objectContaining({ kind: 'corrupt', code, details: expect.objectContaining(details) }),
    );
  });

  it('says where a row is as it is told', () => {
    const changes = { available_from: texts('2024-01-01', 'x', '2024-01-01') };
    expect(() => instrumentRows(frame(changes), (row) => ({ file: 'a.parquet', row: row + 100 }))).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ file: 'a.parquet', row: 101 }) }),
    );
  });
});
