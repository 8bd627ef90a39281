import { isDeepStrictEqual } from 'node:util';
import { DIGEST_BYTES, fingerprintSchema, type Arena, type Schema } from '@ticklake/columnar';
import { addDays, daysBetween, LakeError, sha256Of, type Clock, type UtcDay } from '@ticklake/core';
import { readPublished, type PublishedDataset } from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectSource, ObjectStore } from '@ticklake/storage';
import { PUBLISHED_LIMITS } from '../../limits.js';
import { ENTRY_SCHEMA_VERSION } from '../tier3/columns.js';
import { localDataset, tier3Dataset } from '../tier3/export-day.js';
import type { Tier3Manifest } from '../tier3/manifest.js';
import { TIER2_DIGESTS_KEY, type Projection } from '../projection.js';
import { INCLUDED_COLUMNS } from './columns.js';

/** Where the days of tier 3 are read. */
export interface DayInputs {
  readonly store: ObjectStore;
  /** Whether it is a local export, with a folder a day, and not a bucket with `tier3/daily/`. */
  readonly isExport: boolean;
}

/** A day whose footer has been read. */
export interface OpenDay {
  readonly day: UtcDay;
  readonly manifest: Tier3Manifest;
  /** Pinned to the version that the manifest is of. */
  readonly data: ObjectSource;
  readonly reader: ParquetReader;
}

/** A day as it goes into a week. */
export interface InputDay extends OpenDay {
  /** Of the columns of tier 2, which are copied as they are stored; `undefined` where they are decoded. */
  readonly projection: Projection | undefined;
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
 * @throws LakeError `cancelled`; what the store throws.
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
      const { store, directory, manifestName } = inputDataset(inputs, day);
      if ((await store.head(directory + manifestName)) === undefined) missing.push(day);
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

/** A full day has some 1,700: half a megabyte for each day of the window. */
const CHUNKS_KEPT_MAX = 2048;

/**
 * Opens a day whose manifest is there, and holds its footer against that; `proveDays` answers for its rows.
 *
 * @throws LakeError `missing` when it is gone, `corrupt` (`DATA_MISMATCH`, `SCHEMA_VERSION`, …) when it is not as it should be. Whoever
 *   opens a day closes its reader.
 */
export async function openDay(
  dataset: PublishedDataset<Tier3Manifest>,
  { day, arena }: { readonly day: UtcDay; readonly arena: Arena },
): Promise<OpenDay> {
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
  // Each of the chunks of tier 2 is asked for once or twice: what the footer tells of them is not read again for that.
  const tools = { source: data, arena, chunksKeptMax: CHUNKS_KEPT_MAX };
  const reader = await openParquet(tools, PUBLISHED_LIMITS);
  if (reader.rowCount === manifest.row_count) return { day, manifest, data, reader };
  reader.close();
  throw dataMismatch(day, 'a day of the window has other rows than its manifest says', {
    rows: reader.rowCount,
    stated: manifest.row_count,
  });
}

/**
 * Decides for every day whether its columns are copied to `schema` as they are stored. Nothing but their bytes, which the manifest of the
 * day answers for, is read then. The rows of any other day are decoded, and its file, where that is local, is hashed whole.
 *
 * @throws LakeError `corrupt` (`DATA_MISMATCH`) when a file is not what its manifest describes.
 */
export async function proveDays(
  days: readonly OpenDay[],
  schema: Schema,
  { store, signal }: { readonly store: ObjectStore; readonly signal: AbortSignal },
): Promise<readonly InputDay[]> {
  const proved: InputDay[] = [];
  for (const open of days) {
    const { day, data, manifest } = open;
    const projection = readProjection(open, schema);
    if (
      projection === undefined &&
      store.isLocal &&
      (await sha256Of(data, signal)) !== manifest.parquet_sha256
    ) {
      throw dataMismatch(day, 'a day of the window is not what its manifest describes');
    }
    proved.push({ ...open, projection });
  }
  return proved;
}

/** What the day says of the columns of tier 2; `undefined` where it says nothing, or has not just the columns of `schema`. */
function readProjection({ day, manifest, reader }: OpenDay, schema: Schema): Projection | undefined {
  const { tier2_columns: columns, tier2_content: content } = manifest;
  const text = reader.metadata.get(TIER2_DIGESTS_KEY);
  if (columns === undefined || content === undefined || text === undefined) return undefined;
  const own = { fields: reader.schema.fields.filter(({ name }) => isIncluded(name)) };
  if (fingerprintSchema(own) !== fingerprintSchema(schema)) return undefined;
  if (
    !isDeepStrictEqual(
      columns.map(({ name }) => name),
      own.fields.map(({ name }) => name),
    )
  )
    return undefined;
  const digests = Buffer.from(text, 'base64');
  if (digests.length !== reader.rowCount * DIGEST_BYTES) {
    throw dataMismatch(day, 'a day of the window has digests of other rows');
  }
  const stored = columns.map(({ name, size_bytes: sizeBytes, sha256 }) => ({ name, sizeBytes, sha256 }));
  return { columns: stored, content, digests };
}

function isIncluded(name: string): boolean {
  return (INCLUDED_COLUMNS as readonly string[]).includes(name);
}

/** A day that is not what its manifest describes. */
export function dataMismatch(
  day: UtcDay,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): LakeError {
  return new LakeError('corrupt', message, { code: 'DATA_MISMATCH', details: { day, ...details } });
}
