import { createArena } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import { openParquet, type ParquetLimits } from '@ticklake/parquet';
import { localStore } from '@ticklake/storage';
import { resolve } from 'node:path';
import { damages } from './damage.js';

const MIB = 2 ** 20;
const arena = createArena({ bytesMax: 256 * MIB });
const limits: ParquetLimits = {
  footerBytesMax: MIB,
  pageBytesMax: MIB,
  chunkBytesMax: MIB,
  rowsMax: MIB,
  rowGroupRowsMax: MIB,
  rowGroupsMax: 16,
  columnsMax: 64,
  thriftNodesMax: 10_000,
  expansionRatioMax: 1000,
};

/** The code that each damage must be told by. */
const CODES: Readonly<Record<string, string>> = {
  'no-bytes': 'TRUNCATED',
  'magic-only': 'TRUNCATED',
  'truncated-half': 'TRUNCATED',
  'truncated-tail': 'TRUNCATED',
  'wrong-head': 'BAD_MAGIC',
  'footer-length-huge': 'TRUNCATED',
  'footer-garbage': 'THRIFT_ERROR',
  'page-header-garbage': 'THRIFT_ERROR',
  'page-bit': 'CRC_MISMATCH',
  concatenated: 'METADATA',
  text: 'BAD_MAGIC',
};

describe('a damaged spool file', () => {
  const store = localStore(resolve('../test-data'));
  it.each(Object.keys(damages))('%s has its code', async (name) => {
    const { objects } = await store.children(`spool-corrupt/exchange=bybit/stream=bbo/symbol=${name}/`);
    expect(objects).toHaveLength(1);
    expect(await codeOf(objects[0]?.key ?? '')).toBe(CODES[name]);
  });

  it('is what every kind of damage makes, and a good file is not', async () => {
    expect(Object.keys(CODES).sort()).toEqual(Object.keys(damages).sort());
    const { objects } = await store.children('spool-corrupt/exchange=bybit/stream=bbo/symbol=good/');
    for (const { key } of objects) expect(await codeOf(key)).toBeUndefined();
  });

  async function codeOf(key: string): Promise<string | undefined> {
    try {
      const reader = await openParquet({ source: await store.open(key), arena }, limits);
      let rowCount = 0;
      for await (const batch of reader.batches({ rowsMax: 1000 })) rowCount += batch.rowCount;
      expect(rowCount).toBe(reader.rowCount);
      return undefined;
    } catch (error) {
      if (!isLakeError(error, 'corrupt')) throw error;
      return error.code;
    }
  }
});
