import type { Column, DataType, RecordBatch, Schema } from '@ticklake/columnar';
import { parquetMetadata } from 'hyparquet';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { crc32 } from 'node:zlib';
import { createParquetSink } from './parquet-sink.js';
import { parquetBytes, SMALL } from './spec-support/parquet-bytes.js';
import { memorySink } from '../testing/memory-sink.js';
import { ARENA } from '../spec-support/test-arena.js';

const INT64: DataType = { kind: 'int', bits: 64, signed: true };
const SCHEMA: Schema = {
  fields: [
    { name: 'ts', type: INT64, nullable: false },
    { name: 'venue', type: { kind: 'utf8' }, nullable: true },
  ],
};

describe('pages', () => {
  it.each(['none', 'snappy', 'zstd'] as const)(
    'all carry the checksum of their stored bytes, %s',
    async (compression) => {
      const bytes = await parquetBytes(SCHEMA, [rowsOf(250)], { compression });
      const pages = walkPages(bytes);
      // Three row groups: 7 + 7 + 4 data pages of each column, and a dictionary for the venues.
      expect(pages).toHaveLength(2 * 18 + 3);
      for (const { stored, body } of pages) expect(stored).toBe(crc32(body) | 0);
    },
  );
});

describe('row groups', () => {
  it('are cut by rows, not by calls', async () => {
    const bytes = await parquetBytes(SCHEMA, [rowsOf(30), rowsOf(0), rowsOf(205), rowsOf(15)]);
    const { row_groups, num_rows } = parquetMetadata(bufferOf(bytes));
    expect(row_groups.map((group) => Number(group.num_rows))).toEqual([100, 100, 50]);
    expect(Number(num_rows)).toBe(250);
  });

  it('name their sorting columns and have both page indexes for them', async () => {
    const bytes = await parquetBytes(SCHEMA, [rowsOf(150)], { sortingColumns: ['ts', 'venue'] });
    for (const { sorting_columns, columns } of parquetMetadata(bufferOf(bytes)).row_groups) {
      expect(sorting_columns).toEqual([
        { column_idx: 0, descending: false, nulls_first: false },
        { column_idx: 1, descending: false, nulls_first: false },
      ]);
      for (const column of columns) {
        expect(column.column_index_length).toBeGreaterThan(0);
        expect(column.offset_index_length).toBeGreaterThan(0);
      }
    }
  });
});

describe('finish', () => {
  it('tells what was written', async () => {
    const target = memorySink();
    const sink = createParquetSink({ target, arena: ARENA }, SCHEMA, SMALL);
    await sink.write(rowsOf(101));
    expect(await sink.finish({})).toEqual({
      rowCount: 101,
      rowGroupCount: 2,
      sizeBytes: target.bytes().length,
    });
  });

  it('sorts the metadata and takes the creator as given', async () => {
    const one = await parquetBytes(SCHEMA, [rowsOf(3)], { metadata: { z: '1', a: '2' } });
    const other = await parquetBytes(SCHEMA, [rowsOf(3)], { metadata: { a: '2', z: '1' } });
    expect(Buffer.compare(one, other)).toBe(0);
    const { key_value_metadata, created_by } = parquetMetadata(bufferOf(one));
    expect(key_value_metadata?.map(({ key }) => key)).toEqual(['a', 'z']);
    expect(created_by).toBe('ticklake test');
  });
});

