import { concatColumns, sliceColumn, takeColumn, type Column, type RecordBatch } from '@ticklake/columnar';
import { arbitraryBatch, equalBatches } from '@ticklake/columnar/testing';
import { bytesSource, type ByteSource } from '@ticklake/core';
import fc from 'fast-check';
import { arbitraryFile } from '../spec-support/arbitrary-file.js';
import { pagesOf } from '../spec-support/page-layout.js';
import { ARENA } from '../spec-support/test-arena.js';
import { fileSource } from '../testing/file-source.js';
import { parquetBytes } from '../write/spec-support/parquet-bytes.js';
import { openParquet, type ParquetReader, type ReaderTools } from './open-parquet.js';
import { USUAL_LIMITS } from './parquet-limits.js';
import type { PageLocation } from './page-index.js';
import type { RowRange } from './page-plan.js';

afterEach(() => expect(ARENA.usedBytes).toBe(0));

const WAYS: readonly ((bytes: Uint8Array) => Omit<ReaderTools, 'arena'>)[] = [
  (bytes) => ({ source: bytesSource(bytes) }),
  (bytes) => ({ source: fileSource(bytes), wholeBytesMax: 0, windowBytes: 64 }),
  (bytes) => ({ source: fileSource(bytes), wholeBytesMax: 0 }),
];

async function withReader<T>(
  tools: Omit<ReaderTools, 'arena'>,
  work: (reader: ParquetReader) => Promise<T>,
): Promise<T> {
  const reader = await openParquet({ ...tools, arena: ARENA }, USUAL_LIMITS);
  try {
    return await work(reader);
  } finally {
    reader.close();
  }
}

/** Stretches of rows that are given and skipped, in turns; ranges are those of even ones. */
function rangesOf(lengths: readonly number[], rowCount: number): RowRange[] {
  const ranges: RowRange[] = [];
  let start = 0;
  lengths.forEach((length, i) => {
    const end = Math.min(start + length, rowCount);
    if (i % 2 === 0 && end > start) ranges.push({ start, end });
    start = end;
  });
  return ranges;
}

const rowsOf = (ranges: readonly RowRange[]) =>
  ranges.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));

