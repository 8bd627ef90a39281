import { LakeError } from '@ticklake/core';
import { readDocument, updateDocument } from '@ticklake/jobs';
import { requireTimeframes, UNIFIED, type UnifiedName } from '@ticklake/market';
import type { ConvertContext, ConvertRequest } from './convert-request.js';
import { collectionConfigSchema, CONFIG_NAME, withMarket } from './documents/collection-config.js';
import { METADATA_NAME, metadataSchema, withDatasets, type Metadata } from './documents/metadata.js';
import { DOCUMENT_TRIES } from './limits.js';
import { datasetPath } from './partitions/partition-paths.js';
import { periodText } from './partitions/partition-period.js';
import { nowText, publishDataset, type DatasetRun, type PublishedDatasetRun } from './publish-dataset.js';
import { deriveKlines, derivedTimeframes, type DerivedDataset } from './resample/derive-klines.js';
import { requireConvertible } from './resample/origins.js';
import { routeDataset, type RoutedDataset } from './route-dataset.js';
import { findSources, namedSources, type FoundSources } from './sources/find-sources.js';
import type { Validation } from './validation/report.js';
import { validateMarket } from './validation/validate-market.js';

/** What a conversion came to. */
export interface ConvertSummary {
  /** Of those that were converted, or were already. */
  readonly datasets: readonly ConvertedDataset[];
  /** Bars of longer timeframes, made of those of `datasets`. */
  readonly derived: readonly DerivedDataset[];
  /** Those that there are no sources of. */
  readonly skipped: readonly UnifiedName[];
  /** Partitions that failed. */
  readonly failed: number;
  /** What `validation.json` says; `undefined` where nothing was published whole. */
  readonly validation: Validation | undefined;
}

/** One dataset of a {@link ConvertSummary}. */
export interface ConvertedDataset extends PublishedDatasetRun {
  readonly name: UnifiedName;
  /** Sources that were found. */
  readonly found: FoundSources;
}

const ORDER: readonly UnifiedName[] = ['klines', 'aggtrades', 'futures'];

/**
 * Converts the sources of a market to partitioned datasets at their original granularity (UC-01 … UC-39): every row of every source, as it
 * is, in the partition of its day; nothing is aggregated, filled, rounded or left out. All sources are read before anything is
 * published, so that one that cannot be taken as it is leaves everything as it was. Converting again does what has changed. Of the bars that
 * are published then, bars of longer timeframes are made where that is wanted (UC-41).
 *
 * @throws LakeError `missing` (`NO_KLINES`) where there are no bars (UC-19); as `routeDataset` for sources; `invalid` (`TIMEFRAME`) for bars
 *   that cannot be made; `conflict` (`DERIVED`, `NOT_DERIVED`) where bars of sources and derived ones would mix; as `backUp`. Partitions
 *   that fail are in the summary.
 */
export async function convert(request: ConvertRequest, context: ConvertContext): Promise<ConvertSummary> {
  requireTimeframes({ from: request.timeframe, to: request.resample });
  const found = await findAll(request, context);
  const metadata = await readDocument(context.output, METADATA_NAME, metadataSchema);
  const routed: RoutedDataset[] = [];
  try {
    for (const [name, sources] of found)
      routed.push(await route(name, sources, { metadata, request, context }));
    requireBars(routed, request);
    await requireOwn(routed, { request, context });
    const timeframes = await derivedTimeframes({ request, context }, metadata);
    const converted: ConvertedDataset[] = [];
    const skipped = ORDER.filter((name) => !found.has(name));
    for (const one of routed) {
      const { name } = one.dataset;
      if (isEmpty(one)) {
        tellSkipped(name, context);
        skipped.push(name);
      } else converted.push({ name, found: one.found, ...(await publishDataset(one, { request, context })) });
    }
    const derived = await derive(converted, timeframes, { request, context });
    await record({ converted, derived }, { request, context });
    const validation = await validate([...converted, ...derived], context);
    const failed =
      converted.reduce((sum, one) => sum + one.failed, 0) +
      derived.reduce((sum, { failures }) => sum + failures.size, 0);
    return { datasets: converted, derived, skipped, failed, validation };
  } finally {
    for (const { spill } of routed) await spill.dispose();
  }
}

/** What a run would read: the sources of each dataset, by listing only. @throws LakeError `missing` (`NO_KLINES`). */
export async function findAll(
  request: ConvertRequest,
  context: Pick<ConvertContext, 'data' | 'onEvent'>,
): Promise<ReadonlyMap<UnifiedName, FoundSources>> {
  const found = new Map<UnifiedName, FoundSources>();
  for (const name of ORDER) {
    const named = request.sources[name];
    const sources =
      named === undefined
        ? await findSources(context.data, UNIFIED[name], request)
        : await namedSources(context.data, named);
    if (sources !== undefined && sources.files.length > 0) found.set(name, sources);
    else if (name === 'klines') throw noKlines(request);
    else tellSkipped(name, context);
    if (sources !== undefined && sources.copies.length > 0) {
      const details = { dataset: name, files: sources.copies.join() };
      context.onEvent({ type: 'note', severity: 'info', message: 'copies of sources are not read', details });
    }
  }
  return found;
}

