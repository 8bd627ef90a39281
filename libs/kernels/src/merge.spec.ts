import fc from 'fast-check';
import { MERGE_SCRATCH_BYTES, MERGE_STATE, MERGE_STOP } from './contract/merge-kernels.js';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const STATE = 0x100;
const TREE = 0x1000;
const KEYS = 0x2000;
const SECONDS = 0x3000;
const RANKS = 0x4000;
const AT = 0x5000;
const ENDS = 0x6000;
const SECOND_AT = 0x7000;
const RUN_SOURCES = 0x10000;
const RUN_COUNTS = 0x20000;
const FIRST = 0x30000;
const SECOND = 0x60000;
const NUMBERS = 0x90000;
const HEADS = 0xc0000;
const SCRATCH = 0x100000;

type Row = readonly [first: bigint, second: bigint];

const MIN = -(2n ** 63n);
const MAX = 2n ** 63n - 1n;
const near = fc.bigInt({ min: 0n, max: 4n });
const key = fc.oneof(near, fc.bigInt({ min: MIN, max: MAX }), fc.constantFrom(MIN, MAX));
const sourceOf = (first: fc.Arbitrary<bigint>) =>
  fc
    .array(fc.tuple(first, fc.bigInt({ min: 0n, max: 3n })), { minLength: 1, maxLength: 25 })
    .map((rows) => rows.sort(compare));
/** Keys anywhere, near one another, and near one another but for one. */
const someSources = fc.oneof(
  fc.array(sourceOf(key), { minLength: 1, maxLength: 9 }),
  fc.array(sourceOf(near), { minLength: 1, maxLength: 9 }),
  fc
    .tuple(fc.array(sourceOf(near), { minLength: 1, maxLength: 9 }), fc.bigInt({ min: 5n, max: MAX }))
    .map(([sources, far]) => [...sources, [[far, 0n] as const]]),
);

function compare([a, b]: Row, [c, d]: Row): number {
  if (a !== c) return a < c ? -1 : 1;
  return b === d ? 0 : b < d ? -1 : 1;
}

/** Lays the sources out in memory and plays every match once, as the planner does. */
function start(
  sources: readonly (readonly Row[])[],
  { twoKeys, rowsMax, pieceRows = Infinity }: { twoKeys: boolean; rowsMax: number; pieceRows?: number },
): void {
  const rows = sources.flat();
  const starts = sources.map((_, s) => sources.slice(0, s).reduce((sum, one) => sum + one.length, 0));
  twins.put(
    FIRST,
    BigInt64Array.from(rows, ([first]) => first),
  );
  twins.put(
    SECOND,
    BigInt64Array.from(rows, ([, second]) => second),
  );
  twins.put(
    KEYS,
    BigInt64Array.from(sources, (one) => one[0]![0]),
  );
  twins.put(
    SECONDS,
    BigInt64Array.from(sources, (one) => one[0]![1]),
  );
  twins.put(
    RANKS,
    Uint32Array.from(sources, (_, s) => s),
  );
  twins.put(
    AT,
    Uint32Array.from(starts, (at) => FIRST + 8 * at),
  );
  twins.put(
    SECOND_AT,
    Uint32Array.from(starts, (at) => SECOND + 8 * at),
  );
  twins.put(
    ENDS,
    Uint32Array.from(starts, (at, s) => FIRST + 8 * (at + Math.min(sources[s]!.length, pieceRows))),
  );
  const count = sources.length;
  const tree = new Uint32Array(count);
  const winners = [...new Array<number>(count).fill(0), ...sources.keys()];
  const order = (a: number, b: number) => {
    const [x, y] = [sources[a]![0]!, sources[b]![0]!];
    const keys = twoKeys ? compare(x, y) : compare([x[0], 0n], [y[0], 0n]);
    return keys || a - b;
  };
  for (let node = count - 1; node > 0; node--) {
    const [a, b] = [winners[2 * node]!, winners[2 * node + 1]!];
    winners[node] = order(a, b) < 0 ? a : b;
    tree[node] = order(a, b) < 0 ? b : a;
  }
  tree[0] = winners[1]!;
  twins.put(TREE, tree);
  const seconds = twoKeys ? SECONDS : 0;
  const lists = [count, TREE, KEYS, seconds, RANKS, AT, ENDS, SECOND_AT, 0xffffffff, RUN_SOURCES, RUN_COUNTS];
  twins.put(STATE, Uint32Array.of(...lists, 0, 0, 0, rowsMax, HEADS, SCRATCH, 0));
}

const set = (field: number, value: number) => twins.put(STATE + field, Uint32Array.of(value));
const get = (field: number) => new Uint32Array(twins.same(STATE + field, 4).buffer)[0]!;

