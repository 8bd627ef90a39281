import type { PlacedColumn } from '@ticklake/columnar';
import type { Finding } from '@ticklake/manifest';

/**
 * The most nulls of a column, as a share of its rows, above which a day is not like others (VF-11, C-32): floors under which no export
 * that was seen has been. A column that is not here may be null everywhere.
 */
export const NULL_RATIO_MAX: Readonly<Record<string, number>> = {
  spot_raw: 0.05,
  derived: 0.05,
  scores: 0.05,
  flags: 0.05,
  diag: 0.05,
  spot_prices: 0.05,
  twitter_sentiment_windows: 0.5,
  twitter_sentiment_meta: 0.5,
};

/** Rows that have futures are told of when they are fewer than this share. */
const FUTURES_RATIO_MIN = 0.1;

/** How many rows of a column are null. The levels of a nested row begin with that of its outermost value. */
export function nullCount(
  placed: PlacedColumn,
  isPresentAt: (level: number) => boolean,
  bytes: Uint8Array,
): number {
  if (placed.layout === 'nested') return placed.values.filter((value) => value === null).length;
  if (placed.layout !== 'striped') {
    if (placed.validity === 0) return 0;
    return bytes.subarray(placed.validity, placed.validity + placed.rowCount).filter((one) => one === 0)
      .length;
  }
  const first = placed.leaves[0];
  if (first?.definitions === undefined) return 0;
  let count = 0;
  for (let slot = 0; slot < first.slotCount; slot++) {
    const opensRow = first.repetitions === undefined || first.repetitions[slot] === 0;
    if (opensRow && !isPresentAt(first.definitions[slot] as number)) count++;
  }
  return count;
}

/** Findings about the nulls of a day's columns. */
export function nullFindings(counts: ReadonlyMap<string, number>, rowCount: number): readonly Finding[] {
  const findings: Finding[] = [];
  const warn = (check: string, message: string, column: string, nulls: number) =>
    findings.push({ check, severity: 'warning', message, details: { column, nulls, rows: rowCount } });
  for (const [column, nulls] of counts) {
    const max = NULL_RATIO_MAX[column];
    if (max !== undefined && nulls === rowCount)
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
