import fc from 'fast-check';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const TILES = 0x1000;
const VALUES = 0x20000;
const OFFSETS = 0x40000;
const VALIDITY = 0x60000;
const SEED = 0x70000;
const NONE = 0x70010;
const SUMS = 0x70020;
const TABLE = 0x80000;
const BASE = 0x70080;

const rowCounts = fc.integer({ min: 0, max: 70 });
const lanes = fc.uint32Array({ minLength: 4, maxLength: 4 });
const words = fc.uint32Array({ minLength: 140, maxLength: 140 });
const validities = fc.option(
  fc.array(fc.nat({ max: 1 }), { minLength: 70, maxLength: 70 }).map((bits) => Uint8Array.from(bits)),
);

/** Begins `rows` rows and returns where their validity stands. */
function begin(rows: number, seed: Uint32Array, validity: Uint8Array | null): number {
  twins.put(SEED, seed);
  twins.put(
    NONE,
    seed.map((lane) => lane ^ 0x5bd1e995),
  );
  twins.run('hashFill', TILES, rows, SEED);
  if (validity === null) return 0;
  twins.put(VALIDITY, validity);
  return VALIDITY;
}

/** Digests of both, after all cells are in. */
function finish(rows: number): Uint8Array {
  twins.run('hashFinish', TILES, rows);
  return twins.same(TILES, rows * 16);
}

/** Any, and those near which the low word of a place begins anew. */
const places = fc.oneof(
  fc.nat({ max: 2 ** 40 }),
  fc
    .record({ high: fc.integer({ min: 1, max: 255 }), before: fc.nat({ max: 70 }) })
    .map(({ high, before }) => high * 2 ** 32 - before),
);

