import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { fingerprintSchema } from './fingerprint-schema.js';
import { typeText, type Schema } from './schema.js';
import { arbitrarySchema } from './testing/index.js';

const key = (schema: Schema): string =>
  JSON.stringify(schema.fields.map(({ name, type, nullable }) => [name, typeText(type), nullable]));

describe('fingerprintSchema', () => {
  it('is the hash of the documented text', () => {
    const schema: Schema = {
      fields: [
        { name: 'ts_event', type: { kind: 'timestamp', unit: 'us', utc: true }, nullable: false },
        { name: 'a "side"', type: { kind: 'utf8' }, nullable: true },
      ],
    };
    const text = '"ts_event":timestamp[us,utc]\n"a \\"side\\"":utf8?';
    expect(fingerprintSchema(schema)).toBe(createHash('sha256').update(text).digest('hex'));
  });

  it('tells names, types, nullability and order apart', () => {
    fc.assert(
      fc.property(arbitrarySchema(), arbitrarySchema(), (a, b) => {
        expect(fingerprintSchema(a) === fingerprintSchema(b)).toBe(key(a) === key(b));
        const reversed: Schema = { fields: a.fields.toReversed() };
        expect(fingerprintSchema(reversed) === fingerprintSchema(a)).toBe(a.fields.length === 1);
      }),
    );
  });

  it('does not let a name imitate a second field', () => {
    const field = (name: string): Schema['fields'][number] => ({
      name,
      type: { kind: 'utf8' },
      nullable: false,
    });
    const two = fingerprintSchema({ fields: [field('a'), field('b')] });
    expect(fingerprintSchema({ fields: [field('a":utf8\n"b')] })).not.toBe(two);
  });
});
