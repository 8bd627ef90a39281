import type { RecordBatch } from '@ticklake/columnar';
import { parquetBytes } from '../write/spec-support/parquet-bytes.js';
import { parseFooter } from './parse-footer.js';

/** The footer of a file without rows that has columns of these names. */
async function footerOf(...names: readonly string[]): Promise<Uint8Array> {
  const type = { kind: 'float', bits: 64 } as const;
  const schema: RecordBatch['schema'] = { fields: names.map((name) => ({ name, type, nullable: true })) };
  const file = Buffer.from(await parquetBytes(schema, []));
  return file.subarray(file.length - 8 - file.readUInt32LE(file.length - 8), file.length - 8);
}

const namesIn = (footer: Uint8Array, nodesMax = 1000) =>
  parseFooter(footer, { nodesMax }).schema.map(({ name }) => name);

describe('a schema that was read before', () => {
  it('is not read for that of another file, however alike their bytes', async () => {
    const footers = await Promise.all([footerOf('aa', 'bb'), footerOf('aa', 'bc'), footerOf('aa')]);
    const names = footers.map((footer) => namesIn(footer).slice(1));
    expect(names).toEqual([['aa', 'bb'], ['aa', 'bc'], ['aa']]);
    // And again, each after another one.
    expect(footers.map((footer) => namesIn(footer).slice(1))).toEqual(names);
  });

  it('counts as it did when it was read', async () => {
    const footer = await footerOf('aa', 'bb');
    let enough = 1;
    const passes = () => {
      try {
        return namesIn(footer, enough).length > 0;
      } catch (error) {
        expect(error).toMatchObject({ code: 'LIMIT' });
        return false;
      }
    };
    while (!passes()) enough++;
    // Known by now, and as many nodes as ever.
    expect(passes()).toBe(true);
    expect(() => namesIn(footer, enough - 1)).toThrow(expect.objectContaining({ code: 'LIMIT' }));
    expect(() => namesIn(footer, 1)).toThrow(expect.objectContaining({ code: 'LIMIT' }));
  });

  it('is not read past the end of a footer that is cut', async () => {
    const footer = await footerOf('aa', 'bb');
    expect(namesIn(footer)).toHaveLength(3);
    for (let end = 1; end < footer.length; end++) {
      expect(() => namesIn(footer.subarray(0, end))).toThrow(
        expect.objectContaining({ code: 'THRIFT_ERROR' }),
      );
    }
  });
});
