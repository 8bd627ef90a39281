import { addDays, isLakeError, type UtcDay } from '@ticklake/core';
import { readManifest, type Finding, type PublishedDataset } from '@ticklake/manifest';
import { warning } from '../verify/verdict.js';
import type { Tier3Manifest } from './manifest.js';

/** Days before a day that say what is usual. */
export const HISTORY_DAYS = 7;

/** Of fewer days nothing is learned. */
const HISTORY_DAYS_MIN = 3;

/** In which share of the entries of a day each column was null. */
export type NullRatios = ReadonlyMap<string, number>;

/** The ratios that a manifest tells; `undefined` for one without entries, or of an export before they were counted. */
export function nullRatiosOf({
  null_counts: counts,
  row_count: rows,
}: Pick<Tier3Manifest, 'null_counts' | 'row_count'>): NullRatios | undefined {
  if (counts === undefined || rows === 0) return undefined;
  return new Map(Object.entries(counts).map(([column, nulls]) => [column, nulls / rows]));
}

/**
 * The ratios of the seven days before `day`, by their manifests alone. Days that are not there, or not to be understood, tell nothing.
 *
 * @throws LakeError `unavailable` or `denied` where the store cannot be asked.
 */
export async function readHistory(
  datasetOf: (day: UtcDay) => PublishedDataset<Tier3Manifest>,
  day: UtcDay,
): Promise<readonly NullRatios[]> {
  const history: NullRatios[] = [];
  for (let back = 1; back <= HISTORY_DAYS; back++) {
    const { store, directory, manifestName, manifestSchema } = datasetOf(addDays(day, -back));
    try {
      const manifest = await readManifest(store, directory + manifestName, manifestSchema);
      const ratios = manifest && nullRatiosOf(manifest);
      if (ratios !== undefined) history.push(ratios);
    } catch (failure) {
      if (!isLakeError(failure, 'corrupt')) throw failure;
    }
  }
  return history;
}

/**
 * Columns that are null more often than in the median of the days before, by more than `driftMax` of the entries (VF-11, C-32). That one is
 * null less often is told, too: it is no fault.
 */
export function* driftFindings(
  now: NullRatios,
  history: readonly NullRatios[],
  driftMax: number,
): Generator<Finding> {
  if (history.length < HISTORY_DAYS_MIN) return;
  for (const [column, ratio] of now) {
    const before = history.flatMap((ratios) => ratios.get(column) ?? []);
    if (before.length < HISTORY_DAYS_MIN) continue;
    const median = medianOf(before);
    const details = { column, ratio, median, days: before.length };
    if (ratio > median + driftMax)
      yield warning('null_drift', 'a column is null more often than on the days before', details);
    else if (ratio < median - driftMax) {
      const message = 'a column is null less often than on the days before';
      yield { check: 'null_drift', severity: 'info', message, details };
    }
  }
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
