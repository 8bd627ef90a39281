import fc from 'fast-check';
import { DICTIONARY_STATE_BYTES, dictionarySlotBytes } from './contract/dictionary-kernels.js';
import { createTwins } from './spec-support/twins.js';
import { collidingInts } from './testing/index.js';

const twins = createTwins();
const STATE = 0x100;
const VALUES = 0x1000;
const CODES = 0x20000;
const ENTRIES = 0x40000;
const HASHES = 0x50000;
const MAP = 0x58000;
const DATA = 0x60000;
const SLOTS = 0x80000;

/** Distinct values in order of first appearance, and the code of each. */
function expected<T>(values: readonly T[]): { readonly entries: T[]; readonly codes: number[] } {
  const entries = [...new Set(values)];
  return { entries, codes: values.map((value) => entries.indexOf(value)) };
}

const words = fc.oneof(
  fc.array(fc.bigInt({ min: 0n, max: 9n }), { maxLength: 300 }),
  fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 600 }),
);

describe('dictionary kernels', () => {
  it.each([
    ['intern64', BigUint64Array, 64],
    ['intern32', Uint32Array, 32],
  ] as const)('%s numbers values as they first appear, over any number of calls', (name, Type, bits) => {
    fc.assert(
      fc.property(words, fc.nat({ max: 600 }), (all, cutAt) => {
        const values = all.map((value) => BigInt.asUintN(bits, value));
        const array =
          Type === BigUint64Array ? BigUint64Array.from(values) : Uint32Array.from(values, Number);
        const { entries, codes } = expected(values);
        const cut = Math.min(cutAt, values.length);
        twins.put(VALUES, array);
        twins.run('dictionaryOpen', STATE, SLOTS, ENTRIES, 1000);
        expect(twins.run(name, STATE, VALUES, cut, CODES)).toBe(0);
        const rest = VALUES + cut * Type.BYTES_PER_ELEMENT;
        expect(twins.run(name, STATE, rest, values.length - cut, CODES + 4 * cut)).toBe(0);
        expect(twins.run('dictionaryCount', STATE)).toBe(entries.length);
        expect([...new Uint32Array(twins.same(CODES, 4 * values.length).buffer)]).toEqual(codes);
        const found = new Type(
          twins.same(ENTRIES, entries.length * Type.BYTES_PER_ELEMENT).buffer as ArrayBuffer,
        );
        expect(Array.from<bigint | number, bigint>(found, BigInt)).toEqual(entries);
      }),
    );
  });

  it('internBytes does so for byte strings', () => {
    const strings = fc.array(fc.oneof(fc.string({ maxLength: 3 }), fc.string({ maxLength: 40 })), {
      maxLength: 300,
    });
    fc.assert(
      fc.property(strings, (texts) => {
        const values = texts.map((text) => Buffer.from(text));
        const offsets = new Uint32Array(values.length + 1);
        values.forEach((value, i) => (offsets[i + 1] = offsets[i]! + value.length));
        twins.put(VALUES, offsets);
        twins.put(0x10000, Buffer.concat(values));
        twins.run('dictionaryOpenBytes', STATE, SLOTS, ENTRIES, HASHES, 1000, DATA, 0x10000);
        expect(twins.run('internBytes', STATE, VALUES, 0x10000, values.length, CODES)).toBe(0);
        const { entries, codes } = expected(values.map((value) => value.toString('hex')));
        expect([...new Uint32Array(twins.same(CODES, 4 * values.length).buffer)]).toEqual(codes);
        const bytes = Buffer.from(entries.join(''), 'hex');
        expect(Buffer.from(twins.same(DATA, bytes.length))).toEqual(bytes);
        let end = 0;
        const ends = entries.map((hex) => (end += hex.length / 2));
        expect([...new Uint32Array(twins.same(ENTRIES, 4 * entries.length + 4).buffer)]).toEqual([
          0,
          ...ends,
        ]);
      }),
    );
  });

  it('are given up when full', () => {
    twins.put(VALUES, BigUint64Array.of(1n, 2n, 1n, 3n));
    for (const [most, result] of [
      [3, 0],
      [2, -1],
    ] as const) {
      twins.run('dictionaryOpen', STATE, SLOTS, ENTRIES, most);
      expect(twins.run('intern64', STATE, VALUES, 4, CODES)).toBe(result);
    }
    twins.put(VALUES, Uint32Array.of(0, 3, 6));
    twins.put(0x10000, Buffer.from('abcdef'));
    for (const [room, result] of [
      [6, 0],
      [5, -1],
    ] as const) {
      twins.run('dictionaryOpenBytes', STATE, SLOTS, ENTRIES, HASHES, 10, DATA, room);
      expect(twins.run('internBytes', STATE, VALUES, 0x10000, 2, CODES)).toBe(result);
    }
  });

  it('are given up when hashes were chosen to collide, long before that takes time', () => {
    const values = collidingInts(4000);
    twins.put(VALUES, values);
    twins.run('dictionaryOpen', STATE, SLOTS, ENTRIES, 4000);
    expect(twins.run('intern64', STATE, VALUES, values.length, CODES)).toBe(-1);
    expect(twins.run('dictionaryCount', STATE)).toBeLessThan(1000);
  });

  it.each([
    ['internCodes64', BigUint64Array],
    ['internCodes32', Uint32Array],
  ] as const)('%s numbers what codes of any tables stand for, nulls left out', (name, Type) => {
    const row = fc.tuple(fc.nat({ max: 39 }), fc.boolean());
    const table = fc.tuple(
      fc.array(fc.nat({ max: 60 }), { minLength: 40, maxLength: 40 }),
      fc.array(fc.array(row, { maxLength: 60 }), { maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(table, { maxLength: 4 }), fc.boolean(), (tables, hasNulls) => {
        twins.run('dictionaryOpen', STATE, SLOTS, ENTRIES, 1000);
        const entries: number[] = [];
        for (const [values, calls] of tables) {
          twins.put(
            VALUES,
            Type === Uint32Array ? Uint32Array.from(values) : BigUint64Array.from(values, BigInt),
          );
          twins.put(MAP, new Uint32Array(values.length));
          for (const rows of calls) {
            const isPresent = (i: number) => !hasNulls || rows[i]![1];
            const codes = rows.map(([code], i) => (isPresent(i) ? code : 0));
            twins.put(CODES, Uint32Array.from(codes));
            twins.put(
              DATA,
              Uint8Array.from(rows, (_, i) => Number(isPresent(i))),
            );
            const validity = hasNulls ? DATA : 0;
            expect(twins.run(name, STATE, VALUES, MAP, CODES, rows.length, validity, HASHES)).toBe(0);
            const expectedCodes = codes.map((code, i) => {
              const value = values[code] as number;
              if (isPresent(i) && !entries.includes(value)) entries.push(value);
              return isPresent(i) ? entries.indexOf(value) : 0;
            });
            expect([...new Uint32Array(twins.same(CODES, 4 * rows.length).buffer)]).toEqual(expectedCodes);
          }
        }
        expect(twins.run('dictionaryCount', STATE)).toBe(entries.length);
        const found = new Type(
          twins.same(ENTRIES, entries.length * Type.BYTES_PER_ELEMENT).buffer as ArrayBuffer,
        );
        expect(Array.from<bigint | number, number>(found, Number)).toEqual(entries);
      }),
    );
  });

  it('internCodes does so for many rows, of which many or few are the first of their value', () => {
    const rows = 6000;
    for (const step of [1, 7, 300]) {
      const codes = Uint32Array.from({ length: rows }, (_, i) => Math.floor(i / step) % 2500);
      twins.put(
        VALUES,
        BigUint64Array.from({ length: 2500 }, (_, i) => BigInt(i) * 3n),
      );
      twins.put(MAP, new Uint32Array(2500));
      twins.put(CODES, codes);
      twins.run('dictionaryOpen', STATE, SLOTS, ENTRIES, 2500);
      expect(twins.run('internCodes64', STATE, VALUES, MAP, CODES, rows, 0, HASHES)).toBe(0);
      expect([...new Uint32Array(twins.same(CODES, 4 * rows).buffer)]).toEqual([...codes]);
    }
  });

  it('internCodes leaves codes that can be told when the dictionary is given up', () => {
    twins.put(VALUES, BigUint64Array.of(1n, 2n, 3n));
    twins.put(MAP, new Uint32Array(3));
    twins.run('dictionaryOpen', STATE, SLOTS, ENTRIES, 2);
    twins.put(CODES, Uint32Array.of(2, 2));
    expect(twins.run('internCodes64', STATE, VALUES, MAP, CODES, 2, 0, HASHES)).toBe(0);
    twins.put(CODES, Uint32Array.of(1, 0, 2, 1, 0));
    expect(twins.run('internCodes64', STATE, VALUES, MAP, CODES, 5, 0, HASHES)).toBe(-1);
    expect([...new Uint32Array(twins.same(CODES, 20).buffer)]).toEqual([1, 2, 0, 1, 2]);
    expect([...new Uint32Array(twins.same(HASHES, 8).buffer)]).toEqual([1, 0]);
  });

  it('renumber numbers codes as they first appear', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 40 }), { maxLength: 80 }), (codes) => {
        twins.put(CODES, Uint32Array.from(codes));
        twins.put(ENTRIES, new Uint32Array(41));
        const { entries, codes: renumbered } = expected(codes);
        expect(twins.run('renumber', CODES, codes.length, ENTRIES, HASHES)).toBe(entries.length);
        expect([...new Uint32Array(twins.same(CODES, 4 * codes.length).buffer)]).toEqual(renumbered);
        expect([...new Uint32Array(twins.same(HASHES, 4 * entries.length).buffer)]).toEqual(entries);
      }),
    );
  });

  it.each([300, 5000, 15_000])(
    'have their slots alike for %d entries, however many there is memory for',
    (count) => {
      for (const most of [count, 15_000]) {
        twins.put(
          VALUES,
          BigUint64Array.from({ length: count }, (_, i) => BigInt(i) ** 3n),
        );
        twins.run('dictionaryOpen', STATE, SLOTS, ENTRIES, most);
        expect(twins.run('intern64', STATE, VALUES, count, CODES)).toBe(0);
        expect(twins.run('intern64', STATE, VALUES, count, CODES)).toBe(0);
        expect(new Uint32Array(twins.same(CODES, 4 * count).buffer)).toEqual(
          Uint32Array.from({ length: count }, (_, i) => i),
        );
        // What stands where, and how many were passed, which decides when a dictionary is given up.
        twins.same(STATE, DICTIONARY_STATE_BYTES);
        twins.same(SLOTS, dictionarySlotBytes(most));
      }
    },
  );

  it('need slots for twice their entries', () => {
    expect(dictionarySlotBytes(1)).toBe(1024);
    expect(dictionarySlotBytes(127)).toBe(1024);
    expect(dictionarySlotBytes(128)).toBe(2048);
    expect(dictionarySlotBytes(100_000)).toBe(4 * 262_144);
  });
});
