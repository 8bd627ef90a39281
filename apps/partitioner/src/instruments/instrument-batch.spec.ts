import { equalBatches } from '@ticklake/columnar/testing';
import { addDays, parseUtcDay } from '@ticklake/core';
import { formatInstrumentId, type InstrumentId } from '@ticklake/market';
import fc from 'fast-check';
import { compareRows, instrumentBatch } from './instrument-batch.js';
import { INSTRUMENT_SCHEMA, NO_FACTS, type InstrumentFacts, type InstrumentRow } from './instrument-row.js';
import { instrumentRows } from './instrument-rows.js';

const day = parseUtcDay;

const BTC: InstrumentRow = {
  ...{ instrument_id: 'BINANCE:SPOT_PAIR:BTC-USDT', venue: 'BINANCE', instrument_type: 'SPOT_PAIR' },
  ...{ available_from: day('2017-08-17'), available_to: null },
  ...NO_FACTS,
};

const anyDay = fc.integer({ min: -20_000, max: 60_000 }).map((count) => addDays(day('2020-01-01'), count));
const asset = fc.stringMatching(/^[A-Z0-9]{1,6}$/);
const names = { venue: fc.constantFrom('BINANCE', 'OKX-SWAP', 'DERIBIT'), base: asset, quote: asset };
const expiry = fc.nat({ max: 36_000 }).map((count) => addDays(day('2000-01-01'), count));
const anyId: fc.Arbitrary<InstrumentId> = fc.oneof(
  fc.record({ ...names, type: fc.constantFrom('SPOT_PAIR' as const, 'PERPETUAL' as const) }),
  fc.record({ ...names, type: fc.constant('FUTURE' as const), expiry }),
  fc.record({
    ...{ ...names, type: fc.constant('OPTION' as const), expiry, strike: fc.nat().map(String) },
    right: fc.constantFrom('CALL' as const, 'PUT' as const),
  }),
);
const facts = INSTRUMENT_SCHEMA.fields.slice(5).map(({ name, type }): [string, fc.Arbitrary<unknown>] => {
  if (type.kind === 'bool') return [name, fc.option(fc.boolean())];
  if (type.kind === 'timestamp') return [name, fc.option(fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }))];
  return [name, fc.option(fc.string({ unit: 'grapheme', maxLength: 12 }))];
});
const anyRow = fc
  .record({
    id: anyId,
    from: anyDay,
    days: fc.option(fc.nat({ max: 5000 })),
    known: fc.record(Object.fromEntries(facts)) as unknown as fc.Arbitrary<InstrumentFacts>,
  })
  .map(
    ({ id, from, days, known }): InstrumentRow => ({
      ...{ instrument_id: formatInstrumentId(id), venue: id.venue, instrument_type: id.type },
      ...{ available_from: from, available_to: days === null ? null : addDays(from, days), ...known },
    }),
  );
const anyRows = fc.uniqueArray(anyRow, { selector: ({ instrument_id: id }) => id, maxLength: 20 });

describe('instrumentBatch and instrumentRows', () => {
  it('a batch has the schema, in order, and reads back as its rows', () => {
    fc.assert(
      fc.property(anyRows, (rows) => {
        const batch = instrumentBatch(rows);
        expect(batch.schema).toBe(INSTRUMENT_SCHEMA);
        expect(instrumentRows(batch)).toEqual([...rows].sort(compareRows));
        // Equal rows are one, in whatever order they come.
        expect(equalBatches(instrumentBatch([...rows, ...rows].reverse()), batch)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('a row has every column of the schema and no other', () => {
    expect(Object.keys(BTC).sort()).toEqual(INSTRUMENT_SCHEMA.fields.map(({ name }) => name).sort());
  });

  it('two rows of one instrument that differ are refused', () => {
    expect(() => instrumentBatch([BTC, { ...BTC, tick_size: '0.01' }])).toThrow(
      expect.objectContaining({
        ...{ kind: 'invalid', code: 'DUPLICATE_INSTRUMENT' },
        details: { instrument_id: BTC.instrument_id, column: 'tick_size', one: 'null', other: '0.01' },
      }),
    );
  });
});
