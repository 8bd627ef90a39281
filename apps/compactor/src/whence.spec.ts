import { createHash } from 'node:crypto';
import type { RecordBatch } from '@ticklake/columnar';
import { parseUtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { compact } from './job.js';
import type { PartitionKey } from './partition-key.js';
import { ARENA, testContext, testRequest } from './testing/context.js';
import { emptyStore, parquetBytes, putSpool, spoolBatch, type SpoolRow } from './testing/spool.js';
import { BBO, BBO_FILES, readMeta, spool, TRADE, TRADE_FILES } from './testing/two-partitions.js';
import { lineageText } from './whence-text.js';
import { whence } from './whence.js';

const day = parseUtcDay('20260203');
const BBO_KEY: PartitionKey = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day };
const TRADE_KEY: PartitionKey = { exchange: 'okx', stream: 'trade', symbol: 'ethusdt', day };
const { signal } = new AbortController();

interface Stores {
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
}

async function compacted(stores: Stores): Promise<Stores> {
  const { failed } = await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
  expect(failed).toBe(0);
  return stores;
}

const trace = (
  stores: Stores,
  key: PartitionKey,
  seqs: readonly number[],
  raw: ObjectStore | undefined = stores.raw,
) => whence(key, seqs, { arena: ARENA, compact: stores.compact, raw, signal });

type Origin = readonly [name: string, row: number];

/** Where the rows of a partition come from, by a stable sort of what its files hold. */
function expectedOrigins(files: Readonly<Record<string, readonly SpoolRow[]>>): Origin[] {
  return Object.keys(files)
    .sort()
    .flatMap((name) => (files[name] ?? []).map((row, i) => ({ time: row[0], origin: [name, i] as const })))
    .sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0))
    .map(({ origin }) => origin);
}

async function origins(stores: Stores, key: PartitionKey, rowCount: number): Promise<(Origin | undefined)[]> {
  const { rows } = await trace(stores, key, [...Array(rowCount).keys()]);
  expect(rows.filter(({ isProved }) => isProved !== true)).toEqual([]);
  return rows.map(({ origin }) => origin && [origin.name, origin.row]);
}

describe('the origin of every row', () => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await compacted(await spool());
  });

  it('is found where files overlap', async () => {
    expect(await origins(stores, BBO_KEY, 220)).toEqual(expectedOrigins(BBO_FILES));
  });

  it('is found where every row has a twin in another file', async () => {
    expect(await origins(stores, TRADE_KEY, 80)).toEqual(expectedOrigins(TRADE_FILES));
  });

  it('is told with its values from both sides', async () => {
    const { rows, rowCount } = await trace(stores, BBO_KEY, [0, 219]);
    expect(rowCount).toBe(220);
    expect(rows[0]).toMatchObject({
      seq: 0,
      time: '1770076800000',
      ties: { count: 1, index: 0 },
      origin: { name: '2026-02-03_10-00-00.parquet', row: 0 },
      isProved: true,
      values: { ts_event: '1770076800000', seq: '0', price: '100', symbol: null },
      originValues: { ts_event: '1770076800000', price: '100', symbol: null },
    });
    expect(rows[0]?.originValues).not.toHaveProperty('seq');
    const text = lineageText({ partition: 'p', rowCount, rows });
    expect(text).toContain('from 2026-02-03_10-00-00.parquet row 0: the same values in every column');
  });

  it('needs only the sources whose range holds the time', async () => {
    const [row] = (await trace(stores, BBO_KEY, [0])).rows;
    expect(row?.candidates).toEqual([{ name: '2026-02-03_10-00-00.parquet', state: 'read' }]);
  });

  it('is refused for a row that is not there, and a partition that is not published', async () => {
    await expect(trace(stores, BBO_KEY, [1, 220])).rejects.toMatchObject({
      kind: 'invalid',
      code: 'SEQ',
      details: { seq: 220, rows: 220 },
    });
    await expect(trace(stores, { ...BBO_KEY, symbol: 'ethusdt' }, [0])).rejects.toMatchObject({
      kind: 'missing',
    });
  });
});