/** Drains the sources and returns the number of every row in order, counted over all sources. */
function drain(sources: readonly (readonly Row[])[], runsMax: number, pieceRows = Infinity): number[] {
  const starts = Uint32Array.from(sources, (_, s) =>
    sources.slice(0, s).reduce((sum, one) => sum + one.length, 0),
  );
  const given = sources.map(() => pieceRows);
  const numbers: number[] = [];
  twins.put(NUMBERS, starts);
  set(MERGE_STATE.RUNS_MAX, runsMax);
  for (;;) {
    const stop = twins.run('mergeRuns', STATE);
    if (stop === MERGE_STOP.NEEDS_KEYS) {
      const winner = new Uint32Array(twins.same(TREE, 4).buffer)[0]!;
      const [next, rowCount] = [given[winner]!, sources[winner]!.length];
      if (next < rowCount) {
        given[winner] = next + pieceRows;
        const end = starts[winner]! + Math.min(given[winner], rowCount);
        twins.put(ENDS + 4 * winner, Uint32Array.of(FIRST + 8 * end));
        twins.put(KEYS + 8 * winner, BigInt64Array.of(sources[winner]![next]![0]));
        twins.run('mergeReplay', STATE);
        continue;
      }
      // Nothing more of this source: it loses to everybody from here on.
      twins.put(KEYS + 8 * winner, BigInt64Array.of(MAX));
      twins.put(SECONDS + 8 * winner, BigInt64Array.of(MAX));
      twins.put(RANKS + 4 * winner, Uint32Array.of(sources.length + winner));
      twins.run('mergeReplay', STATE);
      continue;
    }
    const [runs, rows] = [get(MERGE_STATE.RUNS), get(MERGE_STATE.ROWS)];
    const taken = new Uint32Array(twins.same(RUN_SOURCES, 4 * runs).buffer);
    taken.forEach((one, i) => expect(one === taken[i - 1]).toBe(false));
    twins.run('expandRuns', RUN_SOURCES, RUN_COUNTS, runs, NUMBERS, NUMBERS + 0x1000);
    numbers.push(...new Uint32Array(twins.same(NUMBERS + 0x1000, 4 * rows).buffer));
    set(MERGE_STATE.RUNS, 0);
    set(MERGE_STATE.ROWS, 0);
    if (stop === MERGE_STOP.DONE) return numbers;
  }
}

describe('merge kernels', () => {
  it.each([true, false])(
    'give the stable order of all rows (two keys: %s), however lists are cut',
    (twoKeys) => {
      fc.assert(
        fc.property(
          someSources,
          fc.integer({ min: 1, max: 60 }),
          fc.integer({ min: 1, max: 9 }),
          (given, rowsMax, runsMax) => {
            const sources = twoKeys
              ? given
              : given.map((rows) => [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
            start(sources, { twoKeys, rowsMax });
            const rows = sources.flat();
            const order = (a: number, b: number) =>
              twoKeys ? compare(rows[a]!, rows[b]!) : compare([rows[a]![0], 0n], [rows[b]![0], 0n]);
            const expected = [...rows.keys()].sort((a, b) => order(a, b) || a - b);
            expect(drain(sources, runsMax)).toEqual(expected);
          },
        ),
        { numRuns: 1000 },
      );
    },
  );

  it('and of many sources in many blocks of rows', () => {
    const sources = Array.from({ length: 70 }, (_, s) => {
      return Array.from({ length: 220 }, (_, i): Row => [BigInt(i * 7 + ((s * 31 + i * i) % 7)), 0n]);
    });
    start(sources, { twoKeys: false, rowsMax: 16_000 });
    const rows = sources.flat();
    const expected = [...rows.keys()].sort((a, b) => compare(rows[a]!, rows[b]!) || a - b);
    expect(drain(sources, 16_000)).toEqual(expected);
    // Portable kernels do not sort: behind what rows are sorted in nothing was written.
    twins.same(SCRATCH + MERGE_SCRATCH_BYTES, 4096);
  });

  it('and of many sources whose rows are sorted in blocks, wherever those stop', () => {
    const merges = fc.record({
      seed: fc.integer(),
      sourceCount: fc.constantFrom(63, 64, 90, 100),
      rowCount: fc.constantFrom(9, 60, 100),
      // How far keys are from one another, and how many have the one before.
      spread: fc.constantFrom(100n, 5000n, 2n ** 20n, 2n ** 40n, 2n ** 50n, 2n ** 62n),
      ties: fc.constantFrom(0, 0.5, 0.8),
      // Whether each has its own part of all keys, so that runs are long.
      isInTurn: fc.constantFrom(false, false, false, true),
      rowsMax: fc.constantFrom(900, 3000, 16_000),
      runsMax: fc.constantFrom(700, 16_000),
      pieceRows: fc.constantFrom(30, Infinity),
    });
    fc.assert(
      fc.property(merges, ({ seed, sourceCount, rowCount, spread, ties, isInTurn, ...how }) => {
        let state = seed;
        const random = () =>
          ((state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0) / 2 ** 32;
        const step = spread / BigInt(rowCount);
        const sources = Array.from({ length: sourceCount }, (_, s) => {
          let at = isInTurn ? (spread / BigInt(sourceCount)) * BigInt(s) : -spread;
          return Array.from({ length: rowCount }, (): Row => {
            if (random() >= ties)
              at += BigInt(Math.floor(random() * Number(step / (isInTurn ? BigInt(sourceCount) : 1n))));
            return [at, 0n];
          });
        });
        start(sources, { twoKeys: false, ...how });
        const rows = sources.flat();
        const expected = [...rows.keys()].sort((a, b) => compare(rows[a]!, rows[b]!) || a - b);
        expect(Uint32Array.from(drain(sources, how.runsMax, how.pieceRows))).toEqual(
          Uint32Array.from(expected),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('cost a run of one source next to nothing', () => {
    const sources = [0n, 1000n, 2000n].map((from) =>
      Array.from({ length: 1000 }, (_, i): Row => [from + BigInt(i), 0n]),
    );
    start(sources, { twoKeys: false, rowsMax: 10_000 });
    set(MERGE_STATE.RUNS_MAX, 100);
    expect(twins.run('mergeRuns', STATE)).toBe(MERGE_STOP.NEEDS_KEYS);
    expect(get(MERGE_STATE.RUNS)).toBe(1);
    expect(get(MERGE_STATE.ROWS)).toBe(1000);
  });
});
