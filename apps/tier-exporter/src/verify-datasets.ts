import { basename } from 'node:path';
import { isLakeError, LakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import { localDayScheme } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import { localWeek, tier2Dataset, weekDatasetAt } from './tiers/tier2/build-week.js';
import type { CompareOptions } from './tiers/tier2/compare-days.js';
import { verifyWeek } from './tiers/tier2/verify-week.js';
import { dayDatasetAt, localDataset, tier3Dataset } from './tiers/tier3/export-day.js';
import { readHistory } from './tiers/tier3/null-drift.js';
import { verifyDay } from './tiers/tier3/verify-day.js';
import type { TierNumber, Verdict } from './tiers/verify/verdict.js';

/** A dataset that is to be verified. */
export interface DatasetToVerify {
  /** The day, or the last one of the window. */
  readonly day: UtcDay;
  verify(options: CompareOptions): Promise<Verdict>;
}

/** Datasets of one tier, by their days. */
export interface TierDatasets {
  /** In a local export: the folder below which there is one for each. */
  local(store: ObjectStore, day: UtcDay): DatasetToVerify;
  /** In a bucket. */
  remote(store: ObjectStore, day: UtcDay): DatasetToVerify;
  /** In the folder that `store` is. */
  folder(store: ObjectStore, day: UtcDay): DatasetToVerify;
}

/** How many days a week has is for its manifest to say. */
const WEEK_DAYS = 7;

/** What there is of each tier. */
export const TIER_DATASETS: Readonly<Record<TierNumber, TierDatasets>> = {
  2: {
    local: (store, day) => week(localWeek(store, { endDay: day, dayCount: WEEK_DAYS }), day),
    remote: (store, day) => week(tier2Dataset(store, { endDay: day, dayCount: WEEK_DAYS }), day),
    folder: (store, day) => week(weekDatasetAt(store, '', WEEK_DAYS), day),
  },
  3: {
    local: (store, day) => dayOf((one) => localDataset(store, one), day),
    remote: (store, day) => dayOf((one) => tier3Dataset(store, one), day),
    // Of a single folder nobody knows where the days before it are.
    folder: (store, day) => ({
      day,
      verify: (options) => verifyDay(dayDatasetAt(store, ''), day, { ...options, history: [] }),
    }),
  },
};

function week(dataset: ReturnType<typeof localWeek>, day: UtcDay): DatasetToVerify {
  return { day, verify: (options) => verifyWeek(dataset, day, options) };
}

function dayOf(datasetOf: (day: UtcDay) => ReturnType<typeof localDataset>, day: UtcDay): DatasetToVerify {
  return {
    day,
    async verify(options) {
      const history = await readHistory(datasetOf, day);
      return verifyDay(datasetOf(day), day, { ...options, history });
    },
  };
}

/**
 * Datasets of an export on this machine: those named, or all. `path` may be the folder of a single one, as in the export guide (VF-01).
 *
 * @throws LakeError `missing` when there is none at all, `invalid` when the folder of one is to be another.
 */
export async function findLocal(
  store: ObjectStore,
  {
    path,
    dates,
    tier,
  }: { readonly path: string; readonly dates: readonly UtcDay[]; readonly tier: TierNumber },
): Promise<readonly DatasetToVerify[]> {
  const datasets = TIER_DATASETS[tier];
  const { objects, prefixes } = await store.children('');
  const isSingle = objects.some(({ key }) => key === 'manifest.json' || key.endsWith('.parquet'));
  if (isSingle) return [datasets.folder(store, onlyDay(path, dates))];
  const days =
    dates.length > 0 ? dates : prefixes.flatMap((prefix) => localDayScheme.parse(prefix)?.day ?? []);
  if (days.length === 0) throw new LakeError('missing', 'there is no export', { details: { path } });
  return days.map((day) => datasets.local(store, day));
}

function onlyDay(path: string, dates: readonly UtcDay[]): UtcDay {
  const [date, another] = dates;
  if (another !== undefined) {
    throw new LakeError('invalid', '--local is the folder of one day, and --date names several', {
      details: { path },
    });
  }
  if (date !== undefined) return date;
  try {
    return parseUtcDay(basename(path));
  } catch (failure) {
    if (!isLakeError(failure, 'invalid')) throw failure;
    throw new LakeError('invalid', 'the folder does not say which day it has: name it by --date', {
      details: { path },
    });
  }
}

/** Verifies datasets one after another; each is told when it is known. */
export async function verifyDatasets(
  datasets: readonly DatasetToVerify[],
  options: CompareOptions & { onVerdict(verdict: Verdict): Verdict },
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const dataset of datasets) verdicts.push(options.onVerdict(await dataset.verify(options)));
  return verdicts;
}
