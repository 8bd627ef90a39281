import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { createRowHasher } from './row-hasher.js';
import { createMultisetHash } from './multiset-hash.js';
import { createOrderedHash } from './ordered-hash.js';
import { sliceDigests } from './row-digests.js';
import type { Column, FixedColumn, RecordBatch } from '../batch.js';
import { typeText, type DataType, type Field } from '../schema.js';
import { createArena } from '../arena/arena.js';
import { createColumnBuffer } from '../placed/column-buffer.js';
import { textColumn } from '../text-column.js';
import { arbitraryBatch, arbitrarySchema } from '../testing/index.js';
import { valueAt } from '../value-at.js';

const arenas = (['wasm', 'portable'] as const).map((kernels) => createArena({ bytesMax: 2 ** 28, kernels }));

/** Of every row, by both kinds of kernels, which agree. */
function lanesOf(batch: RecordBatch, { exclude }: { exclude: readonly string[] }): number[] {
  const [wasm, portable] = arenas.map((arena) => {
    const hasher = createRowHasher(arena, batch.schema, { exclude });
    const { address, rowCount } = hasher.digestBatch(batch);
    expect(rowCount).toBe(batch.rowCount);
    const lanes = [...arena.view(Uint32Array, address, rowCount * 4)];
    hasher.release();
    expect(arena.usedBytes).toBe(0);
    return lanes;
  });
  expect(portable).toEqual(wasm);
  return wasm as number[];
}

