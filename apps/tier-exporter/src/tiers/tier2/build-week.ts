import type { Schema } from '@ticklake/columnar';
import { assert, isLakeError, LakeError, type Clock, type UtcDay } from '@ticklake/core';
import {
  balanceReceipt,
  placeOf,
  receiptFooter,
  type PublishedDataset,
  type Receipt,
} from '@ticklake/manifest';
import { localDayScheme, tier2WeeklyScheme, tier3DailyScheme } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import { publishExport, type ExportOutcome, type ExportSettings } from '../publish-export.js';
import { ENTRY_SCHEMA_VERSION } from '../tier3/columns.js';
import { columnPolicy, TIER2_SCHEMA } from './columns.js';
import { describeWeek, tier2ManifestSchema, type Tier2Manifest } from './manifest.js';
import {
  awaitDays,
  inputDataset,
  openDay,
  proveDays,
  windowDays,
  type DayInputs,
  type InputDay,
  type OpenDay,
} from './read-days.js';
import { unifySchemas } from './unify-schemas.js';
import { writeWeek, type WrittenWeek } from './write-week.js';

/** Where a week comes from and goes to. */
export interface WeekContext extends ExportSettings {
  readonly inputs: DayInputs;
  /** Takes `YYYY-MM-DD/dataset_entries_7d.parquet` and its manifest. */
  readonly output: ObjectStore;
  /** Takes `tier2/weekly/YYYY-MM-DD/…` as well; `undefined` for a local build. */
  readonly bucket: ObjectStore | undefined;
  /** How long days that are not there yet are waited for. */
  readonly waitMs: number;
  readonly clock: Clock;
  onRows(rowsDone: number): void;
}

/** What became of a week. */
export interface BuiltWeek extends ExportOutcome<Tier2Manifest> {
  readonly endDay: UtcDay;
}

/** Which days a week has. */
export interface WeekRequest {
  readonly endDay: UtcDay;
  /** How many days, of which `endDay` is the last: 7 for a week. */
  readonly dayCount: number;
}

/**
 * Builds a window of tier 2 from the days of tier 3 (T2-01 … T2-21): their manifests first, then of their columns only those it has, in
 * the order of days and rows: copied as they are stored, where days have just these columns and answer for their bytes, else decoded and
 * encoded again. Equal days give equal bytes, either way; when a day is replaced meanwhile, the build is begun again with the new one.
 *
 * @throws LakeError `incomplete` (`MISSING_DAYS`), `corrupt` or `missing` for days, as `awaitDays`, `openDay`, `unifySchemas`,
 *   `proveDays` and `writeWeek`; nothing is published.
 * @throws LakeError `conflict` where other content is published and `overwrite` is off, or a day changed again and again (`DAY_CHANGED`).
 */
export async function buildWeek({ endDay, dayCount }: WeekRequest, context: WeekContext): Promise<BuiltWeek> {
  const { inputs, arena, signal } = context;
  const window = windowDays(endDay, dayCount);
  await awaitDays(inputs, window, context);
  for (let attempt = 1; ; attempt++) {
    const days: OpenDay[] = [];
    try {
      for (const day of window) days.push(await openDay(inputDataset(inputs, day), { day, arena }));
      const schemas = days.map(({ day, reader }) => ({ day, schema: reader.schema }));
      const schema = unifySchemas(TIER2_SCHEMA, schemas);
      const proved = await proveDays(days, schema, { store: inputs.store, signal });
      return { endDay, ...(await new WeekBuild(proved, schema, context).publish()) };
    } catch (failure) {
      if (!isLakeError(failure, 'conflict')) throw failure;
      // While days are opened nothing else is at stake yet.
      const changed = window[days.length] ?? (await findChanged(days, inputs));
      if (changed === undefined) throw failure;
      if (attempt === ATTEMPTS_MAX) throw dayChanged(changed);
    } finally {
      for (const { reader } of days) reader.close();
    }
  }
}

