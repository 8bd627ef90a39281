import type { ParquetReader } from '@ticklake/parquet';
import type { Filter } from './filter.js';
import { scanParquet } from './scan-parquet.js';
import { spiedSource, withReader, type Stretch } from './spec-support/files.js';
import { scanned } from './spec-support/scanned.js';
import { ticks } from './spec-support/ticks.js';

describe('row groups that are read at once', () => {
  const sizesOf = (reader: ParquetReader) => reader.rowGroups.map(({ sizeBytes }) => sizeBytes);

  async function withTicks<T>(
    work: (reader: ParquetReader, asked: readonly Stretch[]) => Promise<T>,
    bytes?: Uint8Array,
  ): Promise<T> {
    const { source, asked } = spiedSource(bytes ?? (await ticks()));
    return withReader({ source, wholeBytesMax: 0 }, async (reader) => {
      asked.length = 0;
      return work(reader, asked);
    });
  }

  it('are one request each, the next one while the batches of another are taken', async () => {
    await withTicks(async (reader, asked) => {
      const [first, second] = sizesOf(reader);
      const requests: number[] = [];
      const options = { predicates: [], batchRows: 200, aheadBytesMax: 1 << 20 };
      for await (const { rowCount } of scanParquet(reader, options)) {
        expect(rowCount).toBeLessThanOrEqual(200);
        requests.push(asked.length);
      }
      expect(requests).toEqual([1, 2, 2, 2, 2, 2]);
      expect(asked.map(({ start, end }) => end - start)).toEqual([first, second]);
    });
  });

  it('are those that two of fit what is allowed, and that have no filter', async () => {
    await withTicks(async (reader, asked) => {
      const aheadBytesMax = 2 * Math.min(...sizesOf(reader)) - 1;
      expect((await scanned(reader, { aheadBytesMax })).rowCount).toBe(1_000);
      expect(asked.length).toBe(6);
    });
    await withTicks(async (reader, asked) => {
      const filters: Filter[] = [['ts', '>=', 0]];
      const columns = ['ts'];
      expect((await scanned(reader, { filters, columns, aheadBytesMax: 1 << 20 })).rowCount).toBe(1_000);
      const chunks = reader.rowGroups.map((group) => group.columns[0]!);
      for (const { offset, sizeBytes } of chunks) {
        expect(asked).toContainEqual({ start: offset, end: offset + sizeBytes });
      }
    });
  });

  it('are given back when nobody wants the rest', async () => {
    await withTicks(async (reader, asked) => {
      const batches = scanParquet(reader, { predicates: [], batchRows: 200, aheadBytesMax: 1 << 20 });
      await batches.next();
      await batches.next();
      await batches.return(undefined);
      expect(asked.length).toBe(2);
    });
  });

  it('fail when their turn comes, not before', async () => {
    const bytes = await ticks();
    await withTicks(async (reader) => {
      const { offset, sizeBytes } = reader.rowGroups[1]!.columns[2]!;
      bytes[offset + sizeBytes - 1]! ^= 1;
      const batches = scanParquet(reader, { predicates: [], batchRows: 500, aheadBytesMax: 1 << 20 });
      expect((await batches.next()).value.rowCount).toBe(500);
      await expect(batches.next()).rejects.toMatchObject({ code: 'CRC_MISMATCH' });
    }, bytes);
  });

  it('fail as the source does', async () => {
    const { source } = spiedSource(await ticks());
    let left = Infinity;
    const broken = {
      size: source.size,
      read: (...range: Parameters<typeof source.read>) =>
        left-- > 0 ? source.read(...range) : Promise.reject(new Error('the disk is gone')),
    };
    await withReader({ source: broken, wholeBytesMax: 0 }, async (reader) => {
      left = 1;
      const batches = scanParquet(reader, { predicates: [], batchRows: 250, aheadBytesMax: 1 << 20 });
      for (const _ of [1, 2]) expect((await batches.next()).value.rowCount).toBe(250);
      await expect(batches.next()).rejects.toThrow('the disk is gone');
    });
  });
});