describe('hash kernels', () => {
  it('agree on words of 64 and 32 bits, with and without nulls', () => {
    fc.assert(
      fc.property(
        rowCounts,
        lanes,
        words,
        validities,
        fc.boolean(),
        (rows, seed, values, validity, signed) => {
          const at = begin(rows, seed, validity);
          twins.put(VALUES, values);
          twins.run('hash64', TILES, VALUES, rows, SEED, at, NONE, 0);
          twins.run('hash32', TILES, VALUES, rows, SEED, at, NONE, 0, signed);
          finish(rows);
        },
      ),
    );
  });

  it('agree on byte strings of every length, which the first byte of a neighbour never enters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 35 }), { maxLength: 30 }),
        lanes,
        validities,
        fc.nat({ max: 3 }),
        (strings, seed, validity, gap) => {
          const rows = strings.length;
          const offsets = Uint32Array.from({ length: rows + 1 });
          offsets[0] = gap;
          strings.forEach((one, i) => (offsets[i + 1] = offsets[i]! + one.length));
          const at = begin(rows, seed, validity);
          twins.put(OFFSETS, offsets);
          twins.put(VALUES + gap, Buffer.concat(strings));
          twins.run('hashBytes', TILES, OFFSETS, VALUES, rows, SEED, at, NONE, 0);
          const first = finish(rows);
          // What follows the last string means nothing.
          begin(rows, seed, validity);
          twins.put(VALUES + offsets[rows]!, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
          twins.run('hashBytes', TILES, OFFSETS, VALUES, rows, SEED, at, NONE, 0);
          expect(finish(rows)).toEqual(first);
        },
      ),
    );
  });

  it('give a value the same cell by itself and through a table of codes', () => {
    fc.assert(
      fc.property(rowCounts, lanes, words, validities, (rows, seed, values, validity) => {
        const codes = values.map((value) => value % 9);
        const zero = new Uint32Array(4);
        twins.put(VALUES, values);
        twins.put(SUMS, zero);
        twins.run('hashFill', TABLE, 9, SUMS);
        twins.put(SEED, seed);
        twins.run('hash64', TABLE, VALUES, 9, SEED, 0, 0, 0);
        twins.run('hashTable', TABLE, 9);
        const at = begin(rows, seed, validity);
        // The code of a null may be anything.
        const wild = codes.map((code, i) => (validity?.[i] === 0 ? 0xfffffff0 : code));
        twins.put(OFFSETS, wild);
        twins.run('hashCodes', TILES, OFFSETS, rows, TABLE, at, NONE, 0);
        const byCodes = finish(rows);
        begin(rows, seed, validity);
        twins.put(
          VALUES,
          Uint32Array.from({ length: 140 }, (_, i) => values[2 * (codes[i >> 1] as number) + (i & 1)]!),
        );
        twins.run('hash64', TILES, VALUES, rows, SEED, at, NONE, 0);
        expect(finish(rows)).toEqual(byCodes);
      }),
    );
  });

  it('give rows the same digests in one go and joined of two parts', () => {
    fc.assert(
      fc.property(rowCounts, lanes, words, words, (rows, seed, first, second) => {
        const add = (tiles: number, values: Uint32Array) => {
          twins.put(VALUES, values);
          twins.put(SEED, seed);
          twins.run('hash64', tiles, VALUES, rows, SEED, 0, NONE, 0);
        };
        twins.put(SUMS, new Uint32Array(4));
        twins.run('hashFill', TABLE, rows, SUMS);
        add(TABLE, second);
        begin(rows, seed, null);
        add(TILES, first);
        twins.run('hashJoin', TILES, TABLE, rows);
        const joined = twins.same(TILES, rows * 16);
        begin(rows, seed, null);
        add(TILES, first);
        add(TILES, second);
        expect(finish(rows)).toEqual(joined);
      }),
    );
  });

  it('begin tiles as the one at a base, which is to fill them with its lanes before', () => {
    const cells = fc.constantFrom('hash64', 'hash32', 'hashBytes', 'hashCodes');
    fc.assert(
      fc.property(cells, rowCounts, lanes, validities, (name, rows, base, validity) => {
        twins.put(SUMS, base);
        twins.put(
          TABLE,
          Uint32Array.from({ length: 4 * 211 }, (_, i) => Math.imul(i + 1, 0x9e3779b1)),
        );
        twins.put(
          OFFSETS,
          Uint32Array.from({ length: rows + 1 }, (_, i) => 3 * i),
        );
        const add = (at: number, from: number) => {
          if (name === 'hash64') twins.run('hash64', TILES, VALUES, rows, SEED, at, NONE, from);
          if (name === 'hash32') twins.run('hash32', TILES, VALUES, rows, SEED, at, NONE, from, true);
          if (name === 'hashBytes')
            twins.run('hashBytes', TILES, OFFSETS, VALUES, rows, SEED, at, NONE, from);
          if (name === 'hashCodes') twins.run('hashCodes', TILES, OFFSETS, rows, TABLE, at, NONE, from);
          return finish(rows);
        };
        twins.run('hashFill', BASE, 4, SUMS);
        const at = begin(rows, base, validity);
        const filled = add(at, 0);
        expect(add(at, BASE)).toEqual(filled);
      }),
    );
  });

  it('join parts and add up their digests, with places and without, in one go as one by one', () => {
    // More rows than are joined before their places come in.
    const manyRows = fc.oneof(rowCounts, fc.integer({ min: 1020, max: 3100 }));
    fc.assert(
      fc.property(manyRows, lanes, places, (rows, seed, first) => {
        const fill = () => {
          for (const [tiles, values] of [
            [TILES, VALUES],
            [TABLE, VALUES + 4],
          ] as const)
            twins.run('hash64', tiles, values, rows, SEED, 0, NONE, BASE);
        };
        const sums = () => {
          twins.put(SUMS, seed);
          twins.put(SUMS + 16, seed);
        };
        twins.put(SEED, seed);
        fill();
        sums();
        twins.run('hashJoin', TILES, TABLE, rows);
        twins.run('hashSum', TILES, rows, SUMS);
        twins.run('hashPlaces', TILES, rows, first, SEED, SUMS + 16);
        const oneByOne = twins.same(SUMS, 32);
        fill();
        sums();
        twins.run('hashJoinPlaces', TILES, TABLE, rows, SUMS, first, SEED, SUMS + 16);
        expect(twins.same(SUMS, 32)).toEqual(oneByOne);
      }),
    );
  });

  it('add up digests, and digests with their places', () => {
    fc.assert(
      fc.property(rowCounts, lanes, words, places, (rows, seed, values, first) => {
        twins.put(SEED, seed);
        for (let part = 0; part < 2; part++) twins.put(TILES + part * 560, values);
        twins.put(SUMS, seed);
        twins.run('hashSum', TILES, rows, SUMS);
        const sum = twins.same(SUMS, 16);
        twins.run('hashPlaces', TILES, rows, first, SEED, SUMS);
        const whole = twins.same(SUMS, 16);
        const cut = rows >> 1;
        twins.put(SUMS, sum);
        twins.run('hashPlaces', TILES + cut * 16, rows - cut, first + cut, SEED, SUMS);
        twins.run('hashPlaces', TILES, cut, first, SEED, SUMS);
        expect(twins.same(SUMS, 16)).toEqual(whole);
      }),
    );
  });
});