describe('the origin of rows', () => {
  it('is found in files that are not sorted', async () => {
    const files = {
      '2026-02-03_10-00-00.parquet': [
        [1_770_076_800_009n, 1, 'A'],
        [1_770_076_800_002n, 2, 'B'],
        [1_770_076_800_009n, 3, null],
      ],
      '2026-02-03_10-01-00.parquet': [
        [1_770_076_800_009n, 4, 'C'],
        [1_770_076_800_001n, 5, 'D'],
      ],
    } satisfies Record<string, SpoolRow[]>;
    const stores = { raw: emptyStore(), compact: emptyStore() };
    for (const [name, rows] of Object.entries(files)) await putSpool(stores.raw, BBO + name, rows);
    expect(await origins(await compacted(stores), BBO_KEY, 5)).toEqual(expectedOrigins(files));
  });

  it('follows the sequence that sources have of their own', async () => {
    const time = 1_770_076_800_000n;
    const stores = { raw: emptyStore(), compact: emptyStore() };
    await stores.raw.put(
      `${BBO}2026-02-03_10-00-00.parquet`,
      await parquetBytes(withSequence(time, [2n, 5n, 5n])),
    );
    await stores.raw.put(
      `${BBO}2026-02-03_10-01-00.parquet`,
      await parquetBytes(withSequence(time, [1n, 5n, 9n])),
    );
    expect(await origins(await compacted(stores), BBO_KEY, 6)).toEqual([
      ['2026-02-03_10-01-00.parquet', 0],
      ['2026-02-03_10-00-00.parquet', 0],
      ['2026-02-03_10-00-00.parquet', 1],
      ['2026-02-03_10-00-00.parquet', 2],
      ['2026-02-03_10-01-00.parquet', 1],
      ['2026-02-03_10-01-00.parquet', 2],
    ]);
  });

  /** Rows of one time, numbered. */
  function withSequence(time: bigint, numbers: readonly bigint[]): RecordBatch {
    const batch = spoolBatch(numbers.map((number) => [time, Number(number), 'A']));
    const field = { name: 'seq', type: { kind: 'int', bits: 64, signed: true }, nullable: false } as const;
    return {
      rowCount: batch.rowCount,
      schema: { fields: [...batch.schema.fields, field] },
      columns: [...batch.columns, { layout: 'fixed', values: BigInt64Array.from(numbers) }],
    };
  }
});

describe('without the sources', () => {
  const NAME = 'part-1770110000-000000.parquet';
  let stores: Stores;
  beforeEach(async () => {
    stores = await compacted(await spool());
  });

  it('is narrowed down by the receipt when none are given', async () => {
    const { rows, ...rest } = await whence(TRADE_KEY, [7], {
      arena: ARENA,
      compact: stores.compact,
      raw: undefined,
      signal,
    });
    expect(rows).toMatchObject([
      { seq: 7, ties: { count: 2, index: 1 }, origin: undefined, isProved: undefined },
    ]);
    expect(rows[0]?.candidates).toEqual(
      Object.keys(TRADE_FILES).map((name) => ({ name, state: 'not looked at' })),
    );
    expect(lineageText({ rows, ...rest })).toContain(
      'one of 2 sources whose time range holds it, by the receipt; give --raw',
    );
  });

  it('says which are gone, and claims no more than is left', async () => {
    await stores.raw.delete(`${TRADE}date=20260203/${NAME}`);
    const { rows, ...rest } = await trace(stores, TRADE_KEY, [7]);
    expect(rows).toMatchObject([{ origin: undefined, isProved: undefined }]);
    expect(rows[0]?.candidates.map(({ state }) => state)).toEqual(['missing', 'read']);
    expect(lineageText({ rows, ...rest })).toContain(`${NAME}  missing`);
  });

  it('trusts no file that was changed since', async () => {
    await putSpool(stores.raw, `${TRADE}date=20260203/${NAME}`, [[1n, 1, 'A']]);
    const [row] = (await trace(stores, TRADE_KEY, [7])).rows;
    expect(row?.candidates.map(({ state }) => state)).toEqual(['changed', 'read']);
    expect(row?.origin).toBeUndefined();
  });

  it('proves nothing where a source has other values, or no such row', async () => {
    const meta = await readMeta(stores.compact, `${BBO}date=20260203/`);
    /** The partition as if its first source had been a file of `rows`. */
    const claiming = async (rows: readonly SpoolRow[]) => {
      const bytes = await parquetBytes(spoolBatch(rows));
      await stores.raw.put(`${BBO}2026-02-03_10-00-00.parquet`, bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const [first, ...others] = meta.sources;
      const claim = { ...meta, sources: [{ ...first, sha256, size: bytes.length }, ...others] };
      const text = new TextEncoder().encode(JSON.stringify(claim));
      await stores.compact.put(`${BBO}date=20260203/meta.json`, text);
      const lineage = await trace(stores, BBO_KEY, [0]);
      return { row: lineage.rows[0], text: lineageText(lineage) };
    };
    const time = 1_770_076_800_000n;
    const other = await claiming([[time, 7, null]]);
    expect(other.row).toMatchObject({ origin: { row: 0 }, isProved: false, originValues: { price: '7' } });
    expect(other.text).toContain('price=100  in the source: 7');
    const more = await claiming([
      [time, 100, null],
      [time, 100, null],
    ]);
    expect(more.row).toMatchObject({ origin: { row: 0 }, isProved: false });
    const none = await claiming([[time + 1n, 100, null]]);
    expect(none.row).toMatchObject({ origin: undefined, isProved: false });
    expect(none.text).toContain('NOT PROVED: the sources have fewer rows');
  });
});
