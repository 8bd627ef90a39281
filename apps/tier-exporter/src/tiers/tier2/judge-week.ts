import { isDeepStrictEqual } from 'node:util';
import { parseUtcDay, type UtcDay } from '@ticklake/core';
import { parseStagedName, type Finding } from '@ticklake/manifest';
import { ENTRY_SCHEMA_VERSION, REST_COLUMN } from '../tier3/columns.js';
import { error, warning } from '../verify/verdict.js';
import { publishedKey, weekDataName } from './build-week.js';
import { EXCLUDED_COLUMNS, INCLUDED_COLUMNS } from './columns.js';
import type { Tier2Manifest } from './manifest.js';
import { windowDays } from './read-days.js';

/** Whether the manifest of the week that ends with `day` agrees with itself: window, days, their rows, and its policy (VF-16). */
export function* judgeWeek(manifest: Tier2Manifest, day: UtcDay): Generator<Finding> {
  if (manifest.schema_version !== ENTRY_SCHEMA_VERSION) {
    const details = { expected: ENTRY_SCHEMA_VERSION, actual: manifest.schema_version };
    yield error('schema_version', 'the entries are of another version than this program knows', details);
  }
  yield* windowFindings(manifest, day);
  yield* inputFindings(manifest);
  yield* policyFindings(manifest);
  const { incomplete_days, duplicate_session_rows } = manifest;
  if (incomplete_days.length > 0) {
    const details = { days: incomplete_days.join() };
    yield warning('coverage', 'days of the window are not complete, and the manifest says so', details);
  }
  if (duplicate_session_rows > 0) {
    yield {
      check: 'duplicates',
      severity: 'info',
      message: 'entries have a meta.session_id that an earlier one has; they are kept',
      details: { rows: duplicate_session_rows },
    };
  }
}

function* windowFindings({ window, data }: Tier2Manifest, day: UtcDay): Generator<Finding> {
  const { start_day, end_day, days_included } = window;
  if (end_day !== day)
    yield error('window', 'the manifest is of another week', { expected: day, actual: end_day });
  const days = windowDays(parseUtcDay(end_day), days_included.length);
  if (start_day !== days[0] || !isDeepStrictEqual(days, days_included)) {
    yield error('window', 'the days of the window are not those from its first to its last', {
      ...{ start: start_day, end: end_day, days: days_included.join() },
    });
  }
  const name = weekDataName(days_included.length);
  if (data !== name && parseStagedName(name, data) === undefined)
    yield error('window', 'the data object is called by another number of days', { data });
}

/** The days it was built from: in its order, and as many rows as it has. */
function* inputFindings(manifest: Tier2Manifest): Generator<Finding> {
  const { window, source_inputs, source_inputs_detail, sources, row_count, incomplete_days } = manifest;
  const days = window.days_included.map((day) => parseUtcDay(day));
  const incomplete = source_inputs_detail.filter(({ complete }) => !complete).map((detail) => detail.day);
  const stated = source_inputs_detail.map(({ key, size_bytes, sha256, row_count: rows }) => {
    return { name: key, size: size_bytes, sha256, rows };
  });
  const hashed = sources.map(({ name, size, sha256, rows }) => ({ name, size, sha256, rows }));
  const isConsistent =
    isDeepStrictEqual(source_inputs, days.map(publishedKey)) &&
    isDeepStrictEqual(
      source_inputs_detail.map((detail) => detail.day),
      window.days_included,
    ) &&
    isDeepStrictEqual(stated, hashed) &&
    isDeepStrictEqual(incomplete, incomplete_days);
  const rows = source_inputs_detail.reduce((sum, detail) => sum + detail.row_count, 0);
  if (isConsistent && rows === row_count) return;
  yield error('inputs', 'the days of the manifest contradict each other, or its rows', {
    ...{ rows, rowCount: row_count },
  });
}

/** Which columns there are, and why others are not (T2-07 … T2-09, C-25, C-26). */
function* policyFindings({ column_policy, unclassified }: Tier2Manifest): Generator<Finding> {
  const {
    included_top_level_columns: included,
    excluded_top_level_columns: excluded,
    explicit_exclusions: explicit,
  } = column_policy;
  const decided: readonly string[] = [...EXCLUDED_COLUMNS, REST_COLUMN];
  const isAsDecided =
    isDeepStrictEqual(included, [...INCLUDED_COLUMNS]) &&
    isDeepStrictEqual(explicit, [...EXCLUDED_COLUMNS]) &&
    !excluded.some((name) => included.includes(name)) &&
    isDeepStrictEqual(
      unclassified,
      excluded.filter((name) => !decided.includes(name)),
    );
  if (!isAsDecided) yield error('column_policy', 'the policy of columns is not that of tier 2');
  if (unclassified.length > 0) {
    yield warning('column_policy', 'the days had columns that nobody has decided about', {
      columns: unclassified.join(),
    });
  }
}