describe('a cursor over some rows', () => {
  it('gives those of a cursor over all of them, whatever is skipped, for every type, codec and size of pages', async () => {
    const lengths = fc.array(fc.nat(12), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(
        arbitraryFile(),
        lengths,
        lengths,
        fc.constantFrom(...WAYS),
        fc.boolean(),
        async ({ batch, options }, ranged, steps, way, withPages) => {
          const bytes = await parquetBytes(batch.schema, [batch], options);
          await withReader(way(bytes), async (reader) => {
            for (const [rowGroup, { rowStart, rowCount }] of reader.rowGroups.entries()) {
              const rows = rangesOf(ranged, rowCount);
              for (const [index, field] of batch.schema.fields.entries()) {
                const { name } = field;
                const pages = withPages ? await reader.pageLocations({ name, rowGroup }) : undefined;
                if (withPages) expect(pages === undefined).toBe(field.type.kind === 'nested');
                const cursor = reader.column(name, { rowGroup, rows, pages });
                const expected: number[] = [];
                const taken: Column[] = [];
                let left = rowsOf(rows);
                for (let step = 0; left.length > 0; step++) {
                  const count = Math.min(left.length, (steps[step % steps.length] as number) + 1);
                  if (step % 2 === 0) await cursor.skip(count);
                  else {
                    taken.push(await cursor.take(count));
                    expected.push(...left.slice(0, count));
                  }
                  left = left.slice(count);
                }
                cursor.close();
                if (taken.length === 0) continue;
                const whole = sliceColumn(batch.columns[index] as Column, rowStart, rowStart + rowCount);
                expectRows(
                  field,
                  concatColumns(field.type, taken),
                  takeColumn(whole, Uint32Array.from(expected)),
                );
              }
            }
          });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('reads on where a skip ends, through row groups', async () => {
    const schema = {
      fields: [{ name: 'a', type: { kind: 'int', bits: 32, signed: true } as const, nullable: true }],
    };
    const [batch] = fc.sample(arbitraryBatch(schema, 100), { numRuns: 1, seed: 7 }) as [RecordBatch];
    const bytes = await parquetBytes(schema, [batch], { rowGroupRows: 30, pageRows: 7 });
    await withReader({ source: bytesSource(bytes) }, async (reader) => {
      const cursor = reader.column('a');
      await cursor.skip(65);
      const expected = sliceColumn(batch.columns[0] as Column, 65, 100);
      expectRows(schema.fields[0]!, await cursor.take(35), expected);
      await expect(cursor.skip(1)).rejects.toThrow('the column has fewer rows left');
    });
  });
});

function expectRows(field: RecordBatch['schema']['fields'][number], found: Column, expected: Column): void {
  const batchOf = (column: Column): RecordBatch => ({
    schema: { fields: [field] },
    rowCount: column.layout === 'dictionary' ? column.codes.length : lengthOf(column),
    columns: [column],
  });
  expect(equalBatches(batchOf(found), batchOf(expected))).toBeUndefined();
}

function lengthOf(column: Exclude<Column, { layout: 'dictionary' }>): number {
  return column.layout === 'bytes' ? column.values.offsets.length - 1 : column.values.length;
}

/** 1,000 rows in 10 pages, of a dictionary and of plain values. */
async function tenPages(): Promise<Uint8Array> {
  const numbers = Array.from({ length: 1_000 }, (_, i) => BigInt(i % 8));
  const noise = Float64Array.from({ length: 1_000 }, (_, i) => Math.sin(i));
  const batch: RecordBatch = {
    schema: {
      fields: [
        { name: 'few', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
        { name: 'noise', type: { kind: 'float', bits: 64 }, nullable: false },
      ],
    },
    rowCount: 1_000,
    columns: [
      {
        layout: 'dictionary',
        codes: Uint32Array.from(numbers, Number),
        dictionary: BigInt64Array.from({ length: 8 }, (_, i) => BigInt(i) * 1_000_000_007n),
      },
      { layout: 'fixed', values: noise },
    ],
  };
  return parquetBytes(batch.schema, [batch], {
    rowGroupRows: 1_000,
    pageRows: 100,
    dictionaryBytesMax: 1 << 16,
  });
}

/** Tells which bytes were asked for. */
function spied(bytes: Uint8Array): { source: ByteSource; asked: { start: number; end: number }[] } {
  const asked: { start: number; end: number }[] = [];
  const inner = fileSource(bytes);
  return {
    asked,
    source: {
      size: inner.size,
      read(offset, length, into) {
        asked.push({ start: offset, end: offset + length });
        return inner.read(offset, length, into);
      },
    },
  };
}

describe('pages without one of the rows', () => {
  it.each([
    ['few', 0],
    ['noise', 1],
  ])('are not asked of the source, nor decoded: %s', async (name, leaf) => {
    const bytes = await tenPages();
    const { source, asked } = spied(bytes);
    await withReader({ source, wholeBytesMax: 0 }, async (reader) => {
      const pages = await reader.pageLocations({ name, rowGroup: 0 });
      asked.length = 0;
      const rows = [
        { start: 250, end: 450 },
        { start: 799, end: 800 },
      ];
      await reader.column(name, { rowGroup: 0, rows, pages }).take(201);
      const stored = pagesOf(bytes, 0, leaf);
      const data = stored.slice(-10);
      const isDictionary = stored.length > 10;
      const at = (page: number) => ({
        start: data[page]!.offset,
        end: data[page]!.offset + data[page]!.sizeBytes,
      });
      const dictionary = isDictionary ? [{ start: stored[0]!.offset, end: data[0]!.offset }] : [];
      expect(asked).toEqual([...dictionary, { start: at(2).start, end: at(4).end }, at(7)]);
      expect(reader.pages.read).toBe(dictionary.length + 4);
    });
  });

  it('are passed over by their headers where nobody knows where they are', async () => {
    await withReader({ source: bytesSource(await tenPages()) }, async (reader) => {
      const cursor = reader.column('few');
      await cursor.skip(799);
      await cursor.take(1);
      // A dictionary, and the page with the row.
      expect(reader.pages.read).toBe(2);
    });
  });

  it('may be broken, which reading all of them tells', async () => {
    const bytes = await tenPages();
    const { offset, sizeBytes } = pagesOf(bytes, 0, 1)[3]!;
    bytes[offset + sizeBytes - 1]! ^= 1;
    await withReader({ source: bytesSource(bytes) }, async (reader) => {
      const skipping = reader.column('noise');
      await skipping.skip(400);
      await skipping.take(600);
      const reading = reader.column('noise');
      await reading.skip(300);
      await expect(reading.take(1)).rejects.toMatchObject({ code: 'CRC_MISMATCH', details: { page: 3 } });
      await expect(reading.skip(1)).rejects.toMatchObject({ code: 'CRC_MISMATCH' });
    });
  });
});

describe('pages that are others than they are said to be', () => {
  it.each<[string, (pages: readonly PageLocation[]) => readonly PageLocation[]]>([
    ['with other rows', (pages) => pages.map((page, i) => (i === 2 ? { ...page, rowCount: 99 } : page))],
    [
      'shorter',
      (pages) => pages.map((page, i) => (i === 2 ? { ...page, sizeBytes: page.sizeBytes - 1 } : page)),
    ],
    [
      'longer',
      (pages) => pages.map((page, i) => (i === 2 ? { ...page, sizeBytes: page.sizeBytes + 1 } : page)),
    ],
  ])('are refused: %s', async (_, forge) => {
    await withReader({ source: bytesSource(await tenPages()) }, async (reader) => {
      const pages = forge((await reader.pageLocations({ name: 'noise', rowGroup: 0 })) ?? []);
      const rows = [{ start: 210, end: 220 }];
      const cursor = reader.column('noise', { rowGroup: 0, rows, pages });
      await expect(cursor.take(10)).rejects.toMatchObject({
        code: 'PAGE_CORRUPT',
        details: { column: 'noise', rowGroup: 0, page: 2 },
      });
    });
  });

  it('are refused where the index leaves the first one out', async () => {
    await withReader({ source: bytesSource(await tenPages()) }, async (reader) => {
      const all = (await reader.pageLocations({ name: 'noise', rowGroup: 0 })) ?? [];
      const pages = all.slice(1).map((page) => ({ ...page, rowStart: page.rowStart - 100 }));
      const cursor = reader.column('noise', { rowGroup: 0, rows: [{ start: 0, end: 10 }], pages });
      await expect(cursor.take(10)).rejects.toMatchObject({
        code: 'PAGE_CORRUPT',
        message: 'the offset index does not list a page',
      });
    });
  });
});
