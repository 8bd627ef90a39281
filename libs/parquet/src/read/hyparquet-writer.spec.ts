import fc from 'fast-check';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readAll } from '../spec-support/read-all.js';

const hex = (text: string) => Buffer.from(text).toString('hex');
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
// A lone surrogate has no UTF-8; the writer would replace it.
const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('a', 'b', '\ufeff', ''));

it('what hyparquet-writer writes is read as it was', async () => {
  const row = fc.record({
    int64,
    maybe: fc.option(int64),
    int32: fc.integer(),
    double: fc.double(),
    text,
    maybeText: fc.option(text),
    bool: fc.boolean(),
    bytes: fc.uint8Array({ maxLength: 9 }),
  });
  const cases = fc.record({
    rows: fc.array(row, { minLength: 1, maxLength: 200 }),
    codec: fc.constantFrom('UNCOMPRESSED' as const, 'SNAPPY' as const),
    rowGroupSize: fc.integer({ min: 1, max: 300 }),
    pageSize: fc.constantFrom(64, 1_000_000),
    rowsMax: fc.integer({ min: 1, max: 300 }),
  });
  const check = async ({
    rows,
    codec,
    rowGroupSize,
    pageSize,
    rowsMax,
  }: typeof cases extends fc.Arbitrary<infer T> ? T : never) => {
    const file = parquetWriteBuffer({
      codec,
      rowGroupSize,
      pageSize,
      columnData: [
        { name: 'int64', type: 'INT64', data: rows.map((r) => r.int64), nullable: false },
        { name: 'maybe', type: 'INT64', data: rows.map((r) => r.maybe) },
        { name: 'int32', type: 'INT32', data: rows.map((r) => r.int32) },
        { name: 'double', type: 'DOUBLE', data: rows.map((r) => r.double) },
        { name: 'text', type: 'STRING', data: rows.map((r) => r.text) },
        { name: 'maybeText', type: 'STRING', data: rows.map((r) => r.maybeText) },
        { name: 'bool', type: 'BOOLEAN', data: rows.map((r) => r.bool) },
        { name: 'bytes', type: 'BYTE_ARRAY', data: rows.map((r) => r.bytes) },
      ],
    });
    const { columns } = await readAll(new Uint8Array(file), rowsMax);
    expect(columns).toEqual([
      rows.map((r) => String(r.int64)),
      rows.map((r) => String(r.maybe)),
      rows.map((r) => String(r.int32)),
      rows.map((r) => (Object.is(r.double, -0) ? '-0' : String(r.double))),
      rows.map((r) => hex(r.text)),
      rows.map((r) => (r.maybeText === null ? 'null' : hex(r.maybeText))),
      rows.map((r) => String(r.bool)),
      rows.map((r) => Buffer.from(r.bytes).toString('hex')),
    ]);
  };
  await fc.assert(fc.asyncProperty(cases, check), { numRuns: 200 });
});
