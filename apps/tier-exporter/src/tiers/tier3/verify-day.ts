import { isDeepStrictEqual } from 'node:util';
import { fingerprintSchema } from '@ticklake/columnar';
import type { UtcDay } from '@ticklake/core';
import type { Finding, PublishedDataset } from '@ticklake/manifest';
import { inspectDataset } from '../verify/inspect-dataset.js';
import { judgeRows, type JudgedRows } from '../verify/judge-rows.js';
import { error, warning, type Verdict, type VerifyOptions } from '../verify/verdict.js';
import { TIER3_SCHEMA } from './columns.js';
import type { Tier3Manifest } from './manifest.js';
import { driftFindings, nullRatiosOf, type NullRatios } from './null-drift.js';
import { projectionFindings } from './projection-findings.js';

/** How a day is verified. */
export interface VerifyDayOptions extends VerifyOptions {
  /** What was usual on the days before: see `readHistory`. */
  readonly history: readonly NullRatios[];
}

/**
 * Reads every byte of a day of tier 3 and holds it against its manifest, its own footer, the schema of this version, and what is usual
 * (VF-03 … VF-13). Bad data is a finding and never thrown.
 *
 * @throws LakeError `unavailable`, `denied`, `cancelled`, or `conflict` when the day was replaced meanwhile: nothing was judged.
 */
export async function verifyDay(
  dataset: PublishedDataset<Tier3Manifest>,
  day: UtcDay,
  options: VerifyDayOptions,
): Promise<Verdict> {
  const findings: Finding[] = [];
  const facts = await inspectDataset(
    dataset,
    {
      tier: 3,
      schema: TIER3_SCHEMA,
      judgeManifest: (manifest) => manifestFindings(manifest, day),
      dataName: () => Promise.resolve(dataset.dataName),
      fitsColumns: (found) => fingerprintSchema(found) === fingerprintSchema(TIER3_SCHEMA),
      async judgeRows({ reader, data }, manifest) {
        const judged = await judgeRows(reader, { ...options, label: day, dayOf: () => day });
        const found = [...judged.findings, ...nullCountFindings(judged, manifest, options)];
        if (manifest === undefined) return found;
        return [...found, ...(await projectionFindings({ reader, source: data, manifest }, options))];
      },
    },
    { options, findings },
  );
  return { tier: 3, day, directory: dataset.directory, facts, findings };
}

/** Whether the columns are null as often as the manifest says, and as on the days before (VF-11). */
function* nullCountFindings(
  { nullCounts }: JudgedRows,
  manifest: Tier3Manifest | undefined,
  { history, nulls }: VerifyDayOptions,
): Generator<Finding> {
  const counts = Object.fromEntries(nullCounts);
  if (manifest?.null_counts !== undefined && !isDeepStrictEqual(manifest.null_counts, counts)) {
    yield error('null_counts', 'columns are null in more or fewer entries than the manifest says');
  }
  const rows = manifest?.row_count ?? 0;
  const now = nullRatiosOf({ null_counts: counts, row_count: rows });
  if (now !== undefined) yield* driftFindings(now, history, nulls.driftMax);
}

/** Whether a manifest agrees with itself (VF-06). */
function* manifestFindings(manifest: Tier3Manifest, day: UtcDay): Generator<Finding> {
  const { date_utc, hours, missing_hours, hours_found, row_count, complete } = manifest;
  if (date_utc !== day)
    yield error('date', 'the manifest is of another day', { expected: day, actual: date_utc });
  const missing = hours.filter((hour) => !hour.complete).map(({ hour }) => hour);
  const rows = hours.reduce((sum, hour) => sum + hour.rows, 0);
  const isConsistent =
    hours.every(({ hour }, i) => hour === i) &&
    isDeepStrictEqual(missing, missing_hours) &&
    hours_found === 24 - missing.length &&
    complete === (missing.length === 0) &&
    rows === row_count;
  if (!isConsistent)
    yield error('hours', 'the hours of the manifest contradict each other', { rows, rowCount: row_count });
  else if (!complete) {
    yield warning('hours', 'the export is not complete, and says so', { missingHours: missing.join() });
  }
}
