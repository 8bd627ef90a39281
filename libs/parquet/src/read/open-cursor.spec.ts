import { concatColumns, type Column, type RecordBatch } from '@ticklake/columnar';
import { equalBatches } from '@ticklake/columnar/testing';
import fc from 'fast-check';
import { arbitraryFile } from '../spec-support/arbitrary-file.js';
import { ARENA } from '../spec-support/test-arena.js';
import { fileSource } from '../testing/file-source.js';
import { parquetBytes } from '../write/spec-support/parquet-bytes.js';
import { openParquet } from './open-parquet.js';
import { USUAL_LIMITS } from './parquet-limits.js';

afterEach(() => expect(ARENA.usedBytes).toBe(0));

const open = (bytes: Uint8Array, wholeBytesMax: number) =>
  openParquet({ source: fileSource(bytes), arena: ARENA, wholeBytesMax, windowBytes: 64 }, USUAL_LIMITS);

describe('what is opened before it is read', () => {
  it('is read as ever, wherever that is, and once more or not at all', async () => {
    const steps = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 9 })), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(
        arbitraryFile(),
        steps,
        fc.constantFrom(0, 1 << 20),
        async ({ batch, options }, all, whole) => {
          const reader = await open(await parquetBytes(batch.schema, [batch], options), whole);
          const columns: Column[] = [];
          for (const { name, type } of batch.schema.fields) {
            const cursor = reader.column(name);
            const parts: Column[] = [];
            let left = batch.rowCount;
            for (const [opens, rowCount] of [...all, [1, batch.rowCount] as const]) {
              const count = Math.min(rowCount, left);
              for (let i = 0; i < opens && left > 0; i++) await cursor.open();
              parts.push(await cursor.take(count));
              left -= count;
            }
            cursor.close();
            columns.push(concatColumns(type, parts));
          }
          reader.close();
          const found: RecordBatch = { ...batch, columns };
          expect(equalBatches(found, batch)).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('fails where it is damaged, and keeps failing', async () => {
    const schema = {
      fields: [{ name: 'id', type: { kind: 'int', bits: 64, signed: true } as const, nullable: false }],
    };
    const columns: Column[] = [
      { layout: 'fixed', values: BigInt64Array.from({ length: 9 }, (_, i) => BigInt(i) ** 9n) },
    ];
    const bytes = await parquetBytes(schema, [{ schema, rowCount: 9, columns }]);
    const whole = await open(bytes, 1 << 20);
    const { offset, sizeBytes } = whole.rowGroups[0]!.columns[0]!;
    whole.close();
    const last = offset + sizeBytes - 1;
    bytes[last] = (bytes[last] as number) ^ 1;
    const reader = await open(bytes, 0);
    const cursor = reader.column('id');
    const damaged = { kind: 'corrupt', details: { column: 'id', rowGroup: 0 } };
    const opened = async () => cursor.open();
    // Of several pages, only the last one is.
    const taken = async () => {
      for (let row = 0; row < 9; row++) {
        await opened();
        await cursor.take(1);
      }
    };
    await expect(taken()).rejects.toMatchObject(damaged);
    await expect(opened()).rejects.toMatchObject(damaged);
    reader.close();
  });
});
