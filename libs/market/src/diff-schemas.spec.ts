import type { Field, Schema } from '@ticklake/columnar';
import { arbitrarySchema } from '@ticklake/columnar/testing';
import fc from 'fast-check';

import { bbo } from './datasets/index.js';
import { checkSameSchema, differencesText, diffSchemas } from './diff-schemas.js';

describe('diffSchemas', () => {
  it('does not count column order, nullability or fixed sizes', () => {
    fc.assert(
      fc.property(arbitrarySchema(), ({ fields }) => {
        const other: Schema = {
          fields: fields
            .map(
              (field): Field => ({
                ...field,
                nullable: !field.nullable,
                type: field.type.kind === 'bytes' ? { kind: 'bytes' } : field.type,
              }),
            )
            .reverse(),
        };
        expect(diffSchemas({ fields }, other)).toEqual([]);
        checkSameSchema({ fields }, other);
      }),
    );
  });

  it('names every missing and extra column, and turns round when the schemas do', () => {
    fc.assert(
      fc.property(arbitrarySchema(), arbitrarySchema(), (a, b) => {
        const there = diffSchemas(a, b);
        const back = diffSchemas(b, a).map(({ column, expected, found }) => ({
          column,
          expected: found,
          found: expected,
        }));
        expect(new Set(there.map((one) => JSON.stringify(one)))).toEqual(
          new Set(back.map((one) => JSON.stringify(one))),
        );
        const onlyIn = (x: Schema, y: Schema) =>
          x.fields
            .filter(({ name }) => !y.fields.some((field) => field.name === name))
            .map(({ name }) => name);
        expect(there.filter(({ found }) => found === undefined).map(({ column }) => column)).toEqual(
          onlyIn(a, b),
        );
        expect(there.filter(({ expected }) => expected === undefined).map(({ column }) => column)).toEqual(
          onlyIn(b, a),
        );
      }),
    );
  });

  it('says what differs in one line', () => {
    const found: Schema = {
      fields: [
        { name: 'venue_note', type: { kind: 'utf8' }, nullable: true },
        ...bbo.schema.fields
          .filter(({ name }) => name !== 'ask_qty')
          .map(
            (field): Field =>
              field.name === 'bid_price' ? { ...field, type: { kind: 'float', bits: 32 } } : field,
          ),
      ],
    };
    const text =
      'bid_price: float64 expected, float32 found; ask_qty: float64 expected, nothing found; venue_note: not expected, utf8 found';
    expect(differencesText(diffSchemas(bbo.schema, found))).toBe(text);
    expect(() => checkSameSchema(bbo.schema, found)).toThrow(
      expect.objectContaining({
        kind: 'corrupt',
        code: 'SCHEMA_MISMATCH',
        details: expect.objectContaining({ differences: text }),
      }),
    );
  });
});
