import { textColumn, type RecordBatch, type Schema } from '@ticklake/columnar';
import fc from 'fast-check';
import { csvHeader, csvLines } from './csv-lines.js';
import { splitLine } from './split-line.js';

const TEXT = { kind: 'utf8' } as const;
const INT64 = { kind: 'int', bits: 64, signed: true } as const;

const batchOf = (fields: Schema['fields'], columns: RecordBatch['columns'], rowCount: number) => ({
  schema: { fields },
  columns,
  rowCount,
});

it('keeps columns in their order, whatever they are called, and takes the rows that are asked for', () => {
  const fields = ['b', '1', 'a,"c"'].map((name) => ({ name, type: TEXT, nullable: true }));
  const columns = [textColumn(['x', 'y']), textColumn(['1', null]), textColumn(['a,b', 'a"b'])];
  expect(csvHeader({ fields })).toBe('b,1,"a,""c"""');
  expect(csvLines(batchOf(fields, columns, 2))).toBe('x,1,"a,b"\ny,,"a""b"');
  expect(csvLines(batchOf(fields, columns, 1))).toBe('x,1,"a,b"');
  expect(csvLines(batchOf(fields, columns, 0))).toBe('');
});

it('has nested values as JSON', () => {
  const element = { name: 'element', type: INT64, nullable: false };
  const type = { kind: 'nested', shape: 'list', children: [element] } as const;
  const fields = [{ name: 'list', type, nullable: false }];
  const column = { layout: 'nested', values: [[1n, 2n]] } as const;
  expect(csvLines(batchOf(fields, [column], 1))).toBe('"[""1"",""2""]"');
});

it('gives lines that come apart into the cells that went in', () => {
  const cell = fc.string().filter((text) => !/[\r\n]/.test(text));
  fc.assert(
    fc.property(fc.array(cell, { minLength: 2, maxLength: 5 }), (cells) => {
      const fields = cells.map((_, i) => ({ name: `c${i}`, type: TEXT, nullable: false }));
      const columns = cells.map((text) => textColumn([text]));
      expect(splitLine(csvLines(batchOf(fields, columns, 1)), ',', 1)).toEqual(cells);
    }),
  );
});