function route(
  name: UnifiedName,
  found: FoundSources,
  options: {
    readonly metadata: Metadata | undefined;
    readonly request: ConvertRequest;
    readonly context: ConvertContext;
  },
): Promise<RoutedDataset> {
  const dataset = UNIFIED[name];
  const previous = options.metadata?.data_types[name]?.datasets[datasetPath(dataset, options.request)];
  return routeDataset(dataset, { found, previous, ...options });
}

/** Whether there is nothing of a dataset, neither now nor from before. */
function isEmpty({ partitions, previous }: RoutedDataset): boolean {
  return partitions.length === 0 && previous === undefined;
}

function requireBars(routed: readonly RoutedDataset[], request: ConvertRequest): void {
  const klines = routed.find(({ dataset }) => dataset.name === 'klines');
  if (klines === undefined || isEmpty(klines)) throw noKlines(request);
}

/** Bars that were derived before are replaced by those of sources only where that is wanted. */
async function requireOwn(routed: readonly RoutedDataset[], { request, context }: DatasetRun): Promise<void> {
  const klines = routed.find(({ dataset }) => dataset.name === 'klines');
  if (klines === undefined) return;
  const { dataset, previous: recorded, partitions, period } = klines;
  const days = new Set(partitions.map(({ key }) => periodText(key, period)));
  const target = { store: context.output, path: datasetPath(dataset, request), recorded };
  await requireConvertible(target, { force: request.forceRerun, days });
}

/** Bars of longer timeframes, of bars that are published whole. */
async function derive(
  converted: readonly ConvertedDataset[],
  timeframes: readonly string[],
  run: DatasetRun,
): Promise<readonly DerivedDataset[]> {
  if (timeframes.length === 0) return [];
  const entry = converted.find(({ name }) => name === 'klines')?.entry;
  if (entry !== undefined) return deriveKlines(entry, timeframes, run);
  const message = 'bars of longer timeframes are not made, since not all of the shorter ones are published';
  const details = { timeframes: timeframes.join() };
  run.context.onEvent({ type: 'note', severity: 'warning', message, details });
  return [];
}

function noKlines({ exchange, symbol, timeframe }: ConvertRequest): LakeError {
  return new LakeError('missing', 'there are no klines, which every conversion needs', {
    code: 'NO_KLINES',
    details: { exchange, symbol, timeframe },
  });
}

function tellSkipped(dataset: UnifiedName, { onEvent }: Pick<ConvertContext, 'onEvent'>): void {
  onEvent({
    type: 'note',
    severity: 'warning',
    message: 'a dataset has no sources and is skipped',
    details: { dataset },
  });
}

/** Looks at what was published, and tells of errors and warnings. */
async function validate(
  published: readonly (Pick<ConvertedDataset, 'path' | 'entry'> &
    Partial<Pick<ConvertedDataset, 'examined'>>)[],
  { output: store, lanes, clock, signal, onEvent }: ConvertContext,
): Promise<Validation | undefined> {
  const entries = published.flatMap(({ path, entry, examined }) =>
    entry === undefined ? [] : [{ path, entry, ...(examined && { examined }) }],
  );
  if (entries.length === 0) return undefined;
  const context = { store, lanes, clock, signal, updatedAt: nowText(clock) };
  const validation = await validateMarket(entries, context);
  for (const { path } of entries) {
    const report = validation.datasets[path];
    if (report === undefined || report.status === 'PASS') continue;
    const findings = Object.entries(report.findings).map(([check, count]) => `${check} in ${count}`);
    const details = { dataset: path, status: report.status, partitions: findings.join(', ') };
    onEvent({ type: 'note', severity: 'warning', message: 'validation found something', details });
  }
  return validation;
}

/** Brings `metadata.json` and `_config.json` up to date with what was published whole. */
async function record(
  {
    converted,
    derived,
  }: { readonly converted: readonly ConvertedDataset[]; readonly derived: readonly DerivedDataset[] },
  { request, context }: DatasetRun,
): Promise<void> {
  const { output, clock, tool } = context;
  const bars = derived.map(({ path, entry }) => ({ name: 'klines' as const, path, entry }));
  const entries = [...converted, ...bars].flatMap(({ name, path, entry }) =>
    entry === undefined ? [] : [{ dataType: name, path, entry }],
  );
  if (entries.length === 0) return;
  const tries = { clock, ...DOCUMENT_TRIES };
  const about = { tool, updatedAt: nowText(clock) };
  await updateDocument(
    output,
    METADATA_NAME,
    metadataSchema,
    (now) => {
      const next = withDatasets(now, entries, about);
      // A run that changed nothing leaves the document as it is, to the byte.
      const isSame =
        JSON.stringify({ ...next, updated_at: now?.updated_at, tool: now?.tool }) === JSON.stringify(now);
      return isSame && now !== undefined ? now : next;
    },
    tries,
  );
  const names = converted.map(({ name }) => name);
  const futuresBy = converted.find(({ name }) => name === 'futures')?.entry?.partition_by ?? 'day';
  await updateDocument(
    output,
    CONFIG_NAME,
    collectionConfigSchema,
    (now) =>
      withMarket(now, request, { dataTypes: names, futuresBy, compression: request.storage.compression }),
    tries,
  );
}
