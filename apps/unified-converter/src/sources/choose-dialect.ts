import { LakeError } from '@ticklake/core';
import type { UnifiedName } from '@ticklake/market';
import { DIALECTS, type Dialect } from './dialects/index.js';

/** A dialect, and where a file has its columns. */
export interface ChosenDialect {
  readonly dialect: Dialect;
  /** The place of the field of each column, from 0; columns that the file does not have are not in it. */
  readonly places: ReadonlyMap<string, number>;
  /** The place of the field that names the symbol, where there is one. */
  readonly symbolPlace: number | undefined;
  /** Names of fields that nothing is kept of. */
  readonly unmapped: readonly string[];
  /** Those of them that the dialect does not know. */
  readonly unknown: readonly string[];
}

/** Where the choice is told of when it fails. */
export interface ChoicePlace {
  readonly file: string;
  readonly line?: number;
}

/**
 * The dialect of a header: the first whose fields it has, spelled in whatever case, with or without `_`, `-` and spaces.
 *
 * @throws LakeError `corrupt` (`MISSING_COLUMN`) with what is missing for the dialect that comes closest; (`DUPLICATE_COLUMN`).
 */
export function dialectOfHeader(
  dataset: UnifiedName,
  header: readonly string[],
  place: ChoicePlace,
): ChosenDialect {
  const names = header.map(plainName);
  const twice = header.filter((_, i) => names.indexOf(names[i] as string) !== i);
  if (twice.length > 0) {
    throw new LakeError('corrupt', 'two columns of a source have one name', {
      code: 'DUPLICATE_COLUMN',
      details: { ...place, columns: twice.join() },
    });
  }
  const candidates = DIALECTS[dataset].filter((one) => one.header !== 'never');
  const missing = candidates.map(({ fields, optionalFields }) =>
    fields.filter((field) => !optionalFields.includes(field) && !names.includes(plainName(field))),
  );
  const fewest = Math.min(...missing.map((fields) => fields.length));
  const closest = missing.findIndex((fields) => fields.length === fewest);
  const dialect = candidates[closest] as Dialect;
  if (fewest > 0) {
    throw new LakeError('corrupt', 'a source lacks a column', {
      code: 'MISSING_COLUMN',
      details: { ...place, dialect: dialect.name, missing: missing[closest]?.join(), found: header.join() },
    });
  }
  return chosen(dialect, names, header);
}

/**
 * The dialect of a file without a header, by how many fields its first row has and what the first of them looks like.
 *
 * @throws LakeError `corrupt` (`UNKNOWN_DIALECT`).
 */
export function dialectOfRow(
  dataset: UnifiedName,
  row: readonly string[],
  place: ChoicePlace,
): ChosenDialect {
  const dialect = DIALECTS[dataset].find(
    ({ header, fields, firstField }) =>
      header !== 'always' && fields.length === row.length && firstField.test(row[0] ?? ''),
  );
  if (dialect !== undefined) return chosen(dialect, dialect.fields.map(plainName), dialect.fields);
  throw new LakeError('corrupt', 'a source without a header is of no known kind', {
    code: 'UNKNOWN_DIALECT',
    details: { ...place, dataset, fields: row.length, first: (row[0] ?? '').slice(0, 40) },
  });
}

function chosen(dialect: Dialect, names: readonly string[], header: readonly string[]): ChosenDialect {
  const placeOf = (field: string) => names.indexOf(plainName(field));
  const places = new Map(
    Object.entries(dialect.columns)
      .map(([column, field]) => [column, placeOf(field)] as const)
      .filter(([, place]) => place >= 0),
  );
  const symbolPlace = dialect.symbolField === undefined ? -1 : placeOf(dialect.symbolField);
  const used = new Set([...places.values(), symbolPlace]);
  const known = new Set(dialect.fields.map(plainName));
  return {
    ...{ dialect, places },
    symbolPlace: symbolPlace < 0 ? undefined : symbolPlace,
    unmapped: header.filter((_, i) => !used.has(i)),
    unknown: header.filter((_, i) => !known.has(names[i] as string)),
  };
}

/** A name without case and separators: `Funding Rate`, `fundingRate` and `funding_rate` are one. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '');
}
