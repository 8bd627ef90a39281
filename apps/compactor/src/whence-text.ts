import { printableValue } from '@ticklake/cli-kit';
import type { Lineage, RowLineage, SourceCandidate } from './whence.js';

/** Candidates that are named. */
const CANDIDATES_SHOWN = 10;

/** Lineage for people. */
export function lineageText({ partition, rowCount, rows }: Lineage): string {
  return [`${partition}  rows=${rowCount}`, ...rows.flatMap(rowLines)].join('\n');
}

function rowLines(row: RowLineage): string[] {
  const { seq, time, ties } = row;
  const place = ties.count === 1 ? '' : `, ${ties.index + 1} of ${ties.count} rows with that time`;
  return ['', `seq ${seq}  ts_event=${time}${place}`, ...originLines(row), ...valueLines(row)];
}

function originLines({ origin, isProved, candidates }: RowLineage): string[] {
  if (isProved === undefined) return candidateLines(candidates);
  if (origin === undefined) return ['  NOT PROVED: the sources have fewer rows with that time'];
  const proof = isProved
    ? 'the same values in every column'
    : 'NOT PROVED: its values are others, or other rows share its time';
  return [`  from ${origin.name} row ${origin.row}: ${proof}`];
}

/** What can be said honestly where the origin is not known. */
function candidateLines(candidates: readonly SourceCandidate[]): string[] {
  const names = candidates
    .slice(0, CANDIDATES_SHOWN)
    .map(({ name, state }) => `    ${name}${state === 'not looked at' ? '' : `  ${state}`}`);
  const more = candidates.length - names.length;
  const reason = candidates.some(({ state }) => state === 'not looked at')
    ? 'give --raw to find the row'
    : 'not all of them can be read';
  const count = candidates.length === 1 ? 'the only source' : `one of ${candidates.length} sources`;
  return [
    `  from ${count} whose time range holds it, by the receipt; ${reason}`,
    ...names,
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

function valueLines({ values, originValues }: RowLineage): string[] {
  const shown = (value: string | null) => (value === null ? 'null' : printableValue(value));
  return Object.entries(values).map(([name, value]) => {
    const other = originValues?.[name];
    const differs = other !== undefined && other !== value && name !== 'seq';
    return `  ${printableValue(name)}=${shown(value)}${differs ? `  in the source: ${shown(other)}` : ''}`;
  });
}
