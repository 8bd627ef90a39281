import fc from 'fast-check';
import { allocFixed } from '../alloc-fixed.js';
import type { DictionaryColumn, FixedColumn } from '../batch.js';
import { fixedWords } from '../fixed-words.js';
import type { FixedType } from '../schema.js';

/** Plain values, or codes of a dictionary whose entries may repeat or go unused; what stands at null rows is as random as the rest. */
export function arbitraryFixedColumn(
  type: FixedType,
  rowCount: number,
  validity: fc.Arbitrary<Uint8Array | undefined>,
): fc.Arbitrary<FixedColumn | DictionaryColumn> {
  const bits = fc.array(arbitraryBits(type), { minLength: rowCount, maxLength: rowCount });
  const plain = fc.tuple(bits, validity).map(
    ([values, present]): FixedColumn => ({
      layout: 'fixed',
      values: fromBits(type, values),
      validity: present,
    }),
  );
  const coded = fc.array(arbitraryBits(type), { minLength: 1, maxLength: 6 }).chain((entries) =>
    fc
      .tuple(
        fc.array(fc.nat({ max: entries.length - 1 }), { minLength: rowCount, maxLength: rowCount }),
        validity,
      )
      .map(
        ([codes, present]): DictionaryColumn => ({
          layout: 'dictionary',
          codes: Uint32Array.from(codes),
          dictionary: fromBits(type, entries),
          validity: present,
        }),
      ),
  );
  return fc.oneof({ weight: 2, arbitrary: plain }, { weight: 1, arbitrary: coded });
}

/** One value's bits, unsigned. Built from bits because a NaN's payload does not survive being a number. */
export function arbitraryBits(type: FixedType): fc.Arbitrary<bigint> {
  if (type.kind === 'bool') return fc.bigInt({ min: 0n, max: 1n });
  if (type.kind === 'time') return fc.bigInt({ min: 0n, max: DAY[type.unit] - 1n });
  const width = BigInt(allocFixed(type, 1).BYTES_PER_ELEMENT * 8);
  const max = (1n << width) - 1n;
  const edges = [0n, 1n, max, max >> 1n, (max >> 1n) + 1n];
  const special = type.kind === 'float' ? [...edges, ...FLOAT_EDGES[type.bits]] : edges;
  return fc.oneof(fc.constantFrom(...special), fc.bigInt({ min: 0n, max: 9n }), fc.bigInt({ min: 0n, max }));
}

/** The typed array of `type` holding `bits`. */
export function fromBits(type: FixedType, bits: readonly bigint[]): FixedColumn['values'] {
  const values = allocFixed(type, bits.length);
  const { words, perValue } = fixedWords(values);
  bits.forEach((value, row) => {
    words[row * perValue] = Number(value & 0xffff_ffffn);
    if (perValue === 2) words[row * 2 + 1] = Number(value >> 32n);
  });
  return values;
}

const DAY = { ms: 86_400_000n, us: 86_400_000_000n, ns: 86_400_000_000_000n };
/** One, infinities, quiet and signalling NaNs with payloads, the smallest subnormal's negative. */
const FLOAT_EDGES = {
  32: [0x3f80_0000n, 0x7f80_0000n, 0xff80_0000n, 0x7fc0_0000n, 0x7fc0_1234n, 0xff80_0001n, 0x8000_0001n],
  64: [
    0x3ff0_0000_0000_0000n,
    0x7ff0_0000_0000_0000n,
    0xfff0_0000_0000_0000n,
    0x7ff8_0000_0000_0000n,
    0x7ff8_0000_dead_beefn,
    0xfff0_0000_0000_0001n,
    0x8000_0000_0000_0001n,
  ],
};
