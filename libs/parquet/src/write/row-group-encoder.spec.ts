import { createColumnBuffer, textColumn, type Column, type Schema } from '@ticklake/columnar';
import { ARENA } from '../spec-support/test-arena.js';
import { memorySink } from '../testing/memory-sink.js';
import { createParquetSink } from './parquet-sink.js';
import { openRowGroupEncoder } from './row-group-encoder.js';
import { parquetBytes, SMALL } from './spec-support/parquet-bytes.js';

const SCHEMA: Schema = {
  fields: [
    { name: 'id', type: { kind: 'int', bits: 64, signed: true }, nullable: false },
    { name: 'side', type: { kind: 'utf8' }, nullable: true },
  ],
};

const ROWS = 10;

/** Columns of row group `group`. */
function columnsOf(group: number): readonly Column[] {
  const rows = Array.from({ length: ROWS }, (_, row) => group * ROWS + row);
  return [
    { layout: 'fixed', values: BigInt64Array.from(rows, BigInt) },
    textColumn(rows.map((row) => (row % 3 === 0 ? null : `side ${row}`))),
  ];
}

it('keeps the chunks of as many row groups as there are turns', async () => {
  const options = { ...SMALL, rowGroupRows: ROWS };
  const encoder = await openRowGroupEncoder(ARENA, SCHEMA, options, { turns: 2 });
  const buffers = SCHEMA.fields.map(({ type }) => createColumnBuffer(ARENA, type));
  const encode = (group: number) => {
    const columns = columnsOf(group).map((column, i) => {
      const buffer = buffers[i]!;
      buffer.clear();
      buffer.append(column, 0, ROWS);
      return buffer.placed();
    });
    return encoder.encode(columns, ROWS);
  };
  const target = memorySink();
  const sink = createParquetSink({ target, arena: ARENA }, SCHEMA, options);
  let before = await encode(0);
  for (const group of [1, 2, 3]) {
    const next = await encode(group);
    await sink.writeRowGroup(before.flat(), ROWS);
    before = next;
  }
  await sink.writeRowGroup(before.flat(), ROWS);
  await sink.finish({});
  for (const one of [encoder, ...buffers]) one.release();
  expect(ARENA.usedBytes).toBe(0);
  const batches = [0, 1, 2, 3].map((group) => ({
    schema: SCHEMA,
    rowCount: ROWS,
    columns: columnsOf(group),
  }));
  expect(Buffer.compare(target.bytes(), await parquetBytes(SCHEMA, batches, options))).toBe(0);
});
