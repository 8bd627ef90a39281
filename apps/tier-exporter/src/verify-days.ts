import { basename } from 'node:path';
import { isLakeError, LakeError, parseUtcDay, type UtcDay } from '@ticklake/core';
import type { PublishedDataset } from '@ticklake/manifest';
import { localDayScheme } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import { dayDatasetAt, localDataset, tier3Dataset } from './tiers/tier3/export-day.js';
import type { Tier3Manifest } from './tiers/tier3/manifest.js';
import { verifyDay, type DayVerdict, type VerifyOptions } from './tiers/tier3/verify-day.js';

/** A day that is to be verified. */
export interface DayToVerify {
  readonly day: UtcDay;
  readonly dataset: PublishedDataset<Tier3Manifest>;
}

/**
 * Days of an export on this machine: those named, or all. `path` may be the folder of one day itself, as in the export guide (VF-01).
 *
 * @throws LakeError `missing` when there is no day at all, `invalid` when a folder of one day is to be another.
 */
export async function findLocalDays(
  store: ObjectStore,
  { path, dates }: { readonly path: string; readonly dates: readonly UtcDay[] },
): Promise<readonly DayToVerify[]> {
  const { objects, prefixes } = await store.children('');
  const isOneDay = objects.some(({ key }) => key === 'manifest.json' || key === 'data.parquet');
  if (isOneDay) return [{ day: onlyDay(path, dates), dataset: dayDatasetAt(store, '') }];
  const days =
    dates.length > 0 ? dates : prefixes.flatMap((prefix) => localDayScheme.parse(prefix)?.day ?? []);
  if (days.length === 0) throw new LakeError('missing', 'there is no export', { details: { path } });
  return days.map((day) => ({ day, dataset: localDataset(store, day) }));
}

/** Days in a bucket. */
export function remoteDays(store: ObjectStore, dates: readonly UtcDay[]): readonly DayToVerify[] {
  return dates.map((day) => ({ day, dataset: tier3Dataset(store, day) }));
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

/** Verifies days one after another; each is told when it is known. */
export async function verifyDays(
  days: readonly DayToVerify[],
  options: VerifyOptions & { onVerdict(verdict: DayVerdict): DayVerdict },
): Promise<readonly DayVerdict[]> {
  const verdicts: DayVerdict[] = [];
  for (const { day, dataset } of days)
    verdicts.push(options.onVerdict(await verifyDay(dataset, day, options)));
  return verdicts;
}
