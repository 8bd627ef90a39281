import type { Field } from '@ticklake/columnar';
import type { ParquetReader } from '@ticklake/parquet';
import { splitColumns } from './split-columns.js';

// As of files of 80 rows.
const SIZES = { ts_event: 400, ts_recv: 400, bid_price: 100, bid_qty: 200, ask_price: 100, ask_qty: 200 };
const FLOAT = { kind: 'float', bits: 64 } as const;
const fields = Object.keys(SIZES).map((name): Field => {
  const type = name.startsWith('ts') ? ({ kind: 'int', bits: 64, signed: true } as const) : FLOAT;
  return { name, type, nullable: false };
});
const orderBy = fields.slice(0, 1);
const columns = Object.entries(SIZES).map(([name, size]) => {
  return { name, sizeBytes: size, uncompressedSizeBytes: size };
});
const model = { rowCount: 80, rowGroups: [{ columns }] } as unknown as ParquetReader;
const ownOf = (matchesPerRow: number, all = fields) =>
  splitColumns({ fields: all }, { model, orderBy, matchesPerRow }).own.map(({ name }) => name);

describe('columns of two threads', () => {
  it('are half of the work each, and keys are of the thread that plans', () => {
    expect(ownOf(0)).toEqual(['ts_event', 'ask_qty']);
  });

  it('are the largest ones for the thread that plans, where it has keys to compare', () => {
    expect(ownOf(4)).toEqual(['ts_event', 'ts_recv']);
  });

  it('are fewer for the thread that plans, the more it has to compare', () => {
    expect(ownOf(40)).toEqual(['ts_event']);
  });

  it('are more for the thread that plans, where they are the same in all rows', () => {
    const constants = ['exchange', 'symbol'].map((name): Field => {
      return { name, type: { kind: 'utf8' }, nullable: false };
    });
    expect(ownOf(8, [...fields, ...constants])).toEqual(['ts_event', 'ts_recv', 'exchange', 'symbol']);
  });

  it('are all in one thread where there is none but keys', () => {
    const split = splitColumns({ fields: orderBy }, { model, orderBy, matchesPerRow: 0 });
    expect(split).toEqual({ own: orderBy, others: [] });
  });
});