describe('row digests', () => {
  it('are what the specification says, computed slowly with bigints', () => {
    fc.assert(
      fc.property(arbitraryBatches(), (batch) => {
        expect(lanesOf(batch, NONE)).toEqual(referenceLanes(batch));
      }),
      { numRuns: 500 },
    );
  });

  it('leave out excluded columns and do not care about column order or nullability', () => {
    fc.assert(
      fc.property(arbitraryBatches(), (batch) => {
        const [first, ...rest] = batch.schema.fields;
        const without = {
          schema: { fields: rest },
          rowCount: batch.rowCount,
          columns: batch.columns.slice(1),
        };
        expect(lanesOf(batch, { exclude: [(first as Field).name] })).toEqual(lanesOf(without, NONE));
        const turned: RecordBatch = {
          schema: { fields: batch.schema.fields.map((f) => ({ ...f, nullable: !f.nullable })).reverse() },
          rowCount: batch.rowCount,
          columns: [...batch.columns].reverse(),
        };
        expect(lanesOf(turned, NONE)).toEqual(lanesOf(batch, NONE));
      }),
    );
  });

  it('are known of the columns of the first part alone, which can still be joined', () => {
    fc.assert(
      fc.property(arbitraryBatches(), fc.nat(3), (batch, cut) => {
        const part = (from: number, to?: number): RecordBatch => ({
          schema: { fields: batch.schema.fields.slice(from, to) },
          rowCount: batch.rowCount,
          columns: batch.columns.slice(from, to),
        });
        const [own, others] = [part(0, cut), part(cut)];
        const [expected, joined] = [lanesOf(own, NONE), lanesOf(batch, NONE)];
        for (const arena of arenas) {
          const first = createRowHasher(arena, own.schema, { exclude: [], part: 0 });
          const second = createRowHasher(arena, others.schema, { exclude: [], part: 1 });
          const lanes = ({ address, rowCount }: { address: number; rowCount: number }) => [
            ...arena.view(Uint32Array, address, rowCount * 4),
          ];
          const digests = first.digestBatch(own);
          expect(lanes(first.alone(digests))).toEqual(expected);
          expect(lanes(first.join(digests, second.digestBatch(others)))).toEqual(joined);
          first.release();
          second.release();
          expect(arena.usedBytes).toBe(0);
        }
      }),
    );
  });

  it('agree for decimals of any width and for fixed and variable bytes', () => {
    const decimal: DataType = { kind: 'decimal', precision: 18, scale: 2 };
    const widths = [[0x80], [0xff, 0x80], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x80]];
    const lanes = widths.map((bytes) => lanesOf(oneBytes(decimal, bytes), NONE));
    expect(lanes[1]).toEqual(lanes[0]);
    expect(lanes[2]).toEqual(lanes[0]);
    expect(lanesOf(oneBytes(decimal, [0, 0x80]), NONE)).not.toEqual(lanesOf(oneBytes(decimal, [0x80]), NONE));
    expect(lanesOf(oneBytes({ kind: 'bytes', sizeBytes: 2 }, [1, 2]), NONE)).toEqual(
      lanesOf(oneBytes({ kind: 'bytes' }, [1, 2]), NONE),
    );
  });

  it('tell apart values that are easily confused', () => {
    const double: DataType = { kind: 'float', bits: 64 };
    const int = (bits: 8 | 16 | 32 | 64, signed: boolean): DataType => ({ kind: 'int', bits, signed });
    const utf8: DataType = { kind: 'utf8' };
    const cases: readonly (readonly [DataType, Column])[] = [
      ...[0x0n, 0x8000000000000000n, 0x7ff8000000000000n, 0x7ff8000000000001n, 0xfff8000000000000n].map(
        (bits) => [double, fixed(new Float64Array(BigUint64Array.of(bits).buffer))] as const,
      ),
      [double, { ...fixed(new Float64Array(1)), validity: Uint8Array.of(0) }],
      [int(64, true), fixed(BigInt64Array.of(-1n))],
      [int(64, true), fixed(BigInt64Array.of(0xffffffffn))],
      [int(32, true), fixed(Int32Array.of(-1))],
      [int(32, false), fixed(Uint32Array.of(0xffffffff))],
      [int(8, true), fixed(Int8Array.of(-1))],
      [int(8, false), fixed(Uint8Array.of(255))],
      [{ kind: 'bool' }, fixed(Uint8Array.of(1))],
      ...['', '\0', '\0\0', '0', 'a', 'a\0', '12345678', '12345678\0', '123456780', 'é', 'e\u0301'].map(
        (text) => [utf8, oneBytes(utf8, [...Buffer.from(text)]).columns[0] as Column] as const,
      ),
      [{ kind: 'bytes' }, oneBytes({ kind: 'bytes' }, [0x30]).columns[0] as Column],
      [utf8, { ...(oneBytes(utf8, []).columns[0] as FixedColumn), validity: Uint8Array.of(0) }],
      ...(['ms', 'us', 'ns'] as const).flatMap((unit) =>
        [true, false].map((utc) => [{ kind: 'timestamp', unit, utc }, fixed(BigInt64Array.of(0n))] as const),
      ),
    ];
    const seen = cases.map(([type, column]) => lanesOf(oneColumn(type, column), NONE).join());
    expect(new Set(seen).size).toBe(cases.length);
  });

  it('count a row that has no columns', () => {
    expect(lanesOf({ schema: { fields: [] }, rowCount: 1, columns: [] }, NONE)).not.toEqual([0, 0, 0, 0]);
  });

  it('are the same joined of columns that were hashed apart', () => {
    fc.assert(
      fc.property(arbitraryBatches(), fc.nat(), (batch, at) => {
        const arena = arenas[0]!;
        const cut = at % (batch.columns.length + 1);
        const part = (from: number, to: number, number: 0 | 1) => {
          const schema = { fields: batch.schema.fields.slice(from, to) };
          const hasher = createRowHasher(arena, schema, { exclude: [], part: number });
          const columns = batch.columns.slice(from, to);
          return { hasher, digests: hasher.digestBatch({ schema, rowCount: batch.rowCount, columns }) };
        };
        const [first, second] = [part(0, cut, 0), part(cut, batch.columns.length, 1)];
        const copy = part(0, cut, 0);
        const { address, rowCount } = first.hasher.join(first.digests, second.digests);
        const joined = [...arena.view(Uint32Array, address, 4 * rowCount)];
        const sums = () => [createMultisetHash(), createOrderedHash({ firstPlace: at })] as const;
        const [apart, inOne] = [sums(), sums()];
        for (const sum of apart) sum.add({ arena, address, rowCount });
        inOne[1].addJoined(copy.digests, second.digests, inOne[0]);
        // Places go on behind them.
        for (const [multiset, ordered] of [apart, inOne]) {
          multiset.add({ arena, address, rowCount });
          ordered.add({ arena, address, rowCount });
        }
        expect(inOne.map((sum) => sum.hex())).toEqual(apart.map((sum) => sum.hex()));
        for (const { hasher } of [first, second, copy]) hasher.release();
        expect(joined).toEqual(lanesOf(batch, NONE));
      }),
    );
  });

  it('of several batches stand side by side, as many as there are turns', () => {
    const arena = arenas[0]!;
    const batches = [3, 5, 4].map((rowCount) => ({
      ...oneColumn({ kind: 'int', bits: 64, signed: true }, fixed(new BigInt64Array(rowCount).fill(7n))),
      rowCount,
    }));
    const hasher = createRowHasher(arena, batches[0]!.schema, { exclude: [], turns: 2 });
    const digests = batches.map((batch) => hasher.digestBatch(batch));
    const lanes = digests.map(({ address, rowCount }) => [...arena.view(Uint32Array, address, rowCount * 4)]);
    hasher.release();
    for (const turn of [1, 2]) expect(lanes[turn]).toEqual(lanesOf(batches[turn]!, NONE));
  });

  it('are the same for some rows of columns', () => {
    const arena = arenas[0]!;
    const hasher = createRowHasher(arena, oneColumn({ kind: 'utf8' }, fixed(new Uint8Array())).schema, NONE);
    const buffer = createColumnBuffer(arena, { kind: 'utf8' });
    buffer.append(textColumn(Array.from({ length: 5000 }, (_, i) => `${i}`)), 0, 5000);
    const lanesFrom = (start: number, end: number) => {
      const { address, rowCount } = hasher.digest([buffer.placed()], { start, end });
      return [...arena.view(Int32Array, address, 4 * rowCount)];
    };
    expect(lanesFrom(1234, 4321)).toEqual(lanesFrom(0, 5000).slice(4 * 1234, 4 * 4321));
    hasher.release();
    buffer.release();
  });

  it('are the same however long a column is, and for a part of it', () => {
    const values = BigInt64Array.from({ length: 5003 }, (_, i) => BigInt(i) ** 5n);
    const of = (part: BigInt64Array): RecordBatch => ({
      ...oneColumn({ kind: 'int', bits: 64, signed: true }, fixed(part)),
      rowCount: part.length,
    });
    const whole = lanesOf(of(values), NONE);
    expect(lanesOf(of(values.subarray(2049, 4777)), NONE)).toEqual(whole.slice(4 * 2049, 4 * 4777));
    const { address } = sliceDigests({ arena: arenas[0]!, address: 64, rowCount: 9 }, 3, 5);
    expect(address).toBe(64 + 3 * 16);
  });
});

