import { compareUtf8, LakeError } from '@ticklake/core';
import type { UnifiedDataset, UnifiedName } from '@ticklake/market';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { formatOf, type SourceFile } from './source-file.js';

/** Which market is looked for. */
export interface Market {
  readonly exchange: string;
  readonly symbol: string;
  readonly timeframe: string;
}

/** Where the sources of a dataset were found. */
export type SourceKind = 'named' | 'individual' | 'consolidated' | 'consolidated-csv' | 'public-data';

/** The sources of a dataset. */
export interface FoundSources {
  readonly kind: SourceKind;
  /** In byte order of key. */
  readonly files: readonly SourceFile[];
  /** Other copies of them, which are not read: the same name with another ending. */
  readonly copies: readonly string[];
}

const DATE = /\d{4}-\d{2}-\d{2}/;

/**
 * The sources of a dataset in a data directory (UC-01 … UC-04): of these the first that there are any of: individual Parquet files by date
 * (`parquet/<name>/**`, or `<name>_YYYY-MM-DD.parquet`), `<name>_consolidated.parquet`, the same as `.csv` or `.csv.gz`, and files of Binance's
 * public data, in the directory itself or below `data/`. `<name>` is `klines_binance_BTCUSDT_1m`, say; case does not matter in it.
 *
 * @returns `undefined` where there are none.
 */
export async function findSources(
  store: ObjectStore,
  dataset: UnifiedDataset,
  market: Market,
): Promise<FoundSources | undefined> {
  const name = sourceName(dataset, market).toLowerCase();
  const { objects, prefixes } = await store.children('');
  const isNamed = (key: string, end: string) => key.toLowerCase() === `${name}_consolidated.${end}`;
  const individual = [
    ...(await below(store, await folderOf(store, prefixes, name))),
    ...objects.filter(({ key }) => key.toLowerCase().startsWith(`${name}_`) && DATE.test(key)),
  ].filter(({ key }) => formatOf(key) === 'parquet' && isVisible(key) && DATE.test(baseName(key)));
  if (individual.length > 0) return found('individual', individual, []);
  const consolidated = objects.filter(({ key }) => isNamed(key, 'parquet'));
  if (consolidated.length > 0) return found('consolidated', single(consolidated), []);
  const text = objects.filter(({ key }) => isNamed(key, 'csv') || isNamed(key, 'csv.gz'));
  if (text.length > 0) return found('consolidated-csv', single(text), []);
  return publicData(store, { dataset, market, objects, prefixes });
}

/**
 * Sources that were named one by one.
 *
 * @throws LakeError `missing` (`NO_SOURCE`) for one that is not there, `invalid` (`NAME`) for one that ends in no known format.
 */
export async function namedSources(store: ObjectStore, keys: readonly string[]): Promise<FoundSources> {
  const objects: ObjectMeta[] = [];
  for (const key of new Set(keys)) {
    const object = await store.head(key);
    if (object === undefined)
      throw new LakeError('missing', 'a source is not there', { code: 'NO_SOURCE', details: { file: key } });
    if (formatOf(key) === undefined) {
      throw new LakeError('invalid', 'a source ends in none of .parquet, .csv, .csv.gz and .zip', {
        code: 'NAME',
        details: { file: key },
      });
    }
    objects.push(object);
  }
  const files = await Promise.all(objects.map((object) => withChecksum(store, object)));
  return { ...found('named', objects, []), files: byKey(files) };
}

/** `klines_binance_BTCUSDT_1m`, `aggtrades_binance_BTCUSDT`. */
function sourceName({ name, hasTimeframe }: UnifiedDataset, { exchange, symbol, timeframe }: Market): string {
  return [name, exchange, symbol, ...(hasTimeframe ? [timeframe] : [])].join('_');
}

async function folderOf(
  store: ObjectStore,
  prefixes: readonly string[],
  name: string,
): Promise<string | undefined> {
  if (!prefixes.includes('parquet/')) return undefined;
  const { prefixes: folders } = await store.children('parquet/');
  return folders.find((folder) => folder.toLowerCase() === `parquet/${name}/`);
}

async function below(store: ObjectStore, folder: string | undefined): Promise<readonly ObjectMeta[]> {
  const objects: ObjectMeta[] = [];
  if (folder !== undefined) for await (const object of store.list(folder)) objects.push(object);
  return objects;
}

/** What writers leave while they write begins with `.` or `_`. */
function isVisible(key: string): boolean {
  return !/^[._]/.test(baseName(key));
}

function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}

/** Two names that differ in case only, or in being compressed, would be the same rows twice. */
function single(objects: readonly ObjectMeta[]): readonly ObjectMeta[] {
  if (objects.length === 1) return objects;
  throw new LakeError('invalid', 'two consolidated files of one dataset are there', {
    code: 'SOURCE_AMBIGUOUS',
    details: { files: objects.map(({ key }) => key).join() },
  });
}

const PUBLIC_NAMES: Readonly<Record<UnifiedName, (market: Market) => string>> = {
  klines: ({ symbol, timeframe }) => `${symbol}-${timeframe}`,
  aggtrades: ({ symbol }) => `${symbol}-aggTrades`,
  futures: ({ symbol }) => `${symbol}-fundingRate`,
};

/** Files named `BTCUSDT-1m-2024-02-28.zip`, by day or by month. Of copies the one with a checksum of its own is taken: the zip. */
async function publicData(
  store: ObjectStore,
  {
    dataset,
    market,
    objects,
    prefixes,
  }: {
    readonly dataset: UnifiedDataset;
    readonly market: Market;
    readonly objects: readonly ObjectMeta[];
    readonly prefixes: readonly string[];
  },
): Promise<FoundSources | undefined> {
  const all = [...objects, ...(await below(store, prefixes.includes('data/') ? 'data/' : undefined))];
  const start = `${PUBLIC_NAMES[dataset.name](market)}-`;
  const chosen = new Map<string, ObjectMeta>();
  const copies: string[] = [];
  for (const ending of ['.zip', '.csv', '.csv.gz']) {
    for (const object of all) {
      const name = baseName(object.key);
      if (
        !name.startsWith(start) ||
        !/^\d{4}-\d{2}(-\d{2})?\.(zip|csv|csv\.gz)$/.test(name.slice(start.length))
      )
        continue;
      const stem = name.replace(/\.(zip|csv|csv\.gz)$/, '');
      if (name !== stem + ending) continue;
      if (chosen.has(stem)) copies.push(object.key);
      else chosen.set(stem, object);
    }
  }
  if (chosen.size === 0) return undefined;
  const keys = new Set(all.map(({ key }) => key));
  const files = [...chosen.values()].map((object) => ({
    ...plainFile(object),
    checksumKey: keys.has(`${object.key}.CHECKSUM`) ? `${object.key}.CHECKSUM` : undefined,
  }));
  return { kind: 'public-data', files: byKey(files), copies: copies.sort(compareUtf8) };
}

async function withChecksum(store: ObjectStore, object: ObjectMeta): Promise<SourceFile> {
  const checksum = await store.head(`${object.key}.CHECKSUM`);
  return { ...plainFile(object), checksumKey: checksum?.key };
}

function plainFile(object: ObjectMeta): SourceFile {
  return { object, format: formatOf(object.key) ?? 'csv', checksumKey: undefined };
}

function byKey(files: readonly SourceFile[]): readonly SourceFile[] {
  return [...files].sort((a, b) => compareUtf8(a.object.key, b.object.key));
}

function found(kind: SourceKind, objects: readonly ObjectMeta[], copies: readonly string[]): FoundSources {
  return { kind, files: byKey(objects.map(plainFile)), copies };
}
