import { collidingInts } from '@ticklake/kernels/testing';
import fc from 'fast-check';
import { createArena } from '../arena/arena.js';
import type { Column, RecordBatch } from '../batch.js';
import { concatColumns } from '../concat-columns.js';
import type { Field } from '../schema.js';
import { takeColumn } from '../take-column.js';
import { arbitraryBatch, arbitraryColumn, arbitrarySchema, equalBatches } from '../testing/index.js';
import { createColumnBuffer, type ColumnBuffer } from './column-buffer.js';
import { valueAt } from '../value-at.js';
import { columnAt, copyColumn } from './placed-column.js';

const arena = createArena({ bytesMax: 2 ** 28 });

/** A field, and some columns of it. */
const columns = arbitrarySchema()
  .filter(({ fields }) => fields.length > 0)
  .chain(({ fields }) => {
    const field = fields[0] as Field;
    const column = fc
      .nat({ max: 9 })
      .chain((rows) => fc.tuple(fc.constant(rows), arbitraryColumn(field, rows)));
    return fc.tuple(fc.constant(field), fc.array(column, { maxLength: 5 }));
  });

function batchOf(field: Field, column: Column, rowCount: number): RecordBatch {
  return { schema: { fields: [field] }, rowCount, columns: [column] };
}

function contentOf(buffer: ColumnBuffer): Column {
  return columnAt(arena, buffer.type, buffer.placed());
}

