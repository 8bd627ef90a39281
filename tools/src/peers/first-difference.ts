import { typeText } from '@ticklake/columnar';
import { fieldOf } from './column-type.js';
import type { ColumnFacts } from './column-facts.js';
import type { KnownLimit } from './known-limits.js';

/** A column as two readers give it, one text for each value. */
export interface TwoTexts {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
}

const SHOWN = 120;

/** What is different first beyond `limits`, in one line; `undefined` when nothing is. */
export function firstDifference(
  column: ColumnFacts,
  { ours, theirs }: TwoTexts,
  limits: readonly KnownLimit[],
): string | undefined {
  if (ours.length !== theirs.length) {
    return `${describe(column)}: ${ours.length} rows, theirs ${theirs.length}`;
  }
  const normalised = (text: string) =>
    limits.reduce((given, { normalise }) => normalise?.(given) ?? given, text);
  for (let row = 0; row < ours.length; row++) {
    const [mine, other] = [ours[row] as string, theirs[row] as string];
    if (mine !== other && normalised(mine) !== normalised(other)) {
      return `${describe(column)}, row ${row}: ${shown(mine)}, theirs ${shown(other)}`;
    }
  }
  return undefined;
}

function describe({ writer, field, leaves }: ColumnFacts): string {
  const stored = leaves.map(({ scalar, encodings }) => `${scalar.kind} in ${[...encodings].join('+')}`);
  return `column ${JSON.stringify(field.name)} ${typeText(fieldOf(field).type)} (${stored.join(', ')}) by ${writer}`;
}

function shown(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}… (${text.length} characters)` : text;
}
