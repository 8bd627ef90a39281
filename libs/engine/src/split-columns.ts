import type { Field, Schema } from '@ticklake/columnar';
import type { ParquetReader } from '@ticklake/parquet';

/** Columns of two threads. */
export interface SplitColumns {
  readonly own: readonly Field[];
  readonly others: readonly Field[];
}

/** What a byte as stored costs beside a byte as decoded: it is read, checked and decompressed. Measured. */
const STORED_WEIGHT = 1.5;

/** What a thread that also plans does for every byte of the order columns beside reading them. Measured. */
const PLANNING_WEIGHT = 1;

/**
 * Shares columns out, so that both threads have the same to do: by the sizes that the columns have in `model`, one of the files. This
 * thread also reads the order columns to plan the merge, and keeps nested columns, which do not stand in an arena.
 */
export function splitColumns(
  { fields }: Schema,
  { model, orderBy }: { readonly model: ParquetReader; readonly orderBy: readonly string[] },
): SplitColumns {
  const weights = weightsOf(model);
  const weightOf = ({ name }: Field) => weights.get(name) ?? 1;
  let ownWeight = fields
    .filter(({ name }) => orderBy.includes(name))
    .reduce((sum, field) => sum + weightOf(field) * PLANNING_WEIGHT, 0);
  let othersWeight = 0;
  const own = new Set<Field>();
  for (const field of fields.toSorted((a, b) => weightOf(b) - weightOf(a))) {
    if (field.type.kind === 'nested' || ownWeight <= othersWeight) {
      own.add(field);
      ownWeight += weightOf(field);
    } else othersWeight += weightOf(field);
  }
  // Rows are counted in this thread's lane, which therefore has a column.
  if (own.size === 0) return { own: fields, others: [] };
  return { own: fields.filter((field) => own.has(field)), others: fields.filter((field) => !own.has(field)) };
}

function weightsOf({ rowGroups }: ParquetReader): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { name, sizeBytes, uncompressedSizeBytes } of rowGroups.flatMap(({ columns }) => columns)) {
    weights.set(name, (weights.get(name) ?? 0) + sizeBytes * STORED_WEIGHT + uncompressedSizeBytes);
  }
  return weights;
}
