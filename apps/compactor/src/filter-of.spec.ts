import { LakeError } from '@ticklake/core';
import { filterOf } from './filter-of.js';

const NOTHING = { exchange: [], stream: [], symbol: [], symbolsFile: undefined };

/** The filters of `config`, with a file `list` of `text`. */
function filtersOf(config: Partial<Parameters<typeof filterOf>[0]['config']>, text?: string) {
  return filterOf({
    config: { ...NOTHING, ...config },
    readText: (path) =>
      path === 'list' && text !== undefined
        ? Promise.resolve(text)
        : Promise.reject(new LakeError('missing', 'the file cannot be read', { details: { path } })),
  });
}

it('nothing given filters nothing', async () => {
  expect(await filtersOf({})).toEqual({ exchanges: undefined, streams: undefined, symbols: undefined });
});

it('each list filters its own', async () => {
  const { exchanges, streams, symbols } = await filtersOf({ exchange: ['bin*'], symbol: ['btcusdt'] });
  expect([exchanges?.has('binance'), exchanges?.has('okx')]).toEqual([true, false]);
  expect(streams).toBeUndefined();
  expect([symbols?.has('btcusdt'), symbols?.has('ethusdt')]).toEqual([true, false]);
});

it('a file adds its lines, without comments, blanks, a byte order mark and what Windows ends lines with', async () => {
  const text = '\uFEFF# majors\r\nbtcusdt\r\n\r\n  eth*  # and its kin\r\n!ethbtc\r\na#b\r\n';
  const { symbols } = await filtersOf({ symbol: ['sol*'], symbolsFile: 'list' }, text);
  const names = ['btcusdt', 'ethusdt', 'ethbtc', 'solusdt', 'a#b', '# majors', ''];
  expect(names.filter((name) => symbols?.has(name))).toEqual(['btcusdt', 'ethusdt', 'solusdt', 'a#b']);
});

it.each(['', '\n\n', '# nothing yet\n', '\uFEFF'])(
  'a file of %j is refused, beside a list too',
  async (text) => {
    const refusal = { kind: 'invalid', code: 'SYMBOLS_FILE', details: { path: 'list' } };
    await expect(filtersOf({ symbolsFile: 'list' }, text)).rejects.toMatchObject(refusal);
    await expect(filtersOf({ symbol: ['a'], symbolsFile: 'list' }, text)).rejects.toMatchObject(refusal);
  },
);

it('a file that cannot be read, or with a malformed glob, is refused', async () => {
  await expect(filtersOf({ symbolsFile: 'list' })).rejects.toMatchObject({ kind: 'missing' });
  await expect(filtersOf({ symbolsFile: 'list' }, 'btc[')).rejects.toMatchObject({ code: 'GLOB' });
});