describe('column buffers', () => {
  it('hold what was appended, whatever its layout, and forget it when cleared', () => {
    fc.assert(
      fc.property(columns, fc.boolean(), fc.boolean(), ([field, parts], isKnown, isKept) => {
        const all = parts.reduce((sum, [rows]) => sum + rows, 0);
        const options = { ...(isKnown && { rowsMax: all }), ...(isKept && { keptBytesMax: 1000 }) };
        const buffer = createColumnBuffer(arena, field.type, options);
        for (let round = 0; round < 2; round++) {
          for (const [rows, column] of parts) {
            const cut = rows >> 1;
            buffer.append(column, 0, cut);
            buffer.append(column, cut, rows);
          }
          const rowCount = parts.reduce((sum, [rows]) => sum + rows, 0);
          expect(buffer.rowCount).toBe(rowCount);
          const expected = concatColumns(
            field.type,
            parts.map(([, column]) => column),
          );
          const copied = copyColumn(contentOf(buffer));
          expect(
            equalBatches(batchOf(field, contentOf(buffer), rowCount), batchOf(field, expected, rowCount)),
          ).toBeUndefined();
          buffer.clear();
          expect(buffer.rowCount).toBe(0);
          expect(
            equalBatches(batchOf(field, copied, rowCount), batchOf(field, expected, rowCount)),
          ).toBeUndefined();
        }
        buffer.release();
        expect(arena.usedBytes).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('take no more memory than the rows that they will have at most', () => {
    const rowsMax = 262_144;
    const column: Column = { layout: 'fixed', values: new Float64Array(65_536) };
    for (const first of [1, 10_000, 60_000]) {
      const buffer = createColumnBuffer(arena, { kind: 'float', bits: 64 }, { rowsMax });
      buffer.append(column, 0, first);
      while (buffer.rowCount < rowsMax) buffer.append(column, 0, Math.min(65_536, rowsMax - buffer.rowCount));
      expect(arena.usedBytes).toBeLessThan(rowsMax * 8 * (17 / 16) + 1024);
      buffer.release();
    }
  });

  it('have distinct entries as long as every part came as codes, and plain values otherwise', () => {
    fc.assert(
      fc.property(columns, ([field, parts]) => {
        const buffer = createColumnBuffer(arena, field.type);
        for (const [rows, column] of parts) buffer.append(column, 0, rows);
        const placed = buffer.placed();
        const isCoded = placed.layout === 'codes' || placed.layout === 'byteCodes';
        const filled = parts.filter(([rows]) => rows > 0);
        if (filled.length > 0) {
          expect(isCoded).toBe(filled.every(([, column]) => column.layout === 'dictionary'));
        }
        const content = contentOf(buffer);
        if (content.layout === 'dictionary') {
          const { dictionary } = content;
          const bytes =
            'offsets' in dictionary
              ? [...dictionary.offsets.subarray(1)].map((end, i) =>
                  String(dictionary.data.subarray(dictionary.offsets[i], end)),
                )
              : Array.from({ length: dictionary.length }, (_, i) => {
                  const size = dictionary.BYTES_PER_ELEMENT;
                  return String(new Uint8Array(dictionary.buffer, dictionary.byteOffset + i * size, size));
                });
          expect(new Set(bytes).size).toBe(bytes.length);
        }
        buffer.release();
      }),
    );
  });

  it('gather rows of another by number', () => {
    fc.assert(
      fc.property(
        columns,
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.boolean(),
        ([field, parts], wanted, isKept) => {
          const from = createColumnBuffer(arena, field.type, { keptBytesMax: isKept ? 1000 : 0 });
          const to = createColumnBuffer(arena, field.type, { keptBytesMax: isKept ? 1000 : 0 });
          if (isKept) {
            for (const [rows, column] of parts.toReversed())
              for (const one of [from, to]) one.append(column, 0, rows);
            for (const one of [from, to]) one.clear();
          }
          for (const [rows, column] of parts) from.append(column, 0, rows);
          const numbers = Uint32Array.from(
            from.rowCount === 0 ? [] : wanted.map((row) => row % from.rowCount),
          );
          const rows = arena.alloc(numbers.byteLength);
          arena.view(Uint32Array, rows, numbers.length).set(numbers);
          const expected = takeColumn(copyColumn(contentOf(from)), numbers);
          to.gather(from, rows, numbers.length);
          expect(to.rowCount).toBe(numbers.length);
          expect(
            equalBatches(
              batchOf(field, contentOf(to), numbers.length),
              batchOf(field, expected, numbers.length),
            ),
          ).toBeUndefined();
          // What was gathered can be added to, and rows gathered to what there is.
          for (const [count, column] of parts) to.append(column, 0, count);
          to.gather(from, rows, numbers.length);
          const more = [expected, ...parts.map(([, column]) => column), expected];
          const all = concatColumns(field.type, more);
          expect(
            equalBatches(
              batchOf(field, contentOf(to), to.rowCount),
              batchOf(field, all, 2 * numbers.length + from.rowCount),
            ),
          ).toBeUndefined();
          from.release();
          to.release();
          arena.free(rows);
          expect(arena.usedBytes).toBe(0);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('refuse a code that is not in its dictionary, unless its row is null', () => {
    const type = { kind: 'float', bits: 64 } as const;
    const buffer = createColumnBuffer(arena, type);
    const column = {
      layout: 'dictionary',
      codes: Uint32Array.of(0, 7),
      dictionary: Float64Array.of(1.5),
    } as const;
    expect(() => buffer.append(column, 0, 2)).toThrow('within its dictionary');
    buffer.clear();
    buffer.append({ ...column, validity: Uint8Array.of(1, 0) }, 0, 2);
    expect(buffer.placed()).toMatchObject({ layout: 'codes', rowCount: 2, entryCount: 1 });
    buffer.release();
  });

  it('keep rows of batches of every schema', () => {
    const batches = fc
      .tuple(arbitrarySchema(), fc.nat({ max: 9 }))
      .chain(([schema, rows]) => arbitraryBatch(schema, rows));
    fc.assert(
      fc.property(batches, ({ schema, rowCount, columns: all }) => {
        const buffers = schema.fields.map(({ type }) => createColumnBuffer(arena, type));
        buffers.forEach((buffer, i) => buffer.append(all[i] as Column, 0, rowCount));
        const kept = { schema, rowCount, columns: buffers.map(contentOf) };
        expect(equalBatches(kept, { schema, rowCount, columns: all })).toBeUndefined();
        buffers.forEach((buffer) => buffer.release());
      }),
    );
  });

  it('hold values where a few rows come from each of large dictionaries, and codes again once cleared', () => {
    const buffer = createColumnBuffer(arena, { kind: 'int', bits: 64, signed: true });
    const rowsOf = (first: bigint): Column => ({
      layout: 'dictionary',
      dictionary: BigInt64Array.from({ length: 8000 }, (_, i) => first + BigInt(i)),
      codes: Uint32Array.of(7, 7999),
    });
    const layouts: string[] = [];
    for (const first of [0n, 10n, 20n]) {
      buffer.append(rowsOf(first), 0, 2);
      layouts.push(buffer.placed().layout);
    }
    expect(layouts).toEqual(['codes', 'codes', 'fixed']);
    const content = copyColumn(contentOf(buffer));
    expect(content.layout === 'fixed' && [...content.values]).toEqual([7n, 7999n, 17n, 8009n, 27n, 8019n]);
    buffer.clear();
    buffer.append(rowsOf(0n), 0, 2);
    expect(buffer.placed().layout).toBe('codes');
    buffer.release();
    expect(arena.usedBytes).toBe(0);
  });

  it('have entries that repeat as they were read, and distinct ones where somebody depends on it', () => {
    const ints = BigInt64Array.of(5n, 7n, 5n);
    const texts = { offsets: Uint32Array.of(0, 1, 2, 3), data: Uint8Array.of(5, 7, 5) };
    const second = {
      fixed: BigInt64Array.of(9n),
      bytes: { offsets: Uint32Array.of(0, 1), data: Uint8Array.of(9) },
    };
    for (const [type, dictionary, other, layout] of [
      [{ kind: 'int', bits: 64, signed: true }, ints, second.fixed, 'codes'],
      [{ kind: 'bytes' }, texts, second.bytes, 'byteCodes'],
    ] as const) {
      for (const appendsMore of [false, true]) {
        const buffer = createColumnBuffer(arena, type);
        buffer.append({ layout: 'dictionary', dictionary, codes: Uint32Array.of(2, 1, 0, 2) }, 0, 4);
        expect(buffer.placedAsRead()).toMatchObject({ layout, entryCount: 3 });
        if (appendsMore)
          buffer.append({ layout: 'dictionary', dictionary: other, codes: Uint32Array.of(0) }, 0, 1);
        expect(buffer.placed()).toMatchObject({ layout, entryCount: appendsMore ? 3 : 2 });
        const content = contentOf(buffer);
        const values = Array.from({ length: buffer.rowCount }, (_, row) => valueAt(content, row));
        const numbers = values.map((value) =>
          value instanceof Uint8Array ? BigInt(value[0] as number) : value,
        );
        expect(numbers).toEqual([5n, 7n, 5n, 5n, ...(appendsMore ? [9n] : [])]);
        buffer.release();
      }
    }
    expect(arena.usedBytes).toBe(0);
  });

  it('number entries as rows first have them, nulls left out, where they say so', () => {
    const type = { kind: 'int', bits: 64, signed: true } as const;
    const part = fc
      .array(fc.bigInt({ min: 0n, max: 9n }), { minLength: 1, maxLength: 8 })
      .chain((entries) => {
        const row = fc.tuple(fc.nat({ max: entries.length - 1 }), fc.boolean());
        return fc.tuple(fc.constant(entries), fc.array(row, { minLength: 1, maxLength: 20 }));
      });
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 4 }), fc.boolean(), (parts, hasNulls) => {
        const buffer = createColumnBuffer(arena, type);
        const present: bigint[] = [];
        for (const [entries, rows] of parts) {
          const codes = Uint32Array.from(rows, ([code]) => code);
          const validity = hasNulls ? Uint8Array.from(rows, ([, is]) => Number(is)) : undefined;
          const cut = rows.length >> 1;
          const column: Column = {
            layout: 'dictionary',
            dictionary: BigInt64Array.from(entries),
            codes,
            validity,
          };
          buffer.append(column, 0, cut);
          buffer.append(column, cut, rows.length);
          present.push(...rows.filter(([, is]) => !hasNulls || is).map(([code]) => entries[code] as bigint));
        }
        expect(buffer.placed()).toMatchObject({ layout: 'codes', isInOrder: true });
        const content = contentOf(buffer);
        expect(content.layout === 'dictionary' && [...(content.dictionary as BigInt64Array)]).toEqual([
          ...new Set(present),
        ]);
        buffer.release();
      }),
    );
    expect(arena.usedBytes).toBe(0);
  });

  it('hold values where entries were made to collide, whichever dictionary they come in', () => {
    const column = (dictionary: BigInt64Array): Column => ({
      layout: 'dictionary',
      dictionary,
      codes: Uint32Array.from(dictionary, (_, row) => dictionary.length - 1 - row),
    });
    const [hostile, plain] = [new BigInt64Array(collidingInts(4000).buffer), BigInt64Array.of(5n, 7n, 5n)];
    for (const parts of [[hostile], [hostile, plain], [plain, hostile], [plain, hostile, plain]]) {
      const buffer = createColumnBuffer(arena, { kind: 'int', bits: 64, signed: true });
      for (let round = 0; round < 2; round++) {
        for (const part of parts) buffer.append(column(part), 0, part.length);
        expect(buffer.placed().layout).toBe('fixed');
        const content = contentOf(buffer);
        expect(content.layout === 'fixed' && [...content.values]).toEqual(
          parts.flatMap((part) => [...part].reverse()),
        );
        buffer.clear();
        buffer.append(column(plain), 0, plain.length);
        expect(buffer.placed()).toMatchObject({ layout: 'codes', entryCount: 2 });
        buffer.clear();
      }
      buffer.release();
    }
    expect(arena.usedBytes).toBe(0);
  });
});
