import { INSTRUMENT_TYPES, parseInstrumentType, typeName, typeOfName } from './instrument-type.js';

describe('the name of a type', () => {
  it.each([
    ['SPOT_PAIR', 'spot'],
    ['PERPETUAL', 'perpetual'],
    ['FUTURE', 'future'],
    ['OPTION', 'option'],
    ['SPOT_ASSET', 'spot_asset'],
    ['DEBT_TOKEN', 'debt_token'],
  ] as const)('of %s is %s', (type, name) => {
    expect(typeName(type)).toBe(name);
    expect(typeOfName(name)).toBe(type);
  });

  it('is of one type only, and tells it', () => {
    const names = INSTRUMENT_TYPES.map(typeName);
    expect(new Set(names).size).toBe(10);
    expect(names.map(typeOfName)).toEqual(INSTRUMENT_TYPES);
  });

  it.each(['SPOT', 'spot_pair', 'perp', '', 'constructor'])('is not %j', (name) => {
    expect(typeOfName(name)).toBeUndefined();
  });
});

describe('parseInstrumentType', () => {
  it.each([
    ['Perp', 'PERPETUAL'],
    ['PERP', 'PERPETUAL'],
    ['perpetual', 'PERPETUAL'],
    ['spot', 'SPOT_PAIR'],
    ['Spot_Pair', 'SPOT_PAIR'],
    ['Option', 'OPTION'],
    ['options', 'OPTION'],
    ['Futures', 'FUTURE'],
    ['a_token', 'A_TOKEN'],
  ])('reads %s as %s', (text, type) => {
    expect(parseInstrumentType(text)).toBe(type);
  });

  it('reads its own names and those of directories', () => {
    for (const type of INSTRUMENT_TYPES) {
      expect(parseInstrumentType(type)).toBe(type);
      expect(parseInstrumentType(typeName(type))).toBe(type);
    }
  });

  it.each(['', 'SWAP', 'spot pair', 'optıon', 'toString', ' SPOT'])('refuses %j', (text) => {
    expect(() => parseInstrumentType(text)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'INSTRUMENT_TYPE' }),
    );
  });
});
