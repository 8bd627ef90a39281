import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';

describe('canonicalJson', () => {
  it('sorts keys by their UTF-8 bytes at every depth and leaves absent members out', () => {
    const value = { b: [{ d: 1, c: undefined }, null, 'ü"'], a: true, '\u{10000}': 1, '\uffff': 2 };
    expect(canonicalJson(value)).toBe('{"a":true,"b":[{"d":1},null,"ü\\""],"\uffff":2,"\u{10000}":1}');
  });

  it('says the same as JSON, whatever order the keys were set in', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});
