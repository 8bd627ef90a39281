import { columnAt, createColumnBuffer, valueAt, type Field, type RecordBatch } from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import { pagesOf } from '../spec-support/page-layout.js';
import { ARENA } from '../spec-support/test-arena.js';
import { parquetBytes } from '../write/spec-support/parquet-bytes.js';
import { openParquet, type ParquetReader } from './open-parquet.js';
import { USUAL_LIMITS } from './parquet-limits.js';

const text: Field = { name: 'text', type: { kind: 'utf8' }, nullable: true };
const ENTRIES: RecordBatch = {
  schema: {
    fields: [
      { name: 'id', type: { kind: 'int', bits: 32, signed: true }, nullable: false },
      { name: 'meta', type: { kind: 'nested', shape: 'struct', children: [text] }, nullable: true },
      { name: 'tags', type: { kind: 'nested', shape: 'list', children: [text] }, nullable: true },
    ],
  },
  rowCount: 150,
  columns: [
    { layout: 'fixed', values: Int32Array.from({ length: 150 }, (_, i) => i) },
    {
      layout: 'nested',
      values: Array.from({ length: 150 }, (_, i) =>
        i % 3 === 0 ? null : [i % 3 === 1 ? null : `text ${i}`],
      ),
    },
    { layout: 'nested', values: Array.from({ length: 150 }, (_, i) => Array(i % 3).fill(`tag ${i % 7}`)) },
  ],
};

afterEach(() => expect(ARENA.usedBytes).toBe(0));

async function withReader<T>(bytes: Uint8Array, work: (reader: ParquetReader) => Promise<T>): Promise<T> {
  // Neither at hand nor small enough to be read at once.
  const { size, read } = bytesSource(bytes);
  const tools = { source: { size, read }, arena: ARENA, wholeBytesMax: 0 };
  const reader = await openParquet(tools, USUAL_LIMITS);
  try {
    return await work(reader);
  } finally {
    reader.close();
  }
}

describe('pages as they are stored', () => {
  it('are checked without being decoded, and count as read', async () => {
    const bytes = await parquetBytes(ENTRIES.schema, [ENTRIES], { pageRows: 20 });
    await withReader(bytes, async (reader) => {
      expect(reader.rowGroups.length).toBe(2);
      for (const rowGroup of reader.rowGroups.keys()) await reader.checkPages(rowGroup);
      const pages = [0, 1].flatMap((group) => [0, 1, 2].flatMap((leaf) => pagesOf(bytes, group, leaf)));
      expect(reader.pages).toEqual({ read: pages.length, withCrc: pages.length });
      await expect(reader.checkPages(2)).rejects.toMatchObject({ kind: 'invalid', details: { rowGroup: 2 } });
    });
  });

  it.each([0, 1, 2])('are refused where one bit is another, leaf %i', async (leaf) => {
    const bytes = await parquetBytes(ENTRIES.schema, [ENTRIES], { pageRows: 20 });
    const { offset, sizeBytes } = pagesOf(bytes, 1, leaf).at(-1)!;
    const broken = bytes.slice();
    broken[offset + sizeBytes - 1]! ^= 4;
    await withReader(broken, async (reader) => {
      await reader.checkPages(0);
      await expect(reader.checkPages(1)).rejects.toMatchObject({
        kind: 'corrupt',
        code: 'CRC_MISMATCH',
        details: { rowGroup: 1, offset },
      });
    });
  });
});

describe('values of a leaf', () => {
  it('are those that are present, of structs and of lists', async () => {
    const bytes = await parquetBytes(ENTRIES.schema, [ENTRIES], { pageRows: 20 });
    const buffer = createColumnBuffer(ARENA, text.type);
    await withReader(bytes, async (reader) => {
      const valuesOf = async (leaf: number) => {
        buffer.clear();
        for (const rowGroup of reader.rowGroups.keys()) await reader.leafValues({ rowGroup, leaf }, buffer);
        const column = columnAt(ARENA, text.type, buffer.placedAsRead());
        return Array.from({ length: buffer.rowCount }, (_, i) =>
          Buffer.from(valueAt(column, i) as Uint8Array).toString(),
        );
      };
      const rows = Array.from({ length: 150 }, (_, i) => i);
      expect(await valuesOf(1)).toEqual(rows.filter((i) => i % 3 === 2).map((i) => `text ${i}`));
      expect(await valuesOf(2)).toEqual(rows.flatMap((i) => Array(i % 3).fill(`tag ${i % 7}`)));
      await expect(reader.leafValues({ rowGroup: 0, leaf: 3 }, buffer)).rejects.toMatchObject({
        kind: 'invalid',
      });
    });
    buffer.release();
  });

  it('are refused where a page is damaged', async () => {
    const bytes = await parquetBytes(ENTRIES.schema, [ENTRIES]);
    const { offset, sizeBytes } = pagesOf(bytes, 0, 1).at(-1)!;
    bytes[offset + sizeBytes - 1]! ^= 4;
    const buffer = createColumnBuffer(ARENA, text.type);
    await withReader(bytes, (reader) =>
      expect(reader.leafValues({ rowGroup: 0, leaf: 1 }, buffer)).rejects.toMatchObject({
        code: 'CRC_MISMATCH',
      }),
    );
    buffer.release();
  });
});
