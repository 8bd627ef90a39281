import { parseUtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { compact } from './job.js';
import { ARENA, testContext, testRequest } from './testing/context.js';
import { emptyStore, putSpool } from './testing/spool.js';
import { verifyPartition } from './verify-partition.js';

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
