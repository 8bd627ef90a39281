import fc from 'fast-check';
import { allocFixed } from './alloc-fixed.js';
import { columnLength, type Column, type RecordBatch } from './batch.js';
import { columnOf } from './column-of.js';
import { concatBatches } from './concat-batches.js';
import { concatColumns } from './concat-columns.js';
import { decodeDictionary } from './decode-dictionary.js';
import { emptyColumn } from './empty-column.js';
import { fixedWords } from './fixed-words.js';
import { typeText, type Schema } from './schema.js';
import { selectColumns } from './select-columns.js';
import { sliceBatch } from './slice-batch.js';
import { sliceColumn } from './slice-column.js';
import { splitBatch } from './split-batch.js';
import { takeColumn } from './take-column.js';
import { takeRows } from './take-rows.js';
import {
  arbitraryBatch,
  arbitrarySchema,
  arbitraryType,
  equalBatches,
  FIXED_TYPES,
} from './testing/index.js';
import { textColumn } from './text-column.js';
import { valueAt } from './value-at.js';

/** A row as plain comparable values: float bits as words, so that NaN payloads and -0 count. */
function plainRow(batch: RecordBatch, row: number): unknown[] {
  return batch.columns.map((column) => {
    const value = valueAt(column, row);
    if (value === null || column.layout === 'nested') return value;
    if (value instanceof Uint8Array) return [...value];
    const isCoded = column.layout === 'dictionary';
    const values = isCoded ? column.dictionary : column.values;
    if ('offsets' in values) throw new Error('a number in a column of bytes');
    const at = isCoded ? (column.codes[row] as number) : row;
    const { words, perValue } = fixedWords(values);
    return [...words.subarray(at * perValue, (at + 1) * perValue)];
  });
}

const plainRows = (batch: RecordBatch): unknown[][] =>
  Array.from({ length: batch.rowCount }, (_, row) => plainRow(batch, row));

/** The columns are as long as the batch, and carry validity only when a row is null. */
function expectWellFormed(batch: RecordBatch): void {
  for (const column of batch.columns) {
    expect(columnLength(column)).toBe(batch.rowCount);
    if (column.layout === 'nested' || column.validity === undefined) continue;
    expect(column.validity.length).toBe(batch.rowCount);
    expect(column.validity.includes(0)).toBe(true);
  }
}

const arbitraryBatches = (rowsMax: number): fc.Arbitrary<RecordBatch> =>
  fc
    .tuple(arbitrarySchema(), fc.nat({ max: rowsMax }))
    .chain(([schema, rows]) => arbitraryBatch(schema, rows));

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('slices', () => {
  it('hold the rows of their range', () => {
    const cases = arbitraryBatches(12).chain((batch) =>
      fc.tuple(fc.constant(batch), fc.nat({ max: batch.rowCount }), fc.nat({ max: batch.rowCount })),
    );
    fc.assert(
      fc.property(cases, ([batch, a, b]) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        const slice = sliceBatch(batch, start, end);
        expectWellFormed(slice);
        expect(plainRows(slice)).toEqual(plainRows(batch).slice(start, end));
      }),
      { numRuns: 300 },
    );
  });

  it('are views', () => {
    const column: Column = { layout: 'fixed', values: BigInt64Array.of(1n, 2n, 3n) };
    const slice = sliceColumn(column, 1, 3);
    expect(slice.layout === 'fixed' && slice.values.buffer === column.values.buffer).toBe(true);
    const text = textColumn(['a', 'bc', null]);
    const tail = sliceColumn(text, 1, 2);
    expect(
      tail.layout === 'bytes' && tail.values.data === text.values.data && tail.validity === undefined,
    ).toBe(true);
    expect(sliceColumn(text, 0, 3)).toBe(text);
  });

  it('refuse a range outside the column', () => {
    expect(() => sliceColumn(textColumn(['a']), 0, 2)).toThrow('assertion failed');
    expect(() => sliceColumn(textColumn(['a']), 1, 0)).toThrow('assertion failed');
  });
});

