import fc from 'fast-check';
import { createMultisetHash } from './multiset-hash.js';
import { createOrderedHash } from './ordered-hash.js';
import { createArena } from '../arena/arena.js';
import { createRowHasher } from './row-hasher.js';
import { columnLength, type Column, type RecordBatch } from '../batch.js';
import { concatBatches } from '../concat-batches.js';
import type { Field } from '../schema.js';
import { sliceBatch } from '../slice-batch.js';
import { takeRows } from '../take-rows.js';
import { textColumn } from '../text-column.js';
import { arbitraryBatch, arbitrarySchema } from '../testing/index.js';

describe('content hash', () => {
  it('starts from nothing', () => {
    expect(createMultisetHash().hex()).toBe('0'.repeat(32));
    expect(createOrderedHash().hex()).toBe('0'.repeat(32));
  });

  it('does not depend on how rows are cut into batches', () => {
    fc.assert(
      fc.property(arbitraryBatches(8), fc.nat({ max: 8 }), (batch, cut) => {
        const at = Math.min(cut, batch.rowCount);
        const parts = [sliceBatch(batch, 0, at), sliceBatch(batch, at, batch.rowCount)];
        expect(hashes(...parts)).toEqual(hashes(batch));
        expect(hashes(concatBatches(parts))).toEqual(hashes(batch));
        const total = createMultisetHash();
        for (const part of parts) total.addHash(hashes(part).multiset);
        expect(total.hex()).toBe(hashes(batch).multiset);
        const hasher = createRowHasher(arena, batch.schema, { exclude: [] });
        const after = createOrderedHash({ firstPlace: at });
        after.add(hasher.digestBatch(parts[1] as RecordBatch));
        after.addHash(hashes(parts[0] as RecordBatch).ordered);
        expect(after.hex()).toBe(hashes(batch).ordered);
        hasher.release();
      }),
    );
  });

  it('knows row order in one of its two forms only', () => {
    fc.assert(
      fc.property(arbitraryBatches(8), fc.infiniteStream(fc.nat()), (batch, keys) => {
        const rows = Uint32Array.from({ length: batch.rowCount }, (_, row) => row);
        const weights = [...keys.take(batch.rowCount)];
        const shuffled = takeRows(
          batch,
          rows.sort((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0)),
        );
        expect(hashes(shuffled).multiset).toBe(hashes(batch).multiset);
        const sameRows = String(lanesOf(shuffled)) === String(lanesOf(batch));
        expect(hashes(shuffled).ordered === hashes(batch).ordered).toBe(sameRows);
      }),
    );
  });

  it('is the same for text kept plain and as a dictionary', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.constantFrom('', 'a', 'binance', 'BTCUSDT', 'x'.repeat(17)))),
        (texts) => {
          const words = ['unused', '', 'a', 'binance', 'BTCUSDT', 'BTCUSDT', 'x'.repeat(17)];
          const plain = textColumn(texts);
          const codes = Uint32Array.from(texts, (text, i) =>
            text === 'BTCUSDT' ? 4 + (i % 2) : Math.max(0, words.indexOf(text ?? '')),
          );
          const column: Column = {
            layout: 'dictionary',
            codes,
            dictionary: textColumn(words).values,
            validity: plain.validity,
          };
          expect(hashes(oneText(column))).toEqual(hashes(oneText(plain)));
        },
      ),
    );
  });

  it('changes when a row is lost, doubled, or has one value or null changed', () => {
    fc.assert(
      fc.property(arbitraryQuotes(), fc.nat(), fc.nat(), (rows, pickRow, pickColumn) => {
        const at = pickRow % rows.length;
        const before = hashes(quotes(rows)).multiset;
        expect(hashes(quotes(rows.filter((_, i) => i !== at))).multiset).not.toBe(before);
        expect(hashes(quotes([...rows, rows[at] as Quote])).multiset).not.toBe(before);
        const row = [...(rows[at] as Quote)] as [bigint, number | null, number, string | null];
        const column = pickColumn % 5;
        if (column === 0) row[0] += 1n;
        if (column === 1) row[1] = row[1] === null ? 0 : null;
        if (column === 2) row[2] = nextDouble(row[2]);
        if (column === 3) row[3] = row[3] === null ? '' : null;
        if (column === 4) row[3] = `${row[3] ?? ''}\0`;
        expect(hashes(quotes(rows.with(at, row))).multiset).not.toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  it('changes when two rows exchange a cell, and when two columns exchange names or a column is renamed', () => {
    fc.assert(
      fc.property(arbitraryQuotes(), (rows) => {
        const [x, y] = [rows[0] as Quote, rows.at(-1) as Quote];
        const before = hashes(quotes(rows)).multiset;
        const moved = rows.with(0, [x[0], y[1], x[2], x[3]]).with(-1, [y[0], x[1], y[2], y[3]]);
        const differ = !Object.is(x[1], y[1]) && (x[0] !== y[0] || !Object.is(x[2], y[2]) || x[3] !== y[3]);
        expect(hashes(quotes(moved)).multiset === before).toBe(!differ);
        const exchanged = rows.map(([a, b, c, d]): Quote => [a, c, b ?? NaN, d]);
        const same = rows.every(([, b, c]) => Object.is(b, c));
        expect(hashes(quotes(exchanged)).multiset === before).toBe(same);
        const { columns, rowCount, schema } = quotes(rows);
        const fields = schema.fields.with(0, { ...(schema.fields[0] as Field), name: 'ts_recv' });
        expect(hashes({ columns, rowCount, schema: { fields } }).multiset).not.toBe(before);
      }),
    );
  });

  it('changes when a column of the same values gets another type, or one of only nulls is added', () => {
    const int64 = { name: 'a', type: { kind: 'int', bits: 64, signed: true }, nullable: true } as const;
    const int32 = { ...int64, type: { kind: 'int', bits: 32, signed: true } } as const;
    const wide = { layout: 'fixed', values: BigInt64Array.of(1n, 2n) } as const;
    const narrow = { layout: 'fixed', values: Int32Array.of(1, 2) } as const;
    const nulls = { ...wide, validity: new Uint8Array(2) };
    const seen = [
      { schema: { fields: [int64] }, rowCount: 2, columns: [wide] },
      { schema: { fields: [int32] }, rowCount: 2, columns: [narrow] },
      { schema: { fields: [int64, { ...int64, name: 'b' }] }, rowCount: 2, columns: [wide, nulls] },
    ].map((batch) => hashes(batch).multiset);
    expect(new Set(seen).size).toBe(3);
  });

  it('refuses to add what is not a hash', () => {
    for (const hex of ['', '0'.repeat(31), 'G'.repeat(32), 'A'.repeat(32)]) {
      for (const hash of [createMultisetHash(), createOrderedHash()]) {
        expect(() => hash.addHash(hex)).toThrow(expect.objectContaining({ kind: 'invalid' }));
      }
    }
  });
});

describe('row digests of regular data', () => {
  const many = 100_000;
  const int64: Field = { name: 'ts_event', type: { kind: 'int', bits: 64, signed: true }, nullable: false };
  const double: Field = { name: 'price', type: { kind: 'float', bits: 64 }, nullable: false };
  const regular: readonly (readonly [string, Field, Column])[] = [
    [
      '0, 1, 2 …',
      int64,
      { layout: 'fixed', values: BigInt64Array.from({ length: many }, (_, i) => BigInt(i)) },
    ],
    [
      'multiples of 2^40',
      int64,
      { layout: 'fixed', values: BigInt64Array.from({ length: many }, (_, i) => BigInt(i) << 40n) },
    ],
    [
      'prices by the cent',
      double,
      { layout: 'fixed', values: Float64Array.from({ length: many }, (_, i) => i / 100) },
    ],
    ['whole doubles', double, { layout: 'fixed', values: Float64Array.from({ length: many }, (_, i) => i) }],
    [
      'numbered names',
      { ...double, type: { kind: 'utf8' } },
      textColumn(Array.from({ length: many }, (_, i) => String(i))),
    ],
  ];

  it.each(regular)('have balanced bits and no surprising collisions: %s', (_, field, column) => {
    const batch = { schema: { fields: [field] }, rowCount: columnLength(column), columns: [column] };
    const lanes = Int32Array.from(lanesOf(batch));
    for (let lane = 0; lane < 4; lane++) {
      const ones = new Array<number>(32).fill(0);
      const seen = new Set<number>();
      for (let at = lane; at < lanes.length; at += 4) {
        const value = lanes[at] as number;
        seen.add(value);
        for (let bit = 0; bit < 32; bit++) ones[bit] = (ones[bit] as number) + ((value >>> bit) & 1);
      }
      // Six standard deviations of a fair coin.
      const most = Math.max(...ones.map((count) => Math.abs(count - many / 2)));
      expect(most).toBeLessThan(6 * Math.sqrt(many / 4));
      // n²/2^33 pairs of a random 32-bit function collide: 1.2 here.
      expect(many - seen.size).toBeLessThan(12);
    }
  });

  it('move half of the digest bits for every bit of a value', () => {
    const bits = Array.from({ length: 64 }, (_, bit) => bit);
    const base = 0x40edcba987654321n;
    const values = BigUint64Array.from([base, ...bits.map((bit) => base ^ (1n << BigInt(bit)))]);
    const column: Column = { layout: 'fixed', values: new Float64Array(values.buffer) };
    const lanes = lanesOf({ schema: { fields: [double] }, rowCount: 65, columns: [column] });
    for (const bit of bits) {
      const at = 4 * (bit + 1);
      const moved = [0, 1, 2, 3].map((lane) =>
        bitCount((lanes[lane] as number) ^ (lanes[at + lane] as number)),
      );
      const total = moved.reduce((sum, count) => sum + count, 0);
      expect(total).toBeGreaterThan(128 / 2 - 34);
      expect(total).toBeLessThan(128 / 2 + 34);
    }
  });
});

type Quote = readonly [ts: bigint, bid: number | null, ask: number, symbol: string | null];

function arbitraryQuotes(): fc.Arbitrary<Quote[]> {
  const quote = fc.tuple(
    fc.bigInt({ min: 0n, max: 5n }),
    fc.option(fc.double({ noNaN: true })),
    fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, -0, 1)),
    fc.option(fc.constantFrom('', 'BTCUSDT', 'ETHUSDT')),
  );
  return fc.array(quote, { minLength: 1, maxLength: 12 });
}

function quotes(rows: readonly Quote[]): RecordBatch {
  const field = (name: string, type: Field['type']): Field => ({ name, type, nullable: true });
  const fields = [
    field('ts_event', { kind: 'int', bits: 64, signed: true }),
    field('bid_price', { kind: 'float', bits: 64 }),
    field('ask_price', { kind: 'float', bits: 64 }),
    field('symbol', { kind: 'utf8' }),
  ];
  const columns: Column[] = [
    { layout: 'fixed', values: BigInt64Array.from(rows, ([ts]) => ts) },
    {
      layout: 'fixed',
      values: Float64Array.from(rows, ([, bid]) => bid ?? 7),
      validity: Uint8Array.from(rows, ([, bid]) => (bid === null ? 0 : 1)),
    },
    { layout: 'fixed', values: Float64Array.from(rows, ([, , ask]) => ask) },
    textColumn(rows.map(([, , , symbol]) => symbol)),
  ];
  return { schema: { fields }, rowCount: rows.length, columns };
}

function oneText(column: Column): RecordBatch {
  const fields: Field[] = [{ name: 'symbol', type: { kind: 'utf8' }, nullable: true }];
  return { schema: { fields }, rowCount: columnLength(column), columns: [column] };
}

function arbitraryBatches(rowsMax: number): fc.Arbitrary<RecordBatch> {
  return fc
    .tuple(arbitrarySchema(), fc.nat({ max: rowsMax }))
    .chain(([schema, rowCount]) => arbitraryBatch(schema, rowCount));
}

const arena = createArena({ bytesMax: 2 ** 28 });

function lanesOf(batch: RecordBatch): number[] {
  const hasher = createRowHasher(arena, batch.schema, { exclude: [] });
  const { address, rowCount } = hasher.digestBatch(batch);
  const lanes = [...arena.view(Int32Array, address, rowCount * 4)];
  hasher.release();
  return lanes;
}

function hashes(...batches: readonly RecordBatch[]): { multiset: string; ordered: string } {
  const multiset = createMultisetHash();
  const ordered = createOrderedHash();
  for (const batch of batches) {
    const hasher = createRowHasher(arena, batch.schema, { exclude: [] });
    const digests = hasher.digestBatch(batch);
    multiset.add(digests);
    ordered.add(digests);
    hasher.release();
  }
  return { multiset: multiset.hex(), ordered: ordered.hex() };
}

/** The neighbour of `value`: its last bit turned over. */
function nextDouble(value: number): number {
  const bits = new BigUint64Array(Float64Array.of(value).buffer);
  bits[0] = (bits[0] as bigint) ^ 1n;
  return new Float64Array(bits.buffer)[0] as number;
}

function bitCount(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}
