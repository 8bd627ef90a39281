import type { Field, Schema } from '@ticklake/columnar';
import type { ParquetReader } from '@ticklake/parquet';

/** Columns of two threads. */
export interface SplitColumns {
  readonly own: readonly Field[];
  readonly others: readonly Field[];
}

/** What a byte as stored costs beside a byte as decoded: it is read, checked and decompressed. Measured. */
const STORED_WEIGHT = 1.5;

/** What the thread that plans, proves and writes does beside its columns, as a part of what all columns cost. Measured. */
const DRIVING_PART = 0.13;

/** What a match between two sources costs of it beside, where each row takes one. Measured with 256 sources, where a row takes eight. */
const MATCH_PART = 0.04;

/** What columns are shared out by. */
export interface SplitOptions {
  /** One of the files, as an example of what columns cost. */
  readonly model: ParquetReader;
  readonly orderBy: readonly Field[];
  /** How often the keys of two sources are compared for each row, in the mean. */
  readonly matchesPerRow: number;
}

/**
 * Shares columns out, so that both threads have the same to do. This thread keeps the order columns, which it checks, and nested ones,
 * which do not stand in an arena.
 */
export function splitColumns(
  { fields }: Schema,
  { model, orderBy, matchesPerRow }: SplitOptions,
): SplitColumns {
  const weights = weightsOf(model);
  const weightOf = ({ name }: Field) => weights.get(name) ?? 1;
  const own = new Set(
    fields.filter(({ name, type }) => type.kind === 'nested' || orderBy.some((key) => key.name === name)),
  );
  const all = sumOf(fields.map(weightOf));
  let ownWeight = all * (DRIVING_PART + MATCH_PART * matchesPerRow) + sumOf([...own].map(weightOf));
  let othersWeight = 0;
  for (const field of fields.toSorted((a, b) => weightOf(b) - weightOf(a))) {
    if (own.has(field)) continue;
    if (ownWeight <= othersWeight) {
      own.add(field);
      ownWeight += weightOf(field);
    } else othersWeight += weightOf(field);
  }
  // Rows are counted in this thread's lane, which therefore has a column.
  if (own.size === 0) return { own: fields, others: [] };
  return { own: fields.filter((field) => own.has(field)), others: fields.filter((field) => !own.has(field)) };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function weightsOf({ rowGroups }: ParquetReader): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { name, sizeBytes, uncompressedSizeBytes } of rowGroups.flatMap(({ columns }) => columns)) {
    weights.set(name, (weights.get(name) ?? 0) + sizeBytes * STORED_WEIGHT + uncompressedSizeBytes);
  }
  return weights;
}