describe('taking rows', () => {
  it('equals picking row by row', () => {
    const cases = arbitraryBatches(12).chain((batch) => {
      const row = fc.nat({ max: Math.max(0, batch.rowCount - 1) });
      return fc.tuple(fc.constant(batch), fc.array(row, { maxLength: batch.rowCount === 0 ? 0 : 20 }));
    });
    fc.assert(
      fc.property(cases, ([batch, rows]) => {
        const taken = takeRows(batch, Uint32Array.from(rows));
        expectWellFormed(taken);
        expect(plainRows(taken)).toEqual(rows.map((row) => plainRow(batch, row)));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the dictionary of codes', () => {
    const { values: dictionary } = textColumn(['buy', 'sell']);
    const taken = takeColumn(
      { layout: 'dictionary', codes: Uint32Array.of(1, 0, 1), dictionary },
      Uint32Array.of(2, 2),
    );
    expect(taken).toEqual({
      layout: 'dictionary',
      codes: Uint32Array.of(1, 1),
      dictionary,
      validity: undefined,
    });
    expect(taken.layout === 'dictionary' && taken.dictionary === dictionary).toBe(true);
  });
});

describe('concatenation', () => {
  const batchesOfOneSchema = arbitrarySchema().chain((schema) =>
    fc.array(
      fc.nat({ max: 6 }).chain((rows) => arbitraryBatch(schema, rows)),
      { minLength: 1, maxLength: 5 },
    ),
  );

  it('holds the rows of every batch in turn', () => {
    fc.assert(
      fc.property(batchesOfOneSchema, (batches) => {
        const whole = concatBatches(batches);
        expectWellFormed(whole);
        expect(plainRows(whole)).toEqual(batches.flatMap(plainRows));
      }),
      { numRuns: 300 },
    );
  });

  it('undoes slicing', () => {
    fc.assert(
      fc.property(arbitraryBatches(10), fc.nat({ max: 10 }), (batch, at) => {
        const cut = Math.min(at, batch.rowCount);
        const parts = [sliceBatch(batch, 0, cut), sliceBatch(batch, cut, batch.rowCount)];
        expect(equalBatches(concatBatches(parts), batch)).toBeUndefined();
      }),
    );
  });

  it('keeps a shared dictionary and appends a different one', () => {
    const { values: sides } = textColumn(['buy', 'sell']);
    const { values: other } = textColumn(['none']);
    const a: Column = { layout: 'dictionary', codes: Uint32Array.of(0, 1), dictionary: sides };
    const b: Column = { layout: 'dictionary', codes: Uint32Array.of(1), dictionary: sides };
    const c: Column = { layout: 'dictionary', codes: Uint32Array.of(0), dictionary: other };
    const shared = concatColumns({ kind: 'utf8' }, [a, b]);
    expect(shared.layout === 'dictionary' && shared.dictionary === sides).toBe(true);
    const joined = concatColumns({ kind: 'utf8' }, [a, c, b]);
    expect(joined).toMatchObject({ layout: 'dictionary', codes: Uint32Array.of(0, 1, 2, 1) });
    expect(joined).toMatchObject({ dictionary: { offsets: Uint32Array.of(0, 3, 7, 11) } });
  });

  it('gives plain bytes when one of the columns is plain', () => {
    const { values: dictionary } = textColumn(['buy']);
    const codes: Column = { layout: 'dictionary', codes: Uint32Array.of(0), dictionary };
    const mixed = concatColumns({ kind: 'utf8' }, [codes, textColumn(['sell', null])]);
    expect(mixed.layout).toBe('bytes');
    expect([0, 1, 2].map((row) => valueAt(mixed, row))).toEqual([bytesOf('buy'), bytesOf('sell'), null]);
  });

  it('refuses batches of different schemas', () => {
    const schema = (name: string): Schema => ({ fields: [{ name, type: { kind: 'utf8' }, nullable: true }] });
    const batch = (name: string): RecordBatch => ({
      schema: schema(name),
      rowCount: 1,
      columns: [textColumn(['x'])],
    });
    expect(() => concatBatches([batch('a'), batch('b')])).toThrow('assertion failed');
    expect(() => concatBatches([])).toThrow('assertion failed');
  });
});

describe('splitting', () => {
  it('gives every row to its group, in order', () => {
    const cases = arbitraryBatches(12).chain((batch) =>
      fc.tuple(
        fc.constant(batch),
        fc.array(fc.constantFrom('a', 'b', '__proto__'), { minLength: 12, maxLength: 12 }),
      ),
    );
    fc.assert(
      fc.property(cases, ([batch, keys]) => {
        const groups = splitBatch(batch, (row) => keys[row] ?? '');
        const used = keys.slice(0, batch.rowCount);
        expect([...groups.keys()]).toEqual([...new Set(used)]);
        for (const [key, group] of groups) {
          expectWellFormed(group);
          expect(plainRows(group)).toEqual(plainRows(batch).filter((_, row) => keys[row] === key));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('columns by name', () => {
  const schema: Schema = {
    fields: ['a', '__proto__', 'b'].map((name) => ({ name, type: { kind: 'utf8' }, nullable: false })),
  };
  const batch: RecordBatch = {
    schema,
    rowCount: 1,
    columns: ['1', '2', '3'].map((text) => textColumn([text])),
  };

  it('are found, picked and reordered without copying', () => {
    expect(columnOf(batch, '__proto__')).toBe(batch.columns[1]);
    const picked = selectColumns(batch, ['b', 'a']);
    expect(picked.schema.fields.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(picked.columns[0]).toBe(batch.columns[2]);
    expect(selectColumns(batch, [])).toEqual({ schema: { fields: [] }, rowCount: 1, columns: [] });
  });

  it('are refused when the schema lacks them', () => {
    expect(() => columnOf(batch, 'toString')).toThrow(expect.objectContaining({ kind: 'invalid' }));
    expect(() => selectColumns(batch, ['a', 'c'])).toThrow(
      expect.objectContaining({ details: { column: 'c' } }),
    );
  });
});

describe('making columns', () => {
  it('empties any type', () => {
    fc.assert(
      fc.property(arbitraryType(), (type) => {
        expect(columnLength(emptyColumn(type))).toBe(0);
        expect(concatColumns(type, [])).toEqual(emptyColumn(type));
      }),
    );
  });

  it.each(FIXED_TYPES.map((type) => [typeText(type), type] as const))('allocates %s', (_, type) => {
    const values = allocFixed(type, 3);
    expect(values.length).toBe(3);
    const wide = (type.kind === 'int' && type.bits === 64) || type.kind === 'timestamp';
    const wideTime = type.kind === 'time' && type.unit !== 'ms';
    expect(typeof values[0]).toBe(wide || wideTime ? 'bigint' : 'number');
  });

  it('encodes text', () => {
    const column = textColumn(['é', null, '', '😀']);
    expect([0, 1, 2, 3].map((row) => valueAt(column, row))).toEqual([
      bytesOf('é'),
      null,
      bytesOf(''),
      bytesOf('😀'),
    ]);
    expect(textColumn(['x']).validity).toBeUndefined();
  });

  it('decodes codes, and never looks up the code of a null row', () => {
    const { values: dictionary } = textColumn(['buy', 'sell']);
    const validity = Uint8Array.of(1, 0, 1);
    const column = decodeDictionary({
      layout: 'dictionary',
      codes: Uint32Array.of(1, 99, 0),
      dictionary,
      validity,
    });
    expect([0, 1, 2].map((row) => valueAt(column, row))).toEqual([bytesOf('sell'), null, bytesOf('buy')]);
  });
});
