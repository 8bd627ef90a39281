import fc from 'fast-check';
import { createTwins } from './spec-support/twins.js';

const twins = createTwins();
const TABLE = 0x1000;
const ROWS = 0x20000;
const VALIDITY = 0x30000;
const TO = 0x40000;
const INTO = 0x60000;

const rowsOf = (most: number) =>
  fc.array(fc.nat({ max: most - 1 }), { maxLength: 60 }).map((rows) => Uint32Array.from(rows));
const bytes = fc.uint8Array({ minLength: 640, maxLength: 640 });
const validities = fc.array(fc.nat({ max: 1 }), { maxLength: 60 }).map((bits) => Uint8Array.from(bits));

describe('gather kernels', () => {
  it.each([
    ['gather8', 1],
    ['gather16', 2],
    ['gather32', 4],
    ['gather64', 8],
    ['gather128', 16],
  ] as const)('%s takes values by number', (name, size) => {
    fc.assert(
      fc.property(rowsOf(40), bytes, (rows, table) => {
        twins.put(ROWS, rows);
        twins.put(TABLE, table);
        twins.run(name, TABLE, ROWS, rows.length, TO);
        const expected = Buffer.concat([...rows].map((row) => table.subarray(row * size, (row + 1) * size)));
        expect(Buffer.from(twins.same(TO, rows.length * size))).toEqual(expected);
      }),
    );
  });

  it('gather32 may write over the numbers it reads', () => {
    twins.put(TABLE, Uint32Array.of(7, 8, 9));
    twins.put(ROWS, Uint32Array.of(2, 0, 1, 2));
    twins.run('gather32', TABLE, ROWS, 4, ROWS);
    expect(new Uint32Array(twins.same(ROWS, 16).buffer)).toEqual(Uint32Array.of(9, 7, 8, 9));
  });

  it('gatherBytes takes byte strings by number', () => {
    const strings = fc.array(fc.uint8Array({ maxLength: 100 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(strings, rowsOf(12), (table, wanted) => {
        const rows = wanted.map((row) => row % table.length);
        const offsets = new Uint32Array(table.length + 1);
        table.forEach((one, i) => (offsets[i + 1] = offsets[i]! + one.length));
        twins.put(TABLE, offsets);
        twins.put(ROWS, rows);
        twins.put(VALIDITY, Buffer.concat(table));
        const taken = [...rows].map((row) => table[row]!);
        const size = taken.reduce((sum, one) => sum + one.length, 0);
        expect(twins.run('gatherBytes', TABLE, VALIDITY, ROWS, rows.length, 0, 0)).toBe(size);
        expect(twins.run('gatherBytes', TABLE, VALIDITY, ROWS, rows.length, TO, INTO)).toBe(size);
        expect(Buffer.from(twins.same(INTO, size))).toEqual(Buffer.concat(taken));
        let end = 0;
        expect([...new Uint32Array(twins.same(TO, 4 * rows.length + 4).buffer)]).toEqual([
          0,
          ...taken.map((one) => (end += one.length)),
        ]);
      }),
    );
  });

  it.each([
    ['spread32', 'draw32', 4],
    ['spread64', 'draw64', 8],
  ] as const)('%s and %s are inverse', (spread, draw, size) => {
    fc.assert(
      fc.property(validities, bytes, (validity, values) => {
        const rows = validity.length;
        const present = validity.reduce((sum, bit) => sum + bit, 0);
        twins.put(VALIDITY, validity);
        twins.put(TABLE, values);
        twins.run(spread, TABLE, VALIDITY, rows, TO);
        const spreadOut = twins.same(TO, rows * size);
        validity.forEach((bit, row) => {
          if (bit === 0)
            expect(spreadOut.subarray(row * size, (row + 1) * size).every((byte) => byte === 0)).toBe(true);
        });
        expect(twins.run(draw, TO, VALIDITY, rows, INTO)).toBe(present);
        expect(twins.same(INTO, present * size)).toEqual(values.slice(0, present * size));
      }),
    );
  });

  it.each([
    [8, true],
    [8, false],
    [16, true],
    [16, false],
  ])('widen and narrow %d bits (signed: %s) are inverse', (bits, signed) => {
    fc.assert(
      fc.property(
        bytes,
        fc.nat({ max: 60 }),
        fc.option(fc.tuple(fc.nat({ max: 59 }), fc.integer())),
        (values, count, stranger) => {
          twins.put(TABLE, values);
          twins.run('widen', TABLE, count, bits, signed, TO);
          const wide = new Int32Array(twins.same(TO, 4 * count).buffer);
          expect(twins.run('narrow', TO, count, bits, signed, INTO)).toBe(count);
          expect(twins.same(INTO, (count * bits) / 8)).toEqual(values.slice(0, (count * bits) / 8));
          if (stranger === null || stranger[0] >= count) return;
          wide[stranger[0]] = stranger[1];
          twins.put(TO, wide);
          const [least, most] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
          const fits = stranger[1] >= least! && stranger[1] <= most!;
          expect(twins.run('narrow', TO, count, bits, signed, INTO)).toBe(fits ? count : stranger[0]);
        },
      ),
    );
  });

  it.each([4, 8])('joinBytes puts values of %d bytes together from any place', (size) => {
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 60 }), fc.nat({ max: 59 }), (streams, stride, start) => {
        const from = Math.min(start, stride);
        twins.put(TABLE, streams);
        twins.run('joinBytes', TABLE, stride, from, stride - from, size, TO);
        const joined = twins.same(TO, (stride - from) * size);
        joined.forEach((byte, i) =>
          expect(byte).toBe(streams[(i % size) * stride + from + Math.floor(i / size)]),
        );
      }),
    );
  });

  it('packBits and unpackBits are inverse, and unpackBits begins anywhere', () => {
    fc.assert(
      fc.property(validities, fc.nat({ max: 60 }), (values, start) => {
        const from = Math.min(start, values.length);
        twins.put(
          TABLE,
          values.map((bit) => bit * 255),
        );
        twins.run('packBits', TABLE, values.length, TO);
        twins.same(TO, Math.ceil(values.length / 8));
        twins.run('unpackBits', TO, from, values.length - from, INTO);
        expect(twins.same(INTO, values.length - from)).toEqual(values.slice(from));
      }),
    );
  });

  it('presentAt marks the highest level', () => {
    twins.put(TABLE, Uint32Array.of(0, 3, 2, 3, 1));
    expect(twins.run('presentAt', TABLE, 5, 3, TO)).toBe(2);
    expect([...twins.same(TO, 5)]).toEqual([0, 1, 0, 1, 0]);
  });

  it('count64 counts past 32 bits', () => {
    twins.run('count64', 2 ** 32 - 2, 4, TO);
    expect([...new BigInt64Array(twins.same(TO, 32).buffer)]).toEqual(
      [-2n, -1n, 0n, 1n].map((n) => n + 2n ** 32n),
    );
  });

  it('moveBytes and fillBytes move and fill exactly what they are told, also onto itself', () => {
    const place = fc.tuple(fc.nat({ max: 60 }), fc.nat({ max: 60 }), fc.nat({ max: 40 }));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 100, maxLength: 100 }), place, (bytes, [from, to, size]) => {
        twins.put(TABLE, bytes);
        twins.run('moveBytes', TABLE + from, TABLE + to, size);
        expect(twins.same(TABLE, 100)).toEqual(Uint8Array.from(bytes).copyWithin(to, from, from + size));
        twins.put(TABLE, bytes);
        twins.run('fillBytes', TABLE + to, size, from);
        expect(twins.same(TABLE, 100)).toEqual(Uint8Array.from(bytes).fill(from, to, to + size));
      }),
    );
  });

  it('shift32 adds to every word', () => {
    fc.assert(
      fc.property(fc.uint32Array({ maxLength: 40 }), fc.nat(), (values, amount) => {
        twins.put(TABLE, values);
        twins.run('shift32', TABLE, values.length, amount);
        expect(new Uint32Array(twins.same(TABLE, values.byteLength).buffer)).toEqual(
          values.map((value) => value + amount),
        );
      }),
    );
  });
});
