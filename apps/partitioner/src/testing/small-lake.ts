import type { RecordBatch } from '@ticklake/columnar';
import { assert, isLakeError } from '@ticklake/core';
import type { JobEvent } from '@ticklake/jobs';
import { readPublished } from '@ticklake/manifest';
import type { LayoutName, ViewName } from '@ticklake/partition';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { partitionRows, type PartitionedRows } from '../partition-rows.js';
import { listPartitions, namesOfPath } from '../partitions/list-partitions.js';
import { partitionDataset, type PartitionManifest } from '../partitions/manifest.js';
import { openLake, type LakeReader } from '../reader/open-lake.js';
import { partitionFiles } from '../reader/partition-files.js';
import type { OpenTier } from '../reader/open-tier.js';
import { openRun, type ProcessContext, type TargetOptions } from '../run-context.js';
import { findSources } from '../sources/source-file.js';
import { ARENA, NOON } from './context.js';
import { rowsOf } from './rows.js';

/** How sources are partitioned; the rest as the program has it. */
export interface RunOptions {
  readonly tier?: 'execution' | 'ml';
  readonly layout?: LayoutName;
  readonly views?: readonly ViewName[];
  readonly copies?: 'primary' | 'all';
  readonly dataType?: string;
  readonly instrument?: string;
  readonly symbols?: ReadonlyMap<string, string>;
  readonly overwrite?: boolean;
  readonly files?: readonly string[];
  readonly materialized?: readonly string[];
  readonly scratch: string;
  readonly events?: JobEvent[];
  readonly tool?: string;
}

/** What a run publishes to. */
export function targetOf({ tier = 'execution', ...given }: RunOptions): TargetOptions {
  const { layout = 'dash-code', views = [], copies = 'all', materialized = [], scratch } = given;
  const rest = { root: undefined, rawColons: false, memory: 2 ** 26, scratch, materialized };
  return { tier, layout, views, copies, ...rest };
}

/** What a process gives to a run of these suites. */
export function processOf(events: JobEvent[] = [], tool = 'test'): ProcessContext {
  const { signal } = new AbortController();
  return { clock: NOON, signal, tool, onEvent: (event: JobEvent) => void events.push(event) };
}

/** Partitions the sources of a store as the program does. @throws the first failure of a partition. */
export async function partition(
  input: ObjectStore,
  output: ObjectStore,
  options: RunOptions,
): Promise<readonly PartitionedRows[]> {
  const { tier = 'execution', files = [], dataType, instrument, overwrite = false } = options;
  const found = await findSources(input, { formats: ['csv', 'csv.gz', 'parquet'], files });
  const run = await openRun(output, targetOf(options), processOf(options.events, options.tool));
  const symbols = options.symbols ?? new Map<string, string>();
  const request = { tier, dataType, instrument, symbols, overwrite, day: undefined };
  const done = await partitionRows(found, request, { input, run });
  for (const { failures } of done) for (const failure of failures.values()) throw failure;
  return done;
}

/** Some trades of one exchange, as Tardis has them: by symbol, time of the day in seconds, and price. */
export function tradesCsv(day: string, rows: readonly (readonly [string, number, number])[]): string {
  const startUs = Date.parse(`${day}T00:00:00Z`) * 1000;
  const lines = rows.map(([symbol, second, price]) => {
    const time = startUs + second * 1_000_000;
    return `binance,${symbol},${time},${time},,buy,${price},1`;
  });
  return ['exchange,symbol,timestamp,local_timestamp,id,side,price,amount', ...lines, ''].join('\n');
}

/** A store with these objects. */
export async function storeOf(objects: Readonly<Record<string, string | Uint8Array>>): Promise<ObjectStore> {
  const store = memoryStore();
  await putAll(store, objects);
  return store;
}

/** Puts objects into a store. */
export async function putAll(
  store: ObjectStore,
  objects: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [key, body] of Object.entries(objects))
    await store.put(key, typeof body === 'string' ? new TextEncoder().encode(body) : body);
}

/** The same objects in a store of their own. */
export async function copyOf(store: ObjectStore): Promise<ObjectStore> {
  const copy = memoryStore();
  for await (const { key } of store.list('')) await copy.put(key, (await store.get(key)).bytes);
  return copy;
}

/** Keys of a store below a prefix. */
export async function keysOf(store: ObjectStore, prefix = ''): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys;
}

/** What is published below a tier's root, by path in the primary view. */
export async function publishedOf({
  store: tier,
  layout,
}: Pick<OpenTier, 'store' | 'layout'>): Promise<ReadonlyMap<string, PartitionManifest>> {
  const found = new Map<string, PartitionManifest>();
  for await (const { path } of listPartitions(tier, layout)) {
    const published = await readPublished(partitionDataset(tier, path));
    if (published !== undefined) found.set(path, published.manifest);
  }
  return found;
}

/** What a reader sees of each partition of a tier through each of its views: rows as text, in their order. */
export async function seenThroughViews(
  output: ObjectStore,
  tier: 'execution' | 'ml' | 'availability',
): Promise<ReadonlyMap<string, readonly string[]>> {
  const lake = openLake(output);
  const seen = new Map<string, readonly string[]>();
  try {
    const opened = await lake.tier(tier);
    for (const [path, manifest] of await publishedOf(opened)) {
      if (tier === 'availability') await seeInstruments(manifest, lake, seen);
      else await seePartition(path, manifest, opened, seen);
    }
    return seen;
  } catch (error) {
    if (isLakeError(error, 'missing') && error.code === 'NO_TIER') return seen;
    throw error;
  } finally {
    lake.close();
  }
}

async function seePartition(
  primary: string,
  { copies }: PartitionManifest,
  { store, layout }: OpenTier,
  seen: Map<string, readonly string[]>,
): Promise<void> {
  const names = namesOfPath(primary, layout);
  assert(names !== undefined, 'what is listed has names');
  const files = partitionFiles(ARENA);
  for (const path of [primary, ...copies.map((copy) => copy.path)]) {
    const file = await files.open(store, { names, primary, path });
    assert(file !== undefined, 'what is published can be opened');
    seen.set(path, await textOf(file.reader.batches({ rowsMax: 1000 })));
    file.release();
  }
  files.close();
}

/** Readers of a view of venues or types are given rows that are of theirs, wherever these come from. */
async function seeInstruments(
  { date }: PartitionManifest,
  lake: LakeReader,
  seen: Map<string, readonly string[]>,
): Promise<void> {
  const venues = ['BINANCE', 'DERIBIT', 'OKX'].map((venue) => ({ date, venue }));
  const types = ['SPOT_PAIR', 'PERPETUAL', 'OPTION'].map((instrumentType) => ({ date, instrumentType }));
  for (const read of [{ date }, ...venues, ...types])
    seen.set(JSON.stringify(read), await textOf(lake.readAvailabilityData(read)));
}

async function textOf(batches: AsyncIterable<RecordBatch>): Promise<readonly string[]> {
  return (await rowsOf(batches)).map((row) => row.map(String).join());
}