const NONE = { exclude: [] };

function arbitraryBatches(): fc.Arbitrary<RecordBatch> {
  return fc
    .tuple(arbitrarySchema(), fc.nat({ max: 9 }))
    .chain(([schema, rowCount]) => arbitraryBatch(schema, rowCount));
}

function oneColumn(type: DataType, column: Column): RecordBatch {
  return { schema: { fields: [{ name: 'a', type, nullable: true }] }, rowCount: 1, columns: [column] };
}

function oneBytes(type: DataType, bytes: readonly number[]): RecordBatch {
  const values = { offsets: Uint32Array.of(0, bytes.length), data: Uint8Array.from(bytes) };
  return oneColumn(type, { layout: 'bytes', values });
}

function fixed(values: FixedColumn['values']): FixedColumn {
  return { layout: 'fixed', values };
}

// The specification as plainly as it can be written. Shares no code with what it checks.

const M32 = 0xffffffffn;
const VERSION = 'ticklake content hash 2';
type Four = [bigint, bigint, bigint, bigint];

function referenceLanes(batch: RecordBatch): number[] {
  return Array.from({ length: batch.rowCount }, (_, row) => {
    const sum = seedOf(`${VERSION}\0row`);
    batch.schema.fields.forEach((field, i) => {
      referenceCell(field, batch.columns[i] as Column, row).forEach(
        (lane, at) => (sum[at] = (sum[at] as bigint) + lane),
      );
    });
    const a = sum[0] + sum[1] + sum[2] + sum[3];
    const [p, q, r, s] = [a, sum[1] + a, sum[2] + a, sum[3] + a].map(fmix) as Four;
    const first = p + q + r + s;
    return [first, q + first, r + first, s + first].map((lane) => Number(lane & M32));
  }).flat();
}

