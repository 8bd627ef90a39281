import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUtcDay } from '@ticklake/core';
import type { Finding } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { compact } from './job.js';
import { ARENA, testContext, testRequest } from './testing/context.js';
import { openDuckdb, sqlText } from './testing/duckdb.js';
import { emptyStore, putSpool } from './testing/spool.js';
import { verifyPartition, type PartitionVerdict } from './verify-partition.js';

const SYMBOL = 'exchange=binance/stream=bbo/symbol=btcusdt/';
const META = `${SYMBOL}date=20260203/meta.json`;
const KEY = { exchange: 'binance', stream: 'bbo', symbol: 'btcusdt', day: parseUtcDay('20260203') };
const { signal } = new AbortController();

let stores: { raw: ObjectStore; compact: ObjectStore };
let text: string;

beforeAll(async () => {
  stores = { raw: emptyStore(), compact: emptyStore() };
  await putSpool(stores.raw, `${SYMBOL}2026-02-03_10-00-00.parquet`, [
    [1_770_076_800_000n, 1.5, 'A'],
    [1_770_076_800_007n, 2.5, null],
  ]);
  await putSpool(stores.raw, `${SYMBOL}2026-02-03_10-01-00.parquet`, [[1_770_076_800_003n, 3.5, 'B']]);
  await compact(testRequest(), testContext(stores, { today: '2026-02-04' }));
  text = new TextDecoder().decode((await stores.compact.get(META)).bytes);
});

async function findingsWith(meta: string) {
  await stores.compact.put(META, new TextEncoder().encode(meta));
  return (await verifyPartition(KEY, { arena: ARENA, compact: stores.compact, raw: undefined, signal }))
    .findings;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Every value of a document that is no object or list, by its path. */
function leavesOf(value: Json, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, child]) => leavesOf(child, [...path, name]));
}

/** The document with another value of the same kind at `path`. */
function changed(value: Json, path: readonly string[]): Json {
  const [name, ...rest] = path;
  if (name !== undefined) {
    const entries = Object.entries(value as Record<string, Json>);
    const copy = entries.map(([key, child]) => [key, key === name ? changed(child, rest) : child]);
    return Array.isArray(value) ? copy.map(([, child]) => child as Json) : Object.fromEntries(copy);
  }
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return 'something';
  const first = value.startsWith('1') ? '2' : '1';
  return first + value.slice(1);
}

/** When, by whom and how often it was published, and what depends on a unit that the rows do not tell. */
const UNPROVABLE = ['created_at', 'etag', 'generation', 'out_of_day_rows', 'writer'];

describe('verification of meta.json', () => {
  it('finds nothing in what was published', async () => {
    expect(await findingsWith(text)).toEqual([]);
  });

  it('finds every value that was changed but those that nothing can prove', async () => {
    const meta = JSON.parse(text) as Json;
    const leaves = leavesOf(meta);
    expect(leaves.length).toBeGreaterThan(35);
    const unnoticed: string[] = [];
    for (const path of leaves) {
      const findings = await findingsWith(JSON.stringify(changed(meta, path)));
      if (!findings.some(({ severity }) => severity === 'error')) unnoticed.push(path.join('.'));
    }
    expect(unnoticed.sort()).toEqual(UNPROVABLE);
  });
});

describe('a partition whose data another program wrote', () => {
  /** The rows of the published partition, as DuckDB writes them. */
  async function duckdbBytes(): Promise<Uint8Array> {
    const directory = mkdtempSync(join(tmpdir(), 'ticklake-foreign-'));
    const duckdb = await openDuckdb();
    try {
      const [ours, theirs] = [join(directory, 'ours.parquet'), join(directory, 'theirs.parquet')];
      writeFileSync(ours, (await stores.compact.get(META.replace('meta.json', 'data.parquet'))).bytes);
      await duckdb.run(
        `COPY (SELECT * FROM read_parquet(${sqlText(ours)})) TO ${sqlText(theirs)} (FORMAT parquet)`,
      );
      return readFileSync(theirs);
    } finally {
      duckdb.close();
      rmSync(directory, { recursive: true });
    }
  }

  async function verdictOn(meta: object, bytes: Uint8Array) {
    const compactStore = emptyStore();
    await compactStore.put(META, new TextEncoder().encode(JSON.stringify(meta)));
    await compactStore.put(META.replace('meta.json', 'data.parquet'), bytes);
    return verifyPartition(KEY, { arena: ARENA, compact: compactStore, raw: undefined, signal });
  }

  const checksOf = ({ findings }: PartitionVerdict, wanted: Finding['severity']) =>
    findings.filter(({ severity }) => severity === wanted).map(({ check }) => check);

  it('is verified as far as it tells, its pages being unprotected', async () => {
    const bytes = await duckdbBytes();
    const { multiset, ordered } = JSON.parse(text).content;
    const meta = {
      row_count: 3,
      ts_event_min: '1770076800000',
      ts_event_max: '1770076800007',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      size_bytes: bytes.length,
      content: { multiset, ordered },
    };
    const verdict = await verdictOn(meta, bytes);
    expect(verdict.facts).toMatchObject({ rowCount: 3, content: { multiset, ordered } });
    // DuckDB writes every column as one that may be null, and a sequence may not.
    expect(checksOf(verdict, 'error')).toEqual(['sequence']);
    expect(new Set(checksOf(verdict, 'warning'))).toEqual(new Set(['meta', 'unprotected']));
    const wrong = { ...meta, row_count: 4, ts_event_min: '1770076800001', sha256: '0'.repeat(64) };
    const errors = checksOf(await verdictOn(wrong, bytes), 'error');
    expect(errors.sort()).toEqual(['row_count', 'sequence', 'sha256', 'ts_range']);
  });
});

describe('a partition that is replaced while it is read', () => {
  it('is judged by the manifest that its data belongs to', async () => {
    await stores.compact.put(META, new TextEncoder().encode(text));
    const old = JSON.stringify({ ...JSON.parse(text), sha256: '0'.repeat(64), generation: 1 });
    let reads = 0;
    const replaced: ObjectStore = {
      ...stores.compact,
      async get(key, into) {
        const found = await stores.compact.get(key, into);
        const isOld = key === META && reads++ === 0;
        return isOld ? { meta: { ...found.meta, etag: 'old' }, bytes: new TextEncoder().encode(old) } : found;
      },
    };
    const context = { arena: ARENA, compact: replaced, raw: undefined, signal };
    expect((await verifyPartition(KEY, context)).findings).toEqual([]);
    expect(reads).toBe(2);
  });
});
