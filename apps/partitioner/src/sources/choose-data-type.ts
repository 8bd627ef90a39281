import { LakeError } from '@ticklake/core';
import { architectureDataset, ARCHITECTURE_DATASETS, type ArchitectureDataset } from '@ticklake/market';

/** Which data type the columns of a file are of, and where each of its columns stands. */
export interface ChosenDataType {
  readonly dataset: ArchitectureDataset;
  /** Place in the file, by column of the data type. */
  readonly places: ReadonlyMap<string, number>;
  /** Columns of the file that nothing is kept of. */
  readonly unknown: readonly string[];
}

/** What is known of a file before its data type is. */
export interface DataTypeHints {
  readonly tier: 'execution' | 'ml';
  /** By name, where it is said. */
  readonly dataType: string | undefined;
  readonly file: string;
}

/**
 * Tells the data type of a file by its columns, by their names in the lake or those of Tardis; where several have these, by the file's name,
 * such as `binance_liquidations_2023-05-23_BTCUSDT.csv.gz`.
 *
 * @throws LakeError `invalid` (`DATA_TYPE`) for a name that is none, or of another tier; `corrupt` (`MISSING_COLUMN`) where a column of the
 *   named data type is missing, (`DUPLICATE_COLUMN`) where one is there twice, (`UNKNOWN_DATA_TYPE`) where the columns are of none, or of several and the file's name does not say which.
 */
export function chooseDataType(columns: readonly string[], hints: DataTypeHints): ChosenDataType {
  const { tier, dataType, file } = hints;
  if (dataType !== undefined) {
    const dataset = architectureDataset(dataType);
    if (dataset.tier !== tier) {
      throw new LakeError('invalid', 'a data type is of another tier', {
        code: 'DATA_TYPE',
        details: { dataType, tier: dataset.tier, expected: tier },
      });
    }
    return placed(dataset, columns, file);
  }
  const candidates = ARCHITECTURE_DATASETS.filter(
    (dataset) => dataset.tier === tier && !dataset.isPassThrough && missingOf(dataset, columns).length === 0,
  );
  const scores = candidates.map((dataset) => scoreOf(dataset, columns));
  const best = candidates.filter((_, i) => scores[i] === Math.max(...scores));
  const named = best.filter(({ name }) => isNamed(file, name));
  const [only, more] = named.length > 0 ? named : best;
  if (only !== undefined && more === undefined) return placed(only, columns, file);
  throw new LakeError('corrupt', 'the columns of a source do not tell its data type', {
    code: 'UNKNOWN_DATA_TYPE',
    details: { file, columns: columns.join().slice(0, 500), candidates: best.map(({ name }) => name).join() },
  });
}

/** Columns that are there count, and of data types that have as many of them, the one with fewer others. */
function scoreOf(dataset: ArchitectureDataset, columns: readonly string[]): number {
  const { fields } = dataset.schema;
  const there = fields.filter(({ name }, i) => placeOf({ name, i, dataset, columns }) >= 0).length;
  return there * 1000 - fields.length;
}

/** Whether a name has another among its words: `trades`, not `aggtrades`. */
function isNamed(file: string, dataType: string): boolean {
  const base = file.slice(file.lastIndexOf('/') + 1).toLowerCase();
  return new RegExp(`(^|[^a-z0-9])${dataType}([^a-z0-9]|$)`).test(base);
}

function missingOf(dataset: ArchitectureDataset, columns: readonly string[]): readonly string[] {
  return dataset.schema.fields
    .filter(({ name, nullable }, i) => !nullable && placeOf({ name, i, dataset, columns }) < 0)
    .map(({ name }) => name);
}

function placed(dataset: ArchitectureDataset, columns: readonly string[], file: string): ChosenDataType {
  const missing = missingOf(dataset, columns);
  if (missing.length > 0) {
    throw new LakeError('corrupt', 'a source lacks columns of its data type', {
      code: 'MISSING_COLUMN',
      details: { file, dataType: dataset.name, columns: missing.join() },
    });
  }
  const places = new Map<string, number>();
  dataset.schema.fields.forEach(({ name }, i) => {
    const place = placeOf({ name, i, dataset, columns });
    if (place >= 0) places.set(name, place);
  });
  const taken = new Set(places.values());
  const twice = columns.find((name, place) => taken.has(place) && columns.lastIndexOf(name) > place);
  if (twice !== undefined) {
    throw new LakeError('corrupt', 'a source has a column twice', {
      code: 'DUPLICATE_COLUMN',
      details: { file, column: twice },
    });
  }
  const unknown = dataset.isPassThrough ? [] : columns.filter((_, place) => !taken.has(place));
  return { dataset, places, unknown };
}

/** Names in the lake come first, then those of Tardis. */
function placeOf({
  name,
  i,
  dataset,
  columns,
}: {
  readonly name: string;
  readonly i: number;
  readonly dataset: ArchitectureDataset;
  readonly columns: readonly string[];
}): number {
  const own = columns.indexOf(name);
  const theirs = dataset.csv?.columns[i];
  return own >= 0 || theirs === undefined ? own : columns.indexOf(theirs);
}