function referenceCell(field: Field, column: Column, row: number): Four {
  const seed = seedOf(`${VERSION}\0${typeText(field.type)}\0${field.name}`);
  if (valueAt(column, row) === null) return absorb(seed, M32, Buffer.alloc(8));
  if (column.layout === 'fixed') return absorb(seed, 0n, wordOf(field.type, column.values, row));
  if (column.layout === 'dictionary' && !('offsets' in column.dictionary)) {
    return absorb(seed, 0n, wordOf(field.type, column.dictionary, column.codes[row] as number));
  }
  if (column.layout === 'nested') {
    const bytes = Buffer.concat(writeValue(field.type, column.values[row]));
    return absorb(seed, BigInt(bytes.length), bytes);
  }
  const value = valueAt(column, row) as Uint8Array;
  const bytes = field.type.kind === 'decimal' ? shortest(value) : Buffer.from(value);
  return absorb(seed, BigInt(bytes.length), bytes);
}

function absorb([a, b, c, d]: Four, length: bigint, bytes: Buffer): Four {
  const blocks = Buffer.concat([bytes, Buffer.alloc(bytes.length === 0 ? 8 : (8 - (bytes.length % 8)) % 8)]);
  c = (c + length) & M32;
  for (let at = 0; at < blocks.length; at += 8) {
    const p = fmix(BigInt(blocks.readUInt32LE(at)) + a);
    b = fmix((BigInt(blocks.readUInt32LE(at + 4)) ^ p) + b);
    c = fmix(((p + b) & M32) ^ c);
    d = fmix(((b + c) & M32) ^ d);
    a = (p + d) & M32;
  }
  return [a, b, c, d];
}

function fmix(value: bigint): bigint {
  let h = value & M32;
  h = ((h ^ (h >> 16n)) * 0x85ebca6bn) & M32;
  h = ((h ^ (h >> 13n)) * 0xc2b2ae35n) & M32;
  return h ^ (h >> 16n);
}

function seedOf(text: string): Four {
  const digest = createHash('sha256').update(text, 'utf8').digest();
  return [0, 4, 8, 12].map((at) => BigInt(digest.readUInt32LE(at))) as Four;
}

function wordOf(type: DataType, values: FixedColumn['values'], row: number): Buffer {
  if (type.kind === 'float') {
    const width = values.BYTES_PER_ELEMENT;
    const bits = Buffer.from(values.buffer, values.byteOffset + row * width, width);
    return Buffer.concat([bits, Buffer.alloc(8 - width)]);
  }
  return word64(BigInt(values[row] as number | bigint));
}

function word64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
}

/** Through the integer itself, where the code under test looks at bytes only. */
function shortest(bytes: Uint8Array): Buffer {
  const value = BigInt.asIntN(
    bytes.length * 8,
    bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`),
  );
  let width = 1;
  while (BigInt.asIntN(width * 8, value) !== value) width++;
  return Buffer.from(
    BigInt.asUintN(width * 8, value)
      .toString(16)
      .padStart(width * 2, '0'),
    'hex',
  );
}

function counted(count: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(count);
  return bytes;
}

function writeValue(type: DataType, value: unknown): Buffer[] {
  if (type.kind === 'nested') {
    const items = value as unknown[];
    if (type.shape === 'struct') return type.children.flatMap((child, i) => writeChild(child, items[i]));
    const cells = type.shape === 'map' ? (items as unknown[][]).flat() : items;
    const width = type.children.length;
    return [
      counted(items.length),
      ...cells.flatMap((cell, i) => writeChild(type.children[i % width] as Field, cell)),
    ];
  }
  if (type.kind === 'utf8')
    return [counted(Buffer.byteLength(value as string)), Buffer.from(value as string)];
  if (type.kind === 'bytes') return [counted((value as Uint8Array).length), Buffer.from(value as Uint8Array)];
  if (type.kind === 'decimal') {
    const bytes = shortest(value as Uint8Array);
    return [counted(bytes.length), bytes];
  }
  if (type.kind !== 'float') return [word64(BigInt(value as number))];
  const bits = Buffer.alloc(8);
  if (Number.isNaN(value))
    return [Buffer.from(type.bits === 32 ? '0000c07f00000000' : '000000000000f87f', 'hex')];
  if (type.bits === 32) bits.writeFloatLE(value as number);
  else bits.writeDoubleLE(value as number);
  return [bits];
}

function writeChild(field: Field, value: unknown): Buffer[] {
  return value === null ? [Buffer.of(0)] : [Buffer.of(1), ...writeValue(field.type, value)];
}