describe('a refused batch', () => {
  const nullTs: RecordBatch = {
    ...rowsOf(2),
    columns: [
      { layout: 'fixed', values: BigInt64Array.of(1n, 2n), validity: Uint8Array.of(1, 0) },
      rowsOf(2).columns[1] as Column,
    ],
  };
  it.each<[string, RecordBatch]>([
    ['a null where one is required', nullTs],
    ['another schema', { ...rowsOf(2), schema: { fields: [...SCHEMA.fields].reverse() } }],
    ['too few rows', { ...rowsOf(2), rowCount: 3 }],
    [
      'an array of another type',
      {
        ...rowsOf(2),
        columns: [{ layout: 'fixed', values: Int32Array.of(1, 2) }, rowsOf(2).columns[1] as Column],
      },
    ],
    [
      'a code without an entry',
      {
        ...rowsOf(1),
        columns: [
          rowsOf(1).columns[0] as Column,
          {
            layout: 'dictionary',
            codes: Uint32Array.of(1),
            dictionary: { offsets: Uint32Array.of(0, 1), data: Uint8Array.of(65) },
          },
        ],
      },
    ],
  ])('is invalid for %s, and ends the sink', async (_, batch) => {
    const sink = createParquetSink({ target: memorySink(), arena: ARENA }, SCHEMA, SMALL);
    await expect(sink.write(batch)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(sink.write(rowsOf(1))).rejects.toMatchObject({
      kind: 'invalid',
      message: 'the parquet sink failed before',
    });
    await expect(sink.finish({})).rejects.toMatchObject({ kind: 'invalid' });
  });

  it('includes decimals and fixed bytes that do not fit', async () => {
    for (const type of [
      { kind: 'decimal', precision: 2, scale: 0 },
      { kind: 'bytes', sizeBytes: 1 },
    ] satisfies DataType[]) {
      const schema: Schema = { fields: [{ name: 'x', type, nullable: false }] };
      const values = { offsets: Uint32Array.of(0, 2), data: Uint8Array.of(1, 0) };
      const sink = createParquetSink({ target: memorySink(), arena: ARENA }, schema, SMALL);
      await expect(
        sink.write({ schema, rowCount: 1, columns: [{ layout: 'bytes', values }] }),
      ).rejects.toMatchObject({ kind: 'invalid' });
    }
  });

  it('includes a decimal of more digits than are read', () => {
    const schemaOf = (precision: number): Schema => ({
      fields: [{ name: 'x', type: { kind: 'decimal', precision, scale: 0 }, nullable: false }],
    });
    const tools = { target: memorySink(), arena: ARENA };
    expect(() => createParquetSink(tools, schemaOf(77), SMALL)).toThrow(
      expect.objectContaining({ kind: 'invalid' }),
    );
    createParquetSink(tools, schemaOf(76), SMALL).close();
  });

  it('is also one that the target did not take', async () => {
    const failing = { write: () => Promise.reject(new Error('disk full')) };
    const sink = createParquetSink({ target: failing, arena: ARENA }, SCHEMA, SMALL);
    await expect(sink.write(rowsOf(100))).rejects.toThrow('disk full');
    await expect(sink.finish({})).rejects.toMatchObject({ kind: 'invalid', cause: new Error('disk full') });
  });
});

it.each([{ rowGroupRows: 0 }, { pageRows: 1.5 }, { dictionaryBytesMax: -1 }, { sortingColumns: ['none'] }])(
  'options %j are invalid',
  (options) => {
    expect(() =>
      createParquetSink({ target: memorySink(), arena: ARENA }, SCHEMA, { ...SMALL, ...options }),
    ).toThrow(expect.objectContaining({ kind: 'invalid' }));
  },
);

/** Rows `0 … count`, one venue of two, every fifth unknown. */
function rowsOf(count: number): RecordBatch {
  const codes = Uint32Array.from({ length: count }, (_, i) => i % 2);
  const validity = Uint8Array.from({ length: count }, (_, i) => (i % 5 === 4 ? 0 : 1));
  const dictionary = { offsets: Uint32Array.of(0, 7, 10), data: new TextEncoder().encode('binanceokx') };
  const ts = BigInt64Array.from({ length: count }, (_, i) => BigInt(i));
  return {
    schema: SCHEMA,
    rowCount: count,
    columns: [
      { layout: 'fixed', values: ts },
      { layout: 'dictionary', codes, dictionary, validity },
    ],
  };
}

/** Every page by the footer's offsets and sizes, headers parsed by another library's thrift reader. */
function walkPages(bytes: Uint8Array): { readonly stored: number; readonly body: Uint8Array }[] {
  const pages: { stored: number; body: Uint8Array }[] = [];
  for (const { columns } of parquetMetadata(bufferOf(bytes)).row_groups) {
    for (const { meta_data: chunk } of columns) {
      const start = Number(chunk?.dictionary_page_offset ?? chunk?.data_page_offset);
      const end = start + Number(chunk?.total_compressed_size);
      for (let offset = start; offset < end; ) {
        const reader = { view: new DataView(bufferOf(bytes)), offset };
        const header = deserializeTCompactProtocol(reader) as { field_3: number; field_4: number };
        offset = reader.offset + header.field_3;
        pages.push({ stored: header.field_4, body: bytes.subarray(reader.offset, offset) });
      }
    }
  }
  return pages;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}
