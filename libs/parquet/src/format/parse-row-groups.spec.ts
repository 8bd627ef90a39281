import type { RecordBatch } from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import { openParquet } from '../read/open-parquet.js';
import { USUAL_LIMITS } from '../read/parquet-limits.js';
import { ARENA } from '../spec-support/test-arena.js';
import { parquetBytes } from '../write/spec-support/parquet-bytes.js';
import type { FileMeta } from './metadata.js';
import { parseFooter } from './parse-footer.js';

const type = { kind: 'int', bits: 64, signed: true } as const;
const schema: RecordBatch['schema'] = {
  fields: ['one', 'two', 'three'].map((name) => ({ name, type, nullable: false })),
};

/** A file of row groups of one row; column `i` of row group `g` holds `3 g + i`. */
async function fileOf(rowGroupCount: number): Promise<Uint8Array> {
  const columns = schema.fields.map((_, i) => ({
    layout: 'fixed' as const,
    type,
    validity: undefined,
    values: BigInt64Array.from({ length: rowGroupCount }, (__, group) => BigInt(3 * group + i)),
  }));
  const batch = { schema, rowCount: rowGroupCount, columns };
  return parquetBytes(schema, [batch], { rowGroupRows: 1, sortingColumns: ['one'] });
}

function footerOf(file: Uint8Array): Buffer {
  const bytes = Buffer.from(file);
  return bytes.subarray(bytes.length - 8 - bytes.readUInt32LE(bytes.length - 8), bytes.length - 8);
}

const parse = (footer: Uint8Array, nodesMax = 1e6): FileMeta => parseFooter(footer, { nodesMax });

/** Far more chunks than are kept as objects; and none more. */
const COUNTS = [1000, 3];

it.each(COUNTS)('tells the same of %i row groups whenever it is asked', async (count) => {
  const { rowGroups } = parse(footerOf(await fileOf(count)));
  expect(rowGroups).toHaveLength(count);
  let end = 4;
  for (const group of rowGroups) {
    const { chunks, rowCount, sortingColumns } = group;
    expect([rowCount, sortingColumns]).toEqual([1, [{ leaf: 0, descending: false }]]);
    expect(chunks.map(({ path }) => path.join())).toEqual(['one', 'two', 'three']);
    chunks.forEach((chunk, leaf) => expect(group.chunk(leaf)).toEqual(chunk));
    expect(group.chunk(3)).toBeUndefined();
    for (const { dictionaryPageOffset, dataPageOffset, sizeBytes } of chunks) {
      expect(dictionaryPageOffset ?? dataPageOffset).toBe(end);
      end += sizeBytes;
    }
  }
});

it.each(COUNTS)('has the facts and the rows of %i row groups', async (count) => {
  const reader = await openParquet({ source: bytesSource(await fileOf(count)), arena: ARENA }, USUAL_LIMITS);
  const bounds = reader.rowGroups.map(({ columns }) => columns.map((column) => column.bounds?.min));
  expect(bounds.flat()).toEqual(Array.from({ length: 3 * count }, (_, i) => BigInt(i)));
  expect(reader.minMax('two')).toEqual({ min: 1n, max: BigInt(3 * count - 2) });
  const last = await reader.column('three', { rowGroup: count - 1 }).take(1);
  expect(last).toMatchObject({ values: BigInt64Array.of(BigInt(3 * count - 1)) });
  reader.close();
});

it.each(COUNTS)('refuses a footer whose last of %i row groups is bad', async (count) => {
  const footer = footerOf(await fileOf(count));
  const bad = Buffer.from(footer);
  bad[footer.lastIndexOf('three')] = 0xff;
  expect(() => parse(bad)).toThrow(expect.objectContaining({ code: 'THRIFT_ERROR' }));
});

it('counts the nodes of every row group, once', async () => {
  const nodesOf = async (count: number): Promise<number> => {
    const footer = footerOf(await fileOf(count));
    let [enough, tooFew] = [1e6, 0];
    while (enough - tooFew > 1) {
      const middle = (enough + tooFew) >> 1;
      try {
        parse(footer, middle).rowGroups.forEach(({ chunks }) => expect(chunks).toHaveLength(3));
        enough = middle;
      } catch (error) {
        expect(error).toMatchObject({ code: 'LIMIT' });
        tooFew = middle;
      }
    }
    return enough;
  };
  const [some, more, most] = await Promise.all([100, 200, 1000].map(nodesOf));
  expect((most as number) - (more as number)).toBe(8 * ((more as number) - (some as number)));
});

describe('names and encodings that were read of the file before', () => {
  /** A footer of one row group of a hundred rows of few values. */
  async function footer(names: readonly string[], dictionaryBytesMax: number): Promise<Buffer> {
    const fields = names.map((name) => ({ name, type, nullable: false }));
    const columns = names.map(() => ({
      layout: 'fixed' as const,
      values: BigInt64Array.from({ length: 100 }, (_, row) => BigInt((row * 7919) % 3) * 10n ** 12n),
    }));
    const batch = { schema: { fields }, rowCount: 100, columns };
    return footerOf(await parquetBytes({ fields }, [batch], { dictionaryBytesMax }));
  }
  const told = (bytes: Buffer, nodesMax?: number) =>
    parse(bytes, nodesMax).rowGroups.flatMap(({ chunks }) =>
      chunks.map(({ path, encodings }) => [...path, ...encodings]),
    );
  /** How much a dictionary may take: values are codes into one, or there is none. */
  const [CODED, PLAIN] = [1 << 16, 0];

  it('are not those of a file that has others, however alike their bytes', async () => {
    const footers = await Promise.all([
      footer(['one', 'two'], CODED),
      footer(['one', 'tow'], CODED),
      footer(['one', 'two'], PLAIN),
      footer(['one'], CODED),
    ]);
    const all = footers.map((bytes) => told(bytes));
    const [coded, , plain] = all.map((chunks) => chunks.map(([, ...encodings]) => encodings)[0]);
    expect(coded).not.toEqual(plain);
    expect(all).toEqual([
      ['one', 'two'].map((name) => [name, ...coded!]),
      ['one', 'tow'].map((name) => [name, ...coded!]),
      ['one', 'two'].map((name) => [name, ...plain!]),
      [['one', ...coded!]],
    ]);
    // And again, each after another one and after itself.
    footers.forEach((bytes, i) => expect([told(bytes), told(bytes)]).toEqual([all[i], all[i]]));
    expect(footers.map((bytes) => told(bytes))).toEqual(all);
  });

  it('are as they were, whatever has become of the bytes they were read from', async () => {
    const [bytes, others] = [await footer(['one', 'two'], CODED), await footer(['six', 'ten'], CODED)];
    expect(told(bytes).map(([name]) => name)).toEqual(['one', 'two']);
    expect(others).toHaveLength(bytes.length);
    bytes.set(others);
    expect(told(bytes).map(([name]) => name)).toEqual(['six', 'ten']);
    const [, ...columns] = parse(bytes).schema;
    expect(columns.map(({ name }) => name)).toEqual(['six', 'ten']);
  });

  it('count as they did when they were read', async () => {
    const bytes = await footer(['six', 'ten'], CODED);
    const leastNodes = () => {
      for (let nodesMax = 1; ; nodesMax++) {
        try {
          told(bytes, nodesMax);
          return nodesMax;
        } catch (error) {
          expect(error).toMatchObject({ code: 'LIMIT' });
        }
      }
    };
    const unknown = leastNodes();
    expect(leastNodes()).toBe(unknown);
  });
});
