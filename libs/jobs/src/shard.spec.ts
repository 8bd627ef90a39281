import fc from 'fast-check';
import { inShard, parseShard } from './shard.js';

describe('parseShard', () => {
  it.each([
    ['1/1', { index: 1, count: 1 }],
    ['2/7', { index: 2, count: 7 }],
    ['999999/999999', { index: 999999, count: 999999 }],
  ])('reads %s', (text, shard) => expect(parseShard(text)).toEqual(shard));

  it.each(['', '0/7', '8/7', '1/0', '1', '-1/2', '1/2/3', '1.5/2', ' 1/2', '01/2'])('refuses %p', (text) => {
    expect(() => parseShard(text)).toThrow(expect.objectContaining({ kind: 'invalid', code: 'SHARD' }));
  });
});

describe('inShard', () => {
  it('puts every task in exactly one shard', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (id, count) => {
        const indexes = Array.from({ length: count }, (_, i) => i + 1);
        return indexes.filter((index) => inShard(id, { index, count })).length === 1;
      }),
    );
  });

  it('never changes its mind: these were computed once', () => {
    const homes = ['binance/bbo/btcusdt/20260203', 'binance/bbo/btcusdt/20260204', 'x', ''].map((id) =>
      [1, 2, 3, 4, 5, 6, 7].find((index) => inShard(id, { index, count: 7 })),
    );
    expect(homes).toEqual([5, 1, 7, 5]);
  });

  it('spreads consecutive days evenly', () => {
    const counts = new Array<number>(7).fill(0);
    for (let day = 0; day < 7000; day++) {
      for (let index = 1; index <= 7; index++) {
        if (inShard(`binance/bbo/btcusdt/${20200000 + day}`, { index, count: 7 }))
          counts[index - 1] = (counts[index - 1] ?? 0) + 1;
      }
    }
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});
