import { fingerprintSchema, typeText, type Arena, type Schema } from '@ticklake/columnar';
import { addDays, daysBetween, LakeError, sha256Of, type Clock, type UtcDay } from '@ticklake/core';
import { readManifest, readPublished, type PublishedDataset } from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectSource, ObjectStore } from '@ticklake/storage';
import { PUBLISHED_LIMITS } from '../../limits.js';
import { ENTRY_SCHEMA_VERSION } from '../tier3/columns.js';
import { localDataset, tier3Dataset } from '../tier3/export-day.js';
import type { Tier3Manifest } from '../tier3/manifest.js';
import { TIER2_SCHEMA } from './columns.js';

/** Where the days of tier 3 are read. */
export interface DayInputs {
  readonly store: ObjectStore;
  /** Whether it is a local export, with a folder a day, and not a bucket with `tier3/daily/`. */
  readonly isExport: boolean;
}

/** A day as it went into a week. */
export interface InputDay {
  readonly day: UtcDay;
  readonly manifest: Tier3Manifest;
  /** Pinned to the version that the manifest is of. */
  readonly data: ObjectSource;
  readonly reader: ParquetReader;
}

/** The days of a window that ends with `endDay` (T2-10). */
export function windowDays(endDay: UtcDay, count: number): readonly UtcDay[] {
  return daysBetween(addDays(endDay, 1 - count), endDay);
}

/** A day of the inputs. */
export function inputDataset({ store, isExport }: DayInputs, day: UtcDay): PublishedDataset<Tier3Manifest> {
  return isExport ? localDataset(store, day) : tier3Dataset(store, day);
}

/**
 * Waits until all days have a manifest (T2-11, C-21), which is looked for once a minute.
 *
 * @throws LakeError `incomplete` (`MISSING_DAYS`) in the words of the export guide when days are missing after `waitMs`.
 * @throws LakeError `corrupt` (`MANIFEST`) for a manifest that is none; `cancelled`.
 */
export async function awaitDays(
  inputs: DayInputs,
  days: readonly UtcDay[],
  { waitMs, clock, signal }: { readonly waitMs: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const untilMs = clock.nowMs() + waitMs;
  for (;;) {
    const missing: UtcDay[] = [];
    for (const day of days) {
      const { store, directory, manifestName, manifestSchema } = inputDataset(inputs, day);
      if ((await readManifest(store, directory + manifestName, manifestSchema)) === undefined)
        missing.push(day);
    }
    if (missing.length === 0) return;
    const leftMs = untilMs - clock.nowMs();
    if (leftMs <= 0) {
      throw new LakeError('incomplete', `Missing Tier 3 daily parquets for: [${missing.join(', ')}]`, {
        code: 'MISSING_DAYS',
      });
    }
    await clock.sleep(Math.min(leftMs, POLL_MS), signal);
  }
}

const POLL_MS = 60_000;

/**
 * Opens a day whose manifest is there, and holds it against that. A local file is hashed whole; of one far away only what is read is
 * fetched, whose pages have checksums.
 *
 * @throws LakeError `missing` when it is gone, `corrupt` (`DATA_MISMATCH`, `SCHEMA_VERSION`, `SCHEMA_MISMATCH`, …) when it is not as it
 *   should be. Whoever opens a day closes its reader.
 */
export async function openDay(
  dataset: PublishedDataset<Tier3Manifest>,
  { day, arena, signal }: { readonly day: UtcDay; readonly arena: Arena; readonly signal: AbortSignal },
): Promise<InputDay> {
  const published = await readPublished(dataset);
  if (published === undefined) {
    throw new LakeError('missing', 'a day of the window is not there any more', { details: { day } });
  }
  const { manifest, data } = published;
  if (manifest.schema_version !== ENTRY_SCHEMA_VERSION || manifest.date_utc !== day) {
    throw new LakeError('corrupt', 'a day of the window has another version or is another day', {
      code: 'SCHEMA_VERSION',
      details: { day, schemaVersion: manifest.schema_version, dateUtc: manifest.date_utc },
    });
  }
  if (dataset.store.isLocal && (await sha256Of(data, signal)) !== manifest.parquet_sha256) {
    throw new LakeError('corrupt', 'a day of the window is not what its manifest describes', {
      code: 'DATA_MISMATCH',
      details: { day },
    });
  }
  const reader = await openParquet({ source: data, arena }, PUBLISHED_LIMITS);
  try {
    requireColumns(reader.schema, day);
    if (reader.rowCount !== manifest.row_count) {
      throw new LakeError('corrupt', 'a day of the window has other rows than its manifest says', {
        code: 'DATA_MISMATCH',
        details: { day, rows: reader.rowCount, stated: manifest.row_count },
      });
    }
  } catch (failure) {
    reader.close();
    throw failure;
  }
  return { day, manifest, data, reader };
}

/** @throws LakeError `corrupt` (`SCHEMA_MISMATCH`) with each column that differs and how (T2-20). */
function requireColumns(schema: Schema, day: UtcDay): void {
  const differing = TIER2_SCHEMA.fields.flatMap((field) => {
    const found = schema.fields.find(({ name }) => name === field.name);
    const isSame =
      found !== undefined &&
      fingerprintSchema({ fields: [found] }) === fingerprintSchema({ fields: [field] });
    if (isSame) return [];
    return [
      `${field.name}: expected ${typeText(field.type)}, found ${found === undefined ? 'none' : typeText(found.type)}`,
    ];
  });
  if (differing.length === 0) return;
  throw new LakeError('corrupt', 'a day of the window has other columns', {
    code: 'SCHEMA_MISMATCH',
    details: { day, columns: differing.join('; ') },
  });
}
