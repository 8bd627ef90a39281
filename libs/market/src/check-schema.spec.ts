import type { DataType, Schema } from '@ticklake/columnar';

import { checkSchema, tsUnitOf } from './check-schema.js';
import { architectureDataset } from './data-types/index.js';
import { bbo, datasetOf } from './datasets/index.js';

describe('checkSchema', () => {
  it.each<[string, DataType, 'ms' | 'us' | 'ns' | undefined]>([
    ['int64', { kind: 'int', bits: 64, signed: true }, undefined],
    ['timestamp[ms,utc]', { kind: 'timestamp', unit: 'ms', utc: true }, 'ms'],
    ['timestamp[us]', { kind: 'timestamp', unit: 'us', utc: false }, 'us'],
    ['timestamp[ns,utc]', { kind: 'timestamp', unit: 'ns', utc: true }, 'ns'],
  ])('accepts a time column of %s', (_, type, unit) => {
    checkSchema(bbo, withTime(type));
    checkSchema(datasetOf('anything'), withTime(type));
    expect(tsUnitOf(withTime(type))).toBe(unit);
  });

  it.each<[string, DataType]>([
    ['float64', { kind: 'float', bits: 64 }],
    ['utf8', { kind: 'utf8' }],
    ['uint64', { kind: 'int', bits: 64, signed: false }],
    ['int32', { kind: 'int', bits: 32, signed: true }],
    ['date', { kind: 'date' }],
  ])('refuses a time column of %s', (found, type) => {
    expect(() => checkSchema(bbo, withTime(type))).toThrow(
      expect.objectContaining({
        kind: 'corrupt',
        code: 'SCHEMA_MISMATCH',
        details: { dataset: 'bbo', column: 'ts_event', found },
      }),
    );
    expect(tsUnitOf(withTime(type))).toBeUndefined();
  });

  it('refuses a schema without a time column', () => {
    expect(() => checkSchema(bbo, { fields: bbo.schema.fields.slice(1) })).toThrow(
      expect.objectContaining({ code: 'SCHEMA_MISMATCH' }),
    );
  });
});

it.each<[string, DataType, boolean]>([
  ['date', { kind: 'date' }, true],
  ['int64', { kind: 'int', bits: 64, signed: true }, false],
  ['utf8', { kind: 'utf8' }, false],
])('a dataset that counts in days takes %s: %s', (_, type, isTaken) => {
  const dataset = architectureDataset('available_instruments');
  const check = () => checkSchema(dataset, { fields: [{ name: 'available_from', type, nullable: false }] });
  if (isTaken) check();
  else expect(check).toThrow(expect.objectContaining({ code: 'SCHEMA_MISMATCH' }));
});

function withTime(type: DataType): Schema {
  return {
    fields: [
      { name: 'note', type: { kind: 'utf8' }, nullable: true },
      { name: 'ts_event', type, nullable: false },
    ],
  };
}
