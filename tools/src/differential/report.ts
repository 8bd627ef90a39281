import { tableText } from '../demo/query.js';
import { kindsOf, SCALAR_KINDS, WRITERS } from '../peers/scalar-kinds.js';
import { PEERS } from './bench.js';
import { countOf, type Tally } from '../peers/tally.js';
import { KERNEL_CHOICES } from '../peers/with-arena.js';

const SHAPES = ['struct', 'list', 'map'] as const;
const CODECS = {
  duckdb: ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD', 'LZ4_RAW', 'BROTLI'],
  'hyparquet-writer': ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD', 'LZ4_RAW', 'BROTLI'],
  ticklake: ['UNCOMPRESSED', 'SNAPPY', 'ZSTD'],
} as const;
/** By the names of the format, and as headings. */
const ENCODINGS: Readonly<Record<string, string>> = {
  PLAIN: 'plain',
  RLE: 'rle',
  PLAIN_DICTIONARY: 'dict.',
  RLE_DICTIONARY: 'rle dict.',
  DELTA_BINARY_PACKED: 'delta',
  DELTA_LENGTH_BYTE_ARRAY: 'delta length',
  DELTA_BYTE_ARRAY: 'delta bytes',
  BYTE_STREAM_SPLIT: 'split',
};
const NULLS = ['required', 'none null', 'some null', 'all null'] as const;
const SEVERAL = ['none', 'one', 'several'] as const;

/** What was compared, what was not and why, and what the files held. */
export function reportText(tally: Tally): string {
  return [comparedText(tally), limitsText(tally), typesText(tally), otherText(tally)].join('\n\n');
}

/** What a set of files should hold and does not: a comparison of nothing finds nothing. */
export function missing(tally: Tally): readonly string[] {
  const wanted: (readonly [string, string])[] = [
    ...WRITERS.flatMap((writer) =>
      [...kindsOf(writer), ...SHAPES].map((type) => ['types', `${type} by ${writer}`] as const),
    ),
    ...WRITERS.flatMap((writer) =>
      CODECS[writer].map((codec) => ['codecs', `${codec} by ${writer}`] as const),
    ),
    ...NULLS.map((nulls) => ['nulls', nulls] as const),
    ...SEVERAL.map((groups) => ['row groups', groups] as const),
    ['pages of a chunk', 'several'],
    ['sizes', 'read in parts'],
    ['sizes', 'with chunks read in parts'],
    ['sizes', 'read in small windows'],
    ...KERNEL_CHOICES.map((kernels) => ['read by', `${kernels} kernels`] as const),
    // Which our sink never writes, so pages have been taken over as they were.
    ...['BYTE_STREAM_SPLIT', 'DELTA_BYTE_ARRAY'].map((name) => ['copies', `with ${name}`] as const),
  ];
  const absent = wanted
    .filter((one) => countOf(tally, one) === 0)
    .map(([group, name]) => `${group}: ${name}`);
  const encodings = [...(tally.get('encodings') ?? new Map<string, number>()).keys()];
  const unused = Object.keys(ENCODINGS).filter(
    (name) => !encodings.some((one) => one.startsWith(`${name} of `)),
  );
  return [...absent, ...unused.map((name) => `encodings: ${name}`)];
}

function comparedText(tally: Tally): string {
  const rows = PEERS.map((peer) => [
    peer === 'written' ? 'what was written' : peer,
    number(countOf(tally, [`compared with ${peer}`, 'columns'])),
    number(countOf(tally, [`compared with ${peer}`, 'values'])),
  ]);
  const copies = (['duckdb', 'hyparquet'] as const).map((peer) => [
    `copies, ${peer}`,
    number(countOf(tally, [`copies compared with ${peer}`, 'columns'])),
    number(countOf(tally, [`copies compared with ${peer}`, 'values'])),
  ]);
  return tableText({ columns: ['compared with', 'columns', 'values'], rows: [...rows, ...copies] });
}

function limitsText(tally: Tally): string {
  const rows = ['not compared', 'compared in part'].flatMap((how) =>
    [...(tally.get(how) ?? [])].sort().map(([why, columns]) => `${how}, ${number(columns)} columns: ${why}`),
  );
  return rows.join('\n');
}

function typesText(tally: Tally): string {
  const rows = [...SCALAR_KINDS, ...SHAPES].map((type) => [
    type,
    ...WRITERS.map((writer) => cellText(countOf(tally, ['types', `${type} by ${writer}`]))),
    ...Object.keys(ENCODINGS).map((encoding) =>
      cellText(countOf(tally, ['encodings', `${encoding} of ${type}`])),
    ),
  ]);
  return tableText({ columns: ['type', ...WRITERS, ...Object.values(ENCODINGS)], rows });
}

function otherText(tally: Tally): string {
  const groups = [
    'files',
    'read by',
    'copies',
    'sizes',
    'codecs',
    'nulls',
    'row groups',
    'pages of a chunk',
    'totals',
  ];
  const line = (group: string) =>
    `${group}: ${[...(tally.get(group) ?? [])]
      .sort()
      .map(([name, counted]) => `${name} ${number(counted)}`)
      .join(', ')}`;
  return groups.map(line).join('\n');
}

function cellText(counted: number): string {
  return counted === 0 ? '' : String(counted);
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
