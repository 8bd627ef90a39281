import type { PlacedColumn } from '@ticklake/columnar';
import type { Finding } from '@ticklake/manifest';
import { nullRowsOfLevels, nullRowsOfValidity } from '../null-rows.js';
import { warning } from './verdict.js';

/** What is usual about nulls. */
export interface NullBounds {
  /**
   * The most nulls of a column, as a share of its rows, above which a dataset is not like others (VF-11, C-32). A column that is not here may
   * be null everywhere.
   */
  readonly ratioMax: Readonly<Record<string, number>>;
  /** By how much the share may be above the median of the days before. */
  readonly driftMax: number;
}

/** Floors under which no export that was seen has been. */
export const USUAL_NULLS: NullBounds = {
  ratioMax: {
    spot_raw: 0.05,
    derived: 0.05,
    scores: 0.05,
    flags: 0.05,
    diag: 0.05,
    spot_prices: 0.05,
    twitter_sentiment_windows: 0.5,
    twitter_sentiment_meta: 0.5,
  },
  driftMax: 0.1,
};

/** Rows that have futures are told of when they are fewer than this share. */
const FUTURES_RATIO_MIN = 0.1;

/** How many rows of a column are null. */
export function nullCount(placed: PlacedColumn, presentFrom: number, bytes: Uint8Array): number {
  if (placed.layout === 'nested') return placed.values.filter((value) => value === null).length;
  if (placed.layout === 'striped') {
    const [first] = placed.leaves;
    return first === undefined ? 0 : nullRowsOfLevels(first, presentFrom);
  }
  if (placed.validity === 0) return 0;
  return nullRowsOfValidity(bytes.subarray(placed.validity, placed.validity + placed.rowCount));
}

/** Findings about the nulls of a dataset's columns. */
export function nullFindings(
  counts: ReadonlyMap<string, number>,
  rowCount: number,
  { ratioMax }: Pick<NullBounds, 'ratioMax'>,
): readonly Finding[] {
  const findings: Finding[] = [];
  const warn = (check: string, message: string, column: string, nulls: number) =>
    findings.push(warning(check, message, { column, nulls, rows: rowCount }));
  for (const [column, nulls] of counts) {
    const max = ratioMax[column];
    if (max !== undefined && max < 1 && nulls === rowCount)
      warn('null_ratio', 'a column is null everywhere', column, nulls);
    else if (max !== undefined && nulls > max * rowCount) {
      warn('null_ratio', 'a column is null more often than usual', column, nulls);
    }
  }
  const futures = counts.get('futures_raw');
  if (futures !== undefined && rowCount > 0 && rowCount - futures < FUTURES_RATIO_MIN * rowCount) {
    warn('futures_ratio', 'few entries or none have futures', 'futures_raw', futures);
  }
  return findings;
}
