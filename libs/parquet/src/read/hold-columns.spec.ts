import { concatColumns, sliceColumn, type Column, type RecordBatch } from '@ticklake/columnar';
import { arbitraryBatch, equalBatches } from '@ticklake/columnar/testing';
import type { ByteSource } from '@ticklake/core';
import fc from 'fast-check';
import { arbitraryFile } from '../spec-support/arbitrary-file.js';
import { pagesOf } from '../spec-support/page-layout.js';
import { ARENA } from '../spec-support/test-arena.js';
import { fileSource } from '../testing/file-source.js';
import { parquetBytes } from '../write/spec-support/parquet-bytes.js';
import { holdColumns } from './hold-columns.js';
import { openParquet, type ParquetReader } from './open-parquet.js';
import { USUAL_LIMITS } from './parquet-limits.js';

afterEach(() => expect(ARENA.usedBytes).toBe(0));

/** Reads from a source that says how often it was asked. */
async function withReader<T>(
  bytes: Uint8Array,
  work: (reader: ParquetReader, asked: readonly number[]) => Promise<T>,
): Promise<T> {
  const asked: number[] = [];
  const { size, read } = fileSource(bytes);
  const source: ByteSource = {
    size,
    read(offset, length, into) {
      asked.push(length);
      return read(offset, length, into);
    },
  };
  const reader = await openParquet({ source, arena: ARENA, wholeBytesMax: 0, windowBytes: 64 }, USUAL_LIMITS);
  try {
    return await work(reader, asked);
  } finally {
    reader.close();
  }
}

const schema = {
  fields: ['a', 'b', 'c'].map((name) => ({
    name,
    type: { kind: 'int', bits: 32, signed: true } as const,
    nullable: true,
  })),
};
const [batch] = fc.sample(arbitraryBatch(schema, 100), { numRuns: 1, seed: 7 }) as [RecordBatch];
const threeColumns = () => parquetBytes(schema, [batch], { rowGroupRows: 60, pageRows: 7 });

it('gives what cursors of the file give, for every type, codec and size of pages', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryFile(), fc.integer({ min: 1, max: 9 }), async (file, step) => {
      const { fields } = file.batch.schema;
      const bytes = await parquetBytes(file.batch.schema, [file.batch], file.options);
      await withReader(bytes, async (reader) => {
        for (const [rowGroup, { rowStart, rowCount }] of reader.rowGroups.entries()) {
          const flat = fields.filter(({ type }) => type.kind !== 'nested');
          // In another order than that of the file.
          const columns = flat.map(({ name }) => name).reverse();
          const held = await holdColumns(reader, { rowGroup, columns });
          for (const field of flat) {
            const cursor = held.column(field.name);
            const taken: Column[] = [];
            for (let row = 0; row < rowCount; row += step)
              taken.push(await cursor.take(Math.min(step, rowCount - row)));
            const expected = sliceColumn(
              file.batch.columns[fields.indexOf(field)] as Column,
              rowStart,
              rowStart + rowCount,
            );
            const batchOf = (column: Column) => ({
              schema: { fields: [field] },
              rowCount,
              columns: [column],
            });
            const found = batchOf(concatColumns(field.type, taken));
            expect(equalBatches(found, batchOf(expected))).toBeUndefined();
            await expect(cursor.take(1)).rejects.toThrow('the column has fewer rows left');
            cursor.close();
          }
          held.release();
        }
      });
    }),
    { numRuns: 150 },
  );
});

it('asks once for neighbours, and for nothing between others', async () => {
  await withReader(await threeColumns(), async (reader, asked) => {
    const sizes = reader.rowGroups[1]!.columns.map(({ sizeBytes }) => sizeBytes);
    const [a, b, c] = sizes as [number, number, number];
    for (const [columns, lengths] of [
      [['c', 'a', 'b'], [a + b + c]],
      [
        ['c', 'a'],
        [a, c],
      ],
    ] as const) {
      const before = asked.length;
      const held = await holdColumns(reader, { rowGroup: 1, columns });
      for (const name of columns) await held.column(name).take(40);
      expect(asked.slice(before)).toEqual(lengths);
      held.release();
    }
  });
});

it('checks pages when they are decoded', async () => {
  const bytes = await threeColumns();
  const { offset, sizeBytes } = pagesOf(bytes, 1, 2).at(-1)!;
  bytes[offset + sizeBytes - 1]! ^= 4;
  await withReader(bytes, async (reader) => {
    const held = await holdColumns(reader, { rowGroup: 1, columns: ['b', 'c'] });
    await held.column('b').take(40);
    await expect(held.column('c').take(40)).rejects.toMatchObject({
      code: 'CRC_MISMATCH',
      details: { column: 'c', rowGroup: 1, offset },
    });
    held.release();
  });
});

it('refuses what is not there, and a cursor over a nested column', async () => {
  const nested = { name: 'n', type: { kind: 'nested', shape: 'list', children: [schema.fields[0]!] }, nullable: true } as const; // prettier-ignore
  const lists: RecordBatch = {
    schema: { fields: [nested] },
    rowCount: 1,
    columns: [{ layout: 'nested', values: [[1]] }],
  };
  await withReader(await parquetBytes(lists.schema, [lists]), async (reader) => {
    for (const place of [
      { rowGroup: 0, columns: ['m'] },
      { rowGroup: 1, columns: ['n'] },
    ])
      await expect(holdColumns(reader, place)).rejects.toMatchObject({ kind: 'invalid' });
    const held = await holdColumns(reader, { rowGroup: 0, columns: ['n'] });
    expect(() => held.column('n')).toThrow(expect.objectContaining({ kind: 'invalid' }));
    expect(() => held.column('m')).toThrow('assertion failed');
    held.release();
  });
});
