import fc from 'fast-check';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const SOURCE = 0x1000;
const ENDS = 0x20000;
const TO = 0x40000;

const strings = fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 20 });

/** Each value behind its length, as a plain page has them. */
function plain(values: readonly Uint8Array[]): Buffer {
  return Buffer.concat(values.flatMap((value) => [Buffer.from(Uint32Array.of(value.length).buffer), value]));
}

describe('byte string kernels', () => {
  it('splitBytes parts lengths from bytes', () => {
    fc.assert(
      fc.property(strings, fc.nat({ max: 1000 }), (values, base) => {
        const page = plain(values);
        const size = page.length - 4 * values.length;
        twins.put(SOURCE, page);
        const end = SOURCE + page.length;
        expect(twins.run('splitBytes', SOURCE, end, values.length, ENDS, base, TO, size)).toBe(end);
        expect(Buffer.from(twins.same(TO, size))).toEqual(Buffer.concat(values));
        let at = base;
        expect([...new Uint32Array(twins.same(ENDS, 4 * values.length).buffer)]).toEqual(
          values.map((value) => (at += value.length)),
        );
      }),
    );
  });

  it('splitBytes refuses a page that is cut, that lies, or that holds more than there is room for', () => {
    fc.assert(
      fc.property(strings, fc.integer({ min: 1, max: 9 }), fc.nat(), (values, cut, lie) => {
        fc.pre(values.length > 0);
        const page = plain(values);
        const size = page.length - 4 * values.length;
        twins.put(SOURCE, page);
        const end = SOURCE + page.length;
        expect(
          twins.run('splitBytes', SOURCE, Math.max(SOURCE, end - cut), values.length, ENDS, 0, TO, size),
        ).toBe(0);
        if (size > 0)
          expect(twins.run('splitBytes', SOURCE, end, values.length, ENDS, 0, TO, size - 1)).toBe(0);
        page.writeUInt32LE(0xffffffff - (lie & 0xff), 0);
        twins.put(SOURCE, page);
        expect(twins.run('splitBytes', SOURCE, end, values.length, ENDS, 0, TO, size)).toBe(0);
      }),
    );
  });

  it('endsOf and lengthsOf are inverse', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 99 }), { maxLength: 30 }), fc.nat({ max: 99 }), (lengths, base) => {
        twins.put(SOURCE, Int32Array.from(lengths));
        const sum = lengths.reduce((all, length) => all + length, 0);
        twins.put(ENDS, Uint32Array.of(base));
        expect(twins.run('endsOf', SOURCE, lengths.length, base, sum, ENDS + 4)).toBe(sum);
        twins.run('lengthsOf', ENDS, lengths.length, TO);
        expect([...new Int32Array(twins.same(TO, 4 * lengths.length).buffer)]).toEqual(lengths);
        if (sum > 0) expect(twins.run('endsOf', SOURCE, lengths.length, base, sum - 1, ENDS + 4)).toBe(-1);
      }),
    );
  });

  it('endsOf refuses a negative length', () => {
    twins.put(SOURCE, Int32Array.of(3, -1));
    expect(twins.run('endsOf', SOURCE, 2, 0, 100, ENDS)).toBe(-1);
  });

  it('splitCharacter finds where a value begins inside a character', () => {
    const text = Buffer.from('aé€😀');
    twins.put(TO, text);
    const starts = (...offsets: number[]) => {
      twins.put(ENDS, Uint32Array.from(offsets));
      return twins.run('splitCharacter', ENDS, TO, offsets.length - 1);
    };
    expect(starts(0, 1, 3, 6, 10)).toBe(4);
    expect(starts(0, 1, 2, 10)).toBe(2);
    expect(starts(2, 10)).toBe(0);
    expect(starts(0, 10, 10)).toBe(2);
    expect(starts(0)).toBe(0);
  });

  it('boundsBytes finds the first least and the first greatest', () => {
    const values = fc.array(
      fc.oneof(
        fc.uint8Array({ maxLength: 3 }),
        fc.uint8Array({ maxLength: 20 }).map((tail) => Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, ...tail])),
      ),
      { minLength: 1, maxLength: 12 },
    );
    fc.assert(
      fc.property(values, fc.constantFrom(0, 0x80), (all, flip) => {
        const offsets = new Uint32Array(all.length + 1);
        all.forEach((value, i) => (offsets[i + 1] = offsets[i]! + value.length));
        twins.put(ENDS, offsets);
        twins.put(TO, Buffer.concat(all));
        twins.run('boundsBytes', ENDS, TO, all.length, flip, SOURCE);
        const flipped = all.map((value) =>
          Buffer.from(value.map((byte, i) => (i === 0 ? byte ^ flip : byte))),
        );
        const sorted = [...flipped].sort(Buffer.compare);
        const found = [...new Uint32Array(twins.same(SOURCE, 8).buffer)];
        expect(found).toEqual(
          [sorted[0]!, sorted.at(-1)!].map((value) => flipped.findIndex((one) => one.equals(value))),
        );
      }),
    );
  });
});
