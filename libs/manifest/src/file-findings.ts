import { isLakeError, type LakeError } from '@ticklake/core';
import type { ParquetReader } from '@ticklake/parquet';
import type { Finding } from './facts.js';

/** A finding that makes the file unfit. */
export function error(check: string, message: string, details: Readonly<Record<string, unknown>>): Finding {
  return { check, severity: 'error', message, details };
}

/**
 * Whether every row group records the order the rows are read in (MG-24). Absence is worth knowing and harms nobody;
 * a record on some row groups, or of another order, misleads engines that trust it.
 */
export function sortingFindings(
  rowGroups: ParquetReader['rowGroups'],
  orderBy: readonly string[],
): readonly Finding[] {
  if (orderBy.length === 0 || rowGroups.length === 0) return [];
  const agreeing = rowGroups.filter(({ sortingColumns }) => agrees(sortingColumns, orderBy)).length;
  if (agreeing === rowGroups.length) return [];
  const recorded = rowGroups.filter(({ sortingColumns }) => sortingColumns.length > 0).length;
  const details = { rowGroups: rowGroups.length, recorded, agreeing, orderBy: orderBy.join(',') };
  const check = 'sorting_columns';
  return recorded === 0
    ? [{ check, severity: 'info', message: 'the file does not record its order', details }]
    : [{ check, severity: 'warning', message: 'some row groups record no order or another one', details }];
}

/** Pages without a CRC: their bytes are only covered by the hash of the whole file. */
export function unprotectedFindings(pages: ParquetReader['pages']): readonly Finding[] {
  const unprotected = pages.read - pages.withCrc;
  if (unprotected === 0) return [];
  const details = { pages: pages.read, unprotected };
  return [{ check: 'unprotected', severity: 'warning', message: 'some pages carry no checksum', details }];
}

/** One order is the beginning of the other, and something is recorded. */
function agrees(recorded: readonly string[], orderBy: readonly string[]): boolean {
  const length = Math.min(recorded.length, orderBy.length);
  return length > 0 && recorded.slice(0, length).every((name, index) => name === orderBy[index]);
}

/** A failure of reading a file as a finding about it. @throws what is no fault of the file. */
export function fileFinding(failure: unknown): Finding {
  if (!isLakeError(failure) || !isOfTheFile(failure)) throw failure;
  const { code, message, details } = failure;
  // Which check a fault of the bytes belongs to; the code itself is in the details.
  const checks = new Map([
    ['CRC_MISMATCH', 'crc'],
    ['STATS_MISMATCH', 'statistics'],
    ['SCHEMA_MISMATCH', 'schema'],
  ]);
  return error(checks.get(code ?? '') ?? 'readable', message, { code, ...details });
}

/** Bad bytes, or rows that no memory there is can hold. */
function isOfTheFile({ kind, code }: LakeError): boolean {
  return kind === 'corrupt' || (kind === 'invalid' && (code === 'MEMORY' || code === 'LIMIT'));
}
