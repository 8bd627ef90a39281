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
const MATCH_PART = 0.015;

/** Rows that are merged by keys are drawn one by one: what a row costs for each match, in bytes. Likewise. */
const MATCH_WEIGHT = 1;

/** What a byte of a float costs then beside one of an integer: its entries, which are looked up for each row, are looked up once more. Likewise. */
const FLOAT_WEIGHT = 2.5;

/** What a row costs then of a column that is the same in nearly all rows, as a part of that: it takes less than a bit a row. Likewise. */
const CONSTANT_PART = 0.2;

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
 * which do not stand in an arena. Where rows are merged by keys, it waits until the other has opened its columns of all files, which
 * therefore are those of the fewest bytes.
 */
export function splitColumns(
  { fields }: Schema,
  { model, orderBy, matchesPerRow }: SplitOptions,
): SplitColumns {
  const isMerged = matchesPerRow >= 1;
  const sizes = sizesOf(model);
  const sizeOf = ({ name }: Field) => sizes.get(name) ?? 1;
  const weightOf = (field: Field) => {
    const size = sizeOf(field);
    if (!isMerged) return size;
    const part = size * 8 < model.rowCount ? CONSTANT_PART : 1;
    const ofRows = model.rowCount * matchesPerRow * MATCH_WEIGHT * part;
    return size * (field.type.kind === 'float' ? FLOAT_WEIGHT : 1) + ofRows;
  };
  const own = new Set(
    fields.filter(({ name, type }) => type.kind === 'nested' || orderBy.some((key) => key.name === name)),
  );
  const all = sumOf(fields.map(weightOf));
  const driving = all * (DRIVING_PART + MATCH_PART * matchesPerRow);
  let ownWeight = driving + sumOf([...own].map(weightOf));
  let othersWeight = 0;
  for (const field of fields.toSorted((a, b) => sizeOf(b) - sizeOf(a))) {
    if (own.has(field)) continue;
    const weight = weightOf(field);
    const isOwn = isMerged ? ownWeight + weight / 2 <= (all + driving) / 2 : ownWeight <= othersWeight;
    if (isOwn) {
      own.add(field);
      ownWeight += weight;
    } else othersWeight += weight;
  }
  // Rows are counted in this thread's lane, which therefore has a column.
  if (own.size === 0) return { own: fields, others: [] };
  return { own: fields.filter((field) => own.has(field)), others: fields.filter((field) => !own.has(field)) };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function sizesOf({ rowGroups }: ParquetReader): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { name, sizeBytes, uncompressedSizeBytes } of rowGroups.flatMap(({ columns }) => columns)) {
    sizes.set(name, (sizes.get(name) ?? 0) + sizeBytes * STORED_WEIGHT + uncompressedSizeBytes);
  }
  return sizes;
}
