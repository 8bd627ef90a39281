import { isLakeError } from '@ticklake/core';
import { chooseSample, parseSample, type SampleCandidate } from './sample.js';

const MANY = Array.from({ length: 2000 }, (_, i) => ({
  id: `binance/bbo/s${i}/20260203`,
  sizeBytes: 100 + (i % 7),
}));

async function chosen(
  text: string,
  seed: string,
  candidates: readonly SampleCandidate[] = MANY,
): Promise<string[]> {
  const given = (async function* () {
    for (const candidate of candidates) yield await Promise.resolve(candidate);
  })();
  const ids: string[] = [];
  for await (const { id } of chooseSample(given, parseSample(text), seed)) ids.push(id);
  return ids;
}

describe('parseSample', () => {
  it.each([
    ['2/7', { kind: 'part', part: { index: 2, count: 7 } }],
    ['5%', { kind: 'share', share: 0.05 }],
    ['0.5%', { kind: 'share', share: 0.005 }],
    ['100%', { kind: 'share', share: 1 }],
    ['2GB', { kind: 'size', sizeBytes: 2e9 }],
    ['512MiB', { kind: 'size', sizeBytes: 512 * 2 ** 20 }],
    ['1000', { kind: 'size', sizeBytes: 1000 }],
  ])('%s', (text, sample) => expect(parseSample(text)).toEqual(sample));

  it.each(['', '8/7', '0/7', '1/0', '0%', '101%', '-5%', '%', '0', '0GB', 'half', '5 percent', '1e3'])(
    'refuses %j',
    (text) => {
      let error: unknown;
      try {
        parseSample(text);
      } catch (thrown) {
        error = thrown;
      }
      expect(isLakeError(error, 'invalid')).toBe(true);
    },
  );
});

describe('a part of a whole', () => {
  it.each([1, 2, 7])('%d parts hold everything once', async (count) => {
    const parts = await Promise.all(
      Array.from({ length: count }, (_, i) => chosen(`${i + 1}/${count}`, 'any')),
    );
    expect(parts.flat().sort()).toEqual(MANY.map(({ id }) => id).sort());
    for (const part of parts) expect(part.length).toBeGreaterThan((MANY.length / count) * 0.8);
  });

  it('stays the same when others come', async () => {
    const before = await chosen('3/7', 'any', MANY.slice(0, 1000));
    const after = new Set(await chosen('3/7', 'any'));
    expect(before.every((id) => after.has(id))).toBe(true);
  });
});

describe('a random sample', () => {
  it.each(['5%', '20kB'])(
    '%s is the same for the same seed, in whatever order, and another for another',
    async (text) => {
      const ids = await chosen(text, 'monday');
      expect((await chosen(text, 'monday', MANY.toReversed())).sort()).toEqual([...ids].sort());
      expect(await chosen(text, 'tuesday')).not.toEqual(ids);
    },
  );

  it('holds about the share that was asked for', async () => {
    expect((await chosen('5%', 'monday')).length).toBeGreaterThan(70);
    expect((await chosen('5%', 'monday')).length).toBeLessThan(130);
    expect(await chosen('100%', 'monday')).toHaveLength(MANY.length);
  });

  it('holds as much as was asked for, and no more', async () => {
    const ids = new Set(await chosen('20kB', 'monday'));
    const sizeBytes = MANY.filter(({ id }) => ids.has(id)).reduce((sum, one) => sum + one.sizeBytes, 0);
    expect(sizeBytes).toBeLessThanOrEqual(20_000);
    expect(sizeBytes).toBeGreaterThan(20_000 - 107);
    expect(await chosen('1TB', 'monday')).toHaveLength(MANY.length);
  });

  it('a smaller one is part of a larger one', async () => {
    const larger = new Set(await chosen('20kB', 'monday'));
    for (const id of await chosen('2kB', 'monday')) expect(larger.has(id)).toBe(true);
  });

  it.each(['0.0001%', '1'])('%s has at least one where there is any', async (text) => {
    expect(await chosen(text, 'monday')).toHaveLength(1);
    expect(await chosen(text, 'monday', MANY.slice(0, 1))).toHaveLength(1);
    expect(await chosen(text, 'monday', [])).toEqual([]);
  });

  it('comes by every one sooner or later', async () => {
    const few = MANY.slice(0, 20);
    const seen = new Set<string>();
    for (let day = 0; day < 200; day++) {
      for (const id of await chosen('10%', `day ${day}`, few)) seen.add(id);
    }
    expect(seen.size).toBe(few.length);
  });
});
