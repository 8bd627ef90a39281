import fc from 'fast-check';
import type { Column, RecordBatch } from '../batch.js';
import type { DataType } from '../schema.js';
import { takeRows } from '../take-rows.js';
import { textColumn } from '../text-column.js';
import { arbitraryBatch } from './arbitrary-batch.js';
import { arbitrarySchema } from './arbitrary-schema.js';
import { equalBatches } from './equal-batches.js';

const batchOf = (type: DataType, column: Column): RecordBatch => ({
  schema: { fields: [{ name: 'x', type, nullable: true }] },
  rowCount: 1,
  columns: [column],
});
const double = (bits: bigint): RecordBatch =>
  batchOf(
    { kind: 'float', bits: 64 },
    { layout: 'fixed', values: new Float64Array(BigUint64Array.of(bits).buffer) },
  );
const nested = (value: unknown): RecordBatch =>
  batchOf(
    {
      kind: 'nested',
      shape: 'map',
      children: [
        { name: 'key', type: { kind: 'utf8' }, nullable: false },
        { name: 'value', type: { kind: 'float', bits: 64 }, nullable: true },
      ],
    },
    { layout: 'nested', values: [value] },
  );
const bytes = (kind: 'bytes' | 'decimal', ...values: number[]): RecordBatch =>
  batchOf(kind === 'bytes' ? { kind } : { kind, precision: 9, scale: 2 }, {
    layout: 'bytes',
    values: { offsets: Uint32Array.of(0, values.length), data: Uint8Array.from(values) },
  });

describe('equalBatches', () => {
  it('accepts a copy of anything', () => {
    const batches = arbitrarySchema().chain((schema) => arbitraryBatch(schema, 5));
    fc.assert(
      fc.property(batches, (batch) => {
        expect(equalBatches(batch, takeRows(batch, Uint32Array.of(0, 1, 2, 3, 4)))).toBeUndefined();
      }),
    );
  });

  it.each([
    ['-0 and 0', double(0n), double(1n << 63n)],
    ['NaN payloads', double(0x7ff8_0000_0000_0000n), double(0x7ff8_0000_0000_0001n)],
    [
      'null and an empty string',
      batchOf({ kind: 'utf8' }, textColumn([''])),
      batchOf({ kind: 'utf8' }, textColumn([null])),
    ],
    ['bytes of different lengths', bytes('bytes', 0, 1), bytes('bytes', 1)],
    ['decimals', bytes('decimal', 0xff), bytes('decimal', 0, 0xff)],
    ['nested -0', nested([['a', 0]]), nested([['a', -0]])],
    ['nested nulls', nested([['a', null]]), nested(null)],
    [
      'nested lengths',
      nested([['a', 1]]),
      nested([
        ['a', 1],
        ['b', 2],
      ]),
    ],
    ['types', batchOf({ kind: 'utf8' }, textColumn(['a'])), batchOf({ kind: 'bytes' }, textColumn(['a']))],
  ])('tells apart %s', (_, a, b) => {
    expect(equalBatches(a, b)).toMatch(/./);
    expect(equalBatches(a, a)).toBeUndefined();
  });

  it('reads decimals as integers', () => {
    expect(equalBatches(bytes('decimal', 0xff, 0xfe), bytes('decimal', 0xfe))).toBeUndefined();
  });
});
