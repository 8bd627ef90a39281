import { parseUtcDay } from '@ticklake/core';
import type { SpoolPartition } from './discover-partitions.js';
import { partitionId } from './partition-key.js';
import { selectPartitions, takeDays, TAKE_EVERYTHING, type Order } from './select-partitions.js';

function partition(symbol: string, day: string, ...sizes: readonly number[]): SpoolPartition {
  const sources = sizes.map((size, i) => ({ key: `${symbol}${day}${i}`, size, etag: 'e', modifiedAtMs: 0 }));
  return { key: { exchange: 'x', stream: 's', symbol, day: parseUtcDay(day) }, sources };
}

const FOUND = [
  partition('a', '20260201', 5, 5),
  partition('a', '20260203', 30),
  partition('b', '20260201', 10),
  partition('b', '20260202', 1),
];

async function* stream(partitions: readonly SpoolPartition[]) {
  yield* partitions;
}

async function idsOf(partitions: AsyncIterable<SpoolPartition>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { key } of partitions) ids.push(partitionId(key).replace('x/s/', ''));
  return ids;
}

describe('the order', () => {
  it.each<[Order | undefined, readonly string[]]>([
    [undefined, ['a/20260201', 'a/20260203', 'b/20260201', 'b/20260202']],
    ['oldest', ['a/20260201', 'b/20260201', 'b/20260202', 'a/20260203']],
    ['newest', ['a/20260203', 'b/20260202', 'a/20260201', 'b/20260201']],
    ['smallest', ['b/20260202', 'a/20260201', 'b/20260201', 'a/20260203']],
    ['largest', ['a/20260203', 'a/20260201', 'b/20260201', 'b/20260202']],
  ])('%s is %j', async (order, expected) => {
    const selected = selectPartitions(stream(FOUND), { ...TAKE_EVERYTHING, order });
    expect(await idsOf(selected.partitions())).toEqual(expected);
  });

  it('as found waits for nothing', async () => {
    let taken = 0;
    async function* slow() {
      for (const each of FOUND) {
        taken++;
        yield each;
      }
    }
    const { partitions } = selectPartitions(slow(), TAKE_EVERYTHING);
    await partitions().next();
    expect(taken).toBe(1);
  });
});

describe('shards', () => {
  it('are disjoint and together everything, and each tells of all', async () => {
    const all: string[] = [];
    for (const index of [1, 2, 3]) {
      const selected = selectPartitions(stream(FOUND), { order: 'largest', shard: { index, count: 3 } });
      all.push(...(await idsOf(selected.partitions())));
      expect([...selected.found]).toEqual([
        ['2026-02-01', ['x/s/a/20260201', 'x/s/b/20260201']],
        ['2026-02-03', ['x/s/a/20260203']],
        ['2026-02-02', ['x/s/b/20260202']],
      ]);
    }
    expect(all.sort()).toEqual((await idsOf(stream(FOUND))).sort());
  });
});

describe('too many', () => {
  it('are told by number', async () => {
    const selected = selectPartitions(stream(FOUND), TAKE_EVERYTHING);
    await expect(selected.requireAtMost(3)).rejects.toMatchObject({
      kind: 'invalid',
      code: 'OVERWRITE',
      details: { partitions: 4, withoutYes: 3 },
    });
  });

  it('are not those of other shards, and those that are not are still there', async () => {
    const selected = selectPartitions(stream(FOUND), { order: 'newest', shard: { index: 1, count: 1 } });
    await selected.requireAtMost(4);
    expect(await idsOf(selected.partitions())).toHaveLength(4);
  });
});

describe('days', () => {
  const days = ['20260201', '20260202', '20260203', '20260204', '20260205'].map((text) => parseUtcDay(text));
  const short = (taken: readonly string[]) => taken.map((day) => Number(day.slice(-2)));

  it.each<[Order | undefined, number | undefined, number[], number[], number]>([
    [undefined, undefined, [], [1, 2, 3, 4, 5], 0],
    [undefined, 2, [], [1, 2], 3],
    ['oldest', 2, [], [1, 2], 3],
    ['newest', 2, [], [4, 5], 3],
    ['smallest', 2, [], [1, 2], 3],
    ['oldest', 9, [], [1, 2, 3, 4, 5], 0],
    // Those that were judged before neither count nor are left out.
    ['oldest', 1, [1, 4], [1, 2, 4], 2],
    ['newest', 1, [1, 5], [1, 4, 5], 2],
  ])('%s, %s of them, with %j judged: %j, and %i left', (order, daysMax, judged, expected, left) => {
    const isJudged = (day: string) => judged.includes(Number(day.slice(-2)));
    const { taken, leftCount } = takeDays(days, { order, daysMax }, isJudged);
    expect([short(taken), leftCount]).toEqual([expected, left]);
  });
});
