import { memoryStore } from '@ticklake/storage';
import { countingStore, noRequests } from './counting-store.js';
import { percentile, raceReads, ratioOf, type Contest } from './race-reads.js';
import type { Read } from './read.js';
import { latencyTable, requestsTable } from './reads-table.js';

/** A read of one column, each value in a piece of its own. */
function made(name: string, values: readonly unknown[]): Read & { count: number } {
  return {
    name,
    count: 0,
    read() {
      this.count++;
      return Promise.resolve(values.length);
    },
    async *values() {
      for (const value of values) yield new Map([['a', [value]]]);
    },
  };
}

const contest = (...reads: Read[]): Contest => ({
  ...{ name: 'ticks', reads, columns: ['a'], readsPerRound: [4, 4], goalMs: 100 },
});

describe('raceReads', () => {
  it('reads in all ways as often in every round', async () => {
    const sides = [made('ours', [1n, null]), made('DuckDB', [1, null])] as const;
    const race = await raceReads(contest(...sides), 3);
    expect(race.sides.map(({ rows, timesMs }) => [rows, timesMs.map(({ length }) => length)])).toEqual([
      [2, [4, 4, 4]],
      [2, [4, 4, 4]],
    ]);
    expect(sides[0].count).toBe(sides[1].count);
  });

  it.each([
    [[1n], [2n]],
    [[1n], [1n, 1n]],
    [['a'], [null]],
    [['1'], [1]],
  ])('refuses ways that give other values: %p, %p', async (ours, theirs) => {
    await expect(raceReads(contest(made('ours', ours), made('DuckDB', theirs)), 1)).rejects.toThrow(
      'ticks: DuckDB gives other values than ours',
    );
  });

  it('takes a time, a day or a truth for what it is on either side', async () => {
    const ours = [1_000n, 19_000, 1, new TextEncoder().encode('é')];
    const theirs = [{ micros: 1_000n }, { days: 19_000 }, true, 'é'];
    await expect(raceReads(contest(made('ours', ours), made('DuckDB', theirs)), 1)).resolves.toBeDefined();
  });
});

it.each([
  [[5, 1, 3], 0.5, 3],
  [[4, 1, 2, 3], 0.5, 2],
  [Array.from({ length: 100 }, (_, i) => i + 1), 0.99, 99],
  [Array.from({ length: 101 }, (_, i) => i + 1), 0.99, 100],
  [[7], 0.99, 7],
])('the percentile of %j at %s is %s', (values, share, expected) => {
  expect(percentile(values, share)).toBe(expected);
});

it('shows percentiles of all reads, and the ratio of the median round', () => {
  const side = (name: string, timesMs: number[][]) => ({
    ...{ name, rows: 9, timesMs, io: undefined },
    cpuMs: [4, 5, 600],
  });
  const ours = side('ours', [
    [1, 1, 1],
    [2, 2, 2],
    [0.5, 0.5, 0.5],
  ]);
  const theirs = side('DuckDB', [
    [3, 3, 3],
    [8, 8, 8],
    [1, 1, 1],
  ]);
  const race = { name: 'ticks', goalMs: 100, sides: [ours, theirs] };
  expect(ratioOf(race, theirs)).toBe(3);
  const [, , first, second] = latencyTable([race])
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  expect(first).toEqual(['', 'ticks', 'ours', '9', '9', '1.00', '2.00', '100', '', '0.500', '5.00', '']);
  expect(second).toEqual(['', 'ticks', 'DuckDB', '9', '9', '3.00', '8.00', '', '3.00', '1.00', '5.00', '']);
});

it('counts what is asked of a store', async () => {
  const requests = noRequests();
  const store = countingStore(memoryStore(), requests);
  await store.put('a/b', Uint8Array.of(1, 2, 3));
  const source = await store.open('a/b');
  await source.read(1, 2);
  await store.get('a/b');
  await store.head('a/b');
  const names: string[] = [];
  for await (const { key } of store.list('a/')) names.push(key);
  await store.children('');
  expect(requests).toEqual({ lists: 2, names: names.length + 1, gets: 1, heads: 2, reads: 1, bytes: 5 });
  expect(requestsTable([['a', requests]])).toContain(
    '| a    | 2     | 2     | 1    | 2     | 1           | 5     |',
  );
});
