import { tableText } from '../demo/query.js';
import { kindsOf, type ScalarKindName } from '../peers/scalar-kinds.js';
import { countOf, type Tally } from '../peers/tally.js';
import { FOREIGN_READERS } from './check-case.js';

const KINDS = kindsOf('ticklake');
const ENCODINGS = ['PLAIN', 'RLE_DICTIONARY', 'DELTA_BINARY_PACKED', 'DELTA_LENGTH_BYTE_ARRAY'] as const;

/** What each reader read, with what limits, and how often each type was stored in which encoding. */
export function reportText(tally: Tally): string {
  const readers = FOREIGN_READERS.map((reader) => [
    reader,
    ...['columns', 'values'].map((group) => countOf(tally, [group, reader]).toLocaleString('en-US')),
  ]);
  const limits = [...(tally.get('limits') ?? [])].map(
    ([why, columns]) => `in part, ${columns} columns: ${why}`,
  );
  const types = KINDS.map((kind) => [
    kind,
    ...ENCODINGS.map((encoding) => String(countOf(tally, ['encodings', `${encoding} of ${kind}`]))),
  ]);
  return [
    tableText({ columns: ['reader', 'columns', 'values'], rows: readers }),
    limits.join('\n'),
    tableText({ columns: ['type', ...ENCODINGS], rows: types }),
  ].join('\n\n');
}

/** Encodings that the sink has for a type and no file uses. */
export function missingEncodings(tally: Tally): readonly string[] {
  return KINDS.flatMap((kind) => encodingsOf(kind).map((encoding) => `${encoding} of ${kind}`)).filter(
    (one) => countOf(tally, ['encodings', one]) === 0,
  );
}

function encodingsOf(kind: ScalarKindName): readonly (typeof ENCODINGS)[number][] {
  switch (kind) {
    case 'bool':
      return ['PLAIN'];
    case 'utf8':
    case 'bytes':
      return ['RLE_DICTIONARY', 'DELTA_LENGTH_BYTE_ARRAY'];
    case 'float32':
    case 'float64':
    case 'fixed bytes':
    case 'decimal in fixed bytes':
      return ['RLE_DICTIONARY', 'PLAIN'];
    default:
      return ['PLAIN', 'RLE_DICTIONARY', 'DELTA_BINARY_PACKED'];
  }
}