/** A day is exported in minutes, and read in seconds: who changes it again and again is not waited for. */
const ATTEMPTS_MAX = 3;

/** A day that is another version by now; `undefined` when none is. */
async function findChanged(days: readonly OpenDay[], { store }: DayInputs): Promise<UtcDay | undefined> {
  for (const { day, data } of days) {
    const now = await store.head(data.meta.key);
    if (now?.etag !== data.meta.etag) return day;
  }
  return undefined;
}

function dayChanged(day: UtcDay): LakeError {
  return new LakeError('conflict', 'a day of the window changed while it was read', {
    code: 'DAY_CHANGED',
    details: { day },
  });
}

class WeekBuild {
  private written: WrittenWeek | undefined;
  private receipt: Receipt | undefined;

  constructor(
    private readonly days: readonly InputDay[],
    private readonly schema: Schema,
    private readonly context: WeekContext,
  ) {}

  publish(): Promise<ExportOutcome<Tier2Manifest>> {
    const { context, days, schema } = this;
    const week = { endDay: (days.at(-1) as InputDay).day, dayCount: days.length };
    const builtAtMs = context.clock.nowMs();
    const policy = columnPolicy(days.map(({ reader }) => reader.schema));
    return publishExport(
      {
        schema,
        local: localWeek(context.output, week),
        remote: context.bucket && tier2Dataset(context.bucket, week),
        write: async (sink, parquet) => {
          this.written = await writeWeek(days, schema, { ...context, sink, parquet });
        },
        conclude: () => this.conclude(),
        describe: (facts, place) => {
          const { written, receipt } = this;
          assert(
            written !== undefined && receipt !== undefined,
            'a manifest is made when the rows are written',
          );
          const writer = context.tool;
          const parts = { days, schema, written, policy, receipt, publishedKey, builtAtMs, writer };
          return describeWeek(parts, facts, place);
        },
      },
      context,
    );
  }

  /** What the days add up to, once it is known that they are still what they were. */
  private async conclude() {
    const { written, days, context } = this;
    assert(written !== undefined, 'rows are written before they are added up');
    const changed = await findChanged(days, context.inputs);
    if (changed !== undefined) throw dayChanged(changed);
    const receipt = balanceReceipt(written.sources, written.output);
    this.receipt = receipt;
    const { sources } = written;
    const footer = receiptFooter({ receipt, sources, schemaVersion: ENTRY_SCHEMA_VERSION });
    const { rows: rowCount, multiset } = receipt.inputs;
    const { ordered } = receipt.output;
    const isCopied = days.every(({ projection }) => projection !== undefined);
    return { rowCount, multiset, footer, ...(isCopied && { copied: { multiset, ordered } }) };
  }
}

/** What the guide calls an input, wherever it was read. */
export function publishedKey(day: UtcDay): string {
  return `${tier3DailyScheme.format({ day })}data.parquet`;
}

/** A week in a local build. */
export function localWeek(store: ObjectStore, week: WeekRequest): PublishedDataset<Tier2Manifest> {
  return weekDatasetAt(store, localDayScheme.format({ day: week.endDay }), week.dayCount);
}

/** A week in the bucket. */
export function tier2Dataset(store: ObjectStore, week: WeekRequest): PublishedDataset<Tier2Manifest> {
  return weekDatasetAt(store, tier2WeeklyScheme.format({ day: week.endDay }), week.dayCount);
}

/** A week whose folder is `directory`, `''` or ending in `/`. */
export function weekDatasetAt(
  store: ObjectStore,
  directory: string,
  dayCount: number,
): PublishedDataset<Tier2Manifest> {
  return {
    store,
    directory,
    dataName: weekDataName(dayCount),
    manifestName: 'manifest.json',
    manifestSchema: tier2ManifestSchema,
    place: placeOf,
  };
}

/** What the file of a window of so many days is called (T2-04). */
export function weekDataName(dayCount: number): string {
  return `dataset_entries_${dayCount}d.parquet`;
}
