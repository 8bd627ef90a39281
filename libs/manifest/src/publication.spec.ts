import { parseStagedName, stagedName } from './publication.js';

const SHA256 = '0123456789abcdef'.repeat(4);

describe('the name of a staged generation', () => {
  it.each(['data.parquet', 'data', 'a.b.parquet'])('reads back as what it says: %s', (dataName) => {
    for (const generation of [1, 2, 1234567890]) {
      const parsed = parseStagedName(dataName, stagedName(dataName, generation, SHA256));
      expect(parsed).toEqual({ generation, sha256Start: '0123456789abcdef' });
    }
  });

  it.each([
    'data.parquet',
    'data-g0-0123456789abcdef.parquet',
    'data-g01-0123456789abcdef.parquet',
    'data-g1-0123456789ABCDEF.parquet',
    'data-g1-0123456789abcde.parquet',
    'data-g1-0123456789abcdef.parquet.tmp',
    'data-g1-0123456789abcdef',
    'other-g1-0123456789abcdef.parquet',
    'data-g99999999999999999-0123456789abcdef.parquet',
  ])('is not %s', (name) => {
    expect(parseStagedName('data.parquet', name)).toBeUndefined();
  });
});
