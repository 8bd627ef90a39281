import fc from 'fast-check';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const VALUES = 0x1000;
const SECOND = 0x20000;
const TO = 0x40000;

const longs = fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), {
  minLength: 1,
  maxLength: 40,
});
const few = fc.array(fc.bigInt({ min: -2n, max: 2n }), { maxLength: 12 });

describe('bounds kernels', () => {
  it('find the least and the greatest whole number', () => {
    fc.assert(
      fc.property(longs, (values) => {
        const order = (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0);
        const check = (
          name: 'boundsI64' | 'boundsU64' | 'boundsI32' | 'boundsU32',
          all: BigInt64Array | BigUint64Array | Int32Array | Uint32Array,
        ) => {
          twins.put(VALUES, all);
          twins.run(name, VALUES, all.length, TO);
          const sorted = [...all].map(BigInt).sort(order);
          const Type = all.constructor as BigInt64ArrayConstructor;
          const found = [...new Type(twins.same(TO, 2 * all.BYTES_PER_ELEMENT).buffer as ArrayBuffer)].map(
            BigInt,
          );
          expect(found).toEqual([sorted[0], sorted.at(-1)]);
        };
        check('boundsI64', BigInt64Array.from(values));
        check('boundsU64', BigUint64Array.from(values));
        check(
          'boundsI32',
          Int32Array.from(values, (value) => Number(BigInt.asIntN(32, value))),
        );
        check(
          'boundsU32',
          Uint32Array.from(values, (value) => Number(BigInt.asUintN(32, value))),
        );
      }),
    );
  });

  it('find the least and the greatest float, without NaN', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.double(), fc.constantFrom(NaN, -0, 0, Infinity)), {
          minLength: 1,
          maxLength: 20,
        }),
        (values) => {
          for (const [name, Type] of [
            ['boundsF64', Float64Array],
            ['boundsF32', Float32Array],
          ] as const) {
            const all = Type.from(values);
            const present = [...all].filter((value) => !Number.isNaN(value));
            twins.put(VALUES, all);
            twins.run(name, VALUES, all.length, TO);
            const bytes = twins.same(TO, 2 * all.BYTES_PER_ELEMENT);
            const zero = (value: number, as: number) => (value === 0 ? as : value);
            const expected = [zero(Math.min(...present), -0), zero(Math.max(...present), 0)];
            expect([...new Type(bytes.buffer as ArrayBuffer)]).toEqual(expected);
          }
        },
      ),
    );
  });

  it('find them of what codes name as of the values themselves', () => {
    const cases = fc
      .array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1, maxLength: 20 })
      .chain((table) => {
        const code = fc.nat({ max: table.length - 1 });
        return fc.tuple(fc.constant(table), fc.array(code, { minLength: 1, maxLength: 60 }));
      });
    fc.assert(
      fc.property(cases, ([table, codes]) => {
        const bits = BigUint64Array.from(table).buffer;
        const CODES = SECOND;
        const NAMED = 0x30000;
        twins.put(CODES, Uint32Array.from(codes));
        for (const [plain, named, Type] of [
          ['boundsI32', 'namedBoundsI32', Int32Array],
          ['boundsU32', 'namedBoundsU32', Uint32Array],
          ['boundsI64', 'namedBoundsI64', BigInt64Array],
          ['boundsU64', 'namedBoundsU64', BigUint64Array],
          ['boundsF32', 'namedBoundsF32', Float32Array],
          ['boundsF64', 'namedBoundsF64', Float64Array],
        ] as const) {
          const entries = new Type(bits);
          const size = Type.BYTES_PER_ELEMENT;
          const values = new Uint8Array(codes.length * size);
          codes.forEach((code, i) => values.set(new Uint8Array(bits, code * size, size), i * size));
          twins.put(VALUES, entries);
          twins.put(NAMED, values);
          twins.run(plain, NAMED, codes.length, TO);
          const expected = twins.same(TO, 2 * size);
          twins.put(TO, new Uint8Array(2 * size));
          twins.run(named, VALUES, CODES, codes.length, TO);
          expect(twins.same(TO, 2 * size)).toEqual(expected);
        }
      }),
    );
  });

  it('descent64 finds the first value below the one before it', () => {
    fc.assert(
      fc.property(fc.oneof(longs, few), (values) => {
        twins.put(VALUES, BigInt64Array.from(values));
        const at = values.findIndex((value, i) => i > 0 && value < values[i - 1]!);
        expect(twins.run('descent64', VALUES, values.length)).toBe(at < 0 ? values.length : at);
      }),
    );
  });

  it('descentPairs64 lets the second settle equal values of the first', () => {
    fc.assert(
      fc.property(few, few, (first, second) => {
        const count = Math.min(first.length, second.length);
        twins.put(VALUES, BigInt64Array.from(first));
        twins.put(SECOND, BigInt64Array.from(second));
        let at = 1;
        while (
          at < count &&
          (first[at]! > first[at - 1]! || (first[at] === first[at - 1] && second[at]! >= second[at - 1]!))
        )
          at++;
        expect(twins.run('descentPairs64', VALUES, SECOND, count)).toBe(
          Math.max(count === 0 ? 0 : 1, Math.min(at, count)),
        );
      }),
    );
  });

  it('gap64 finds where a sequence breaks', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 34 }),
        fc.nat({ max: 20 }),
        fc.nat({ max: 25 }),
        (first, count, broken) => {
          const values = BigInt64Array.from({ length: count }, (_, i) => BigInt(first + i));
          if (broken < count) values[broken] = values[broken]! + 2n ** 32n;
          twins.put(VALUES, values);
          expect(twins.run('gap64', VALUES, count, first)).toBe(Math.min(broken, count));
        },
      ),
    );
  });
});
