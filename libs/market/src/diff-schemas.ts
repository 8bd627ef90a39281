import { typeText, type Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';

/** One column in which two schemas differ; types as {@link typeText} writes them, `undefined` where it is absent. */
export interface SchemaDifference {
  readonly column: string;
  readonly expected: string | undefined;
  readonly found: string | undefined;
}

/**
 * The columns that keep rows of `found` from standing beside rows of `expected`: missing, extra, or of another type
 * (MF-14). Columns of `expected` first, in its order, then the extra ones in theirs. Column order, nullability and
 * whether bytes have a fixed size do not count: they do not change what a row says.
 */
export function diffSchemas(expected: Schema, found: Schema): readonly SchemaDifference[] {
  const expectedTypes = typesOf(expected);
  const foundTypes = typesOf(found);
  return [...new Set([...expectedTypes.keys(), ...foundTypes.keys()])]
    .map((column) => ({ column, expected: expectedTypes.get(column), found: foundTypes.get(column) }))
    .filter((difference) => difference.expected !== difference.found);
}

/** Differences in one line: `bid_price: float64 expected, float32 found; venue_note: not expected, utf8 found`. */
export function differencesText(differences: readonly SchemaDifference[]): string {
  return differences
    .map(({ column, expected, found }) => {
      const wanted = expected === undefined ? 'not expected' : `${expected} expected`;
      return `${column}: ${wanted}, ${found ?? 'nothing'} found`;
    })
    .join('; ');
}

/**
 * Makes sure that rows of `found` can stand beside rows of `expected`.
 *
 * @throws LakeError `corrupt` (`SCHEMA_MISMATCH`) where {@link diffSchemas} finds a difference; `details.differences`
 * has the line of {@link differencesText}, `details.columns` the records.
 */
export function checkSameSchema(expected: Schema, found: Schema): void {
  const columns = diffSchemas(expected, found);
  if (columns.length === 0) return;
  throw new LakeError('corrupt', 'the columns differ from those of the other files', {
    code: 'SCHEMA_MISMATCH',
    details: { differences: differencesText(columns), columns },
  });
}

function typesOf({ fields }: Schema): ReadonlyMap<string, string> {
  return new Map(fields.map(({ name, type }) => [name, typeText(type)]));
}
