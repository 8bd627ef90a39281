import { printableValue } from '@ticklake/cli-kit';
import type { ChunkReport, FileReport, PageCounts, RowGroupReport } from './file-report.js';
import { findingText } from './verdict-text.js';

/** Row groups that are listed one by one; of more, the first. */
const ROW_GROUPS_SHOWN = 20;

/** Of a bound. */
const BOUND_CHARACTERS = 24;

/** A report for people. `rowGroups`: whether every column of every row group is told, and not only their sums. */
export function reportText(
  file: string,
  report: FileReport,
  { rowGroups }: { readonly rowGroups: boolean },
): string {
  const sections = [
    [file, ...table(summaryRows(report))],
    ['columns', ...table(columnRows(report))],
    ['row groups', ...(rowGroups ? report.rowGroups.flatMap(wholeGroup) : groupLines(report))],
    ['metadata', ...table(report.metadata.map(({ key, characters }) => [key, `${characters} characters`]))],
    ['findings', ...report.findings.map(findingText)],
  ];
  return sections
    .filter((lines, i) => i === 0 || lines.length > 1)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function summaryRows({ receipt, facts, ...report }: FileReport): string[][] {
  const chunks = report.rowGroups.flatMap(({ columns }) => columns);
  const sorted = new Set(report.rowGroups.map(({ sortingColumns }) => sortingColumns.join(', ')));
  const [order = ''] = sorted;
  return [
    ['rows', String(report.rowCount)],
    ['size', `${report.sizeBytes} bytes`],
    ['writer', report.createdBy ?? 'unknown'],
    ['row groups', String(report.rowGroups.length)],
    ...(report.pages === undefined ? [] : [['pages', pagesText(report.pages)]]),
    ['page index', shareText(chunks, ({ hasOffsetIndex }) => hasOffsetIndex)],
    ['page bounds', shareText(chunks, ({ hasColumnIndex }) => hasColumnIndex)],
    ['sorted by', sorted.size > 1 ? 'differs between row groups' : order === '' ? 'not said' : order],
    ...(receipt === undefined
      ? [['receipt', 'none']]
      : [['receipt', `${receipt.rows} rows of ${receipt.sources} sources, content ${receipt.multiset}`]]),
    ...(facts === undefined
      ? []
      : [
          ['sha256', facts.sha256],
          ['content', facts.content.multiset],
        ]),
  ];
}

/** How well pages are protected (spec row MF-23). */
function pagesText({ count, withCrc }: PageCounts): string {
  if (withCrc === count) return `${count}, all with a checksum`;
  return `${count}, ${withCrc === 0 ? 'unprotected: none has' : `partly unprotected: ${withCrc} have`} a checksum`;
}

function shareText(chunks: readonly ChunkReport[], has: (chunk: ChunkReport) => boolean): string {
  const count = chunks.filter(has).length;
  if (count === 0) return 'none';
  return count === chunks.length ? 'of every column' : `of ${count} of ${chunks.length} column chunks`;
}

/** Every column, over all row groups. */
function columnRows({ columns, rowGroups }: FileReport): string[][] {
  const rows = columns.map(({ path, type, physical, nullable, min, max }, i) => {
    const chunks = rowGroups.flatMap((group) => group.columns[i] ?? []);
    const all = (of: (chunk: ChunkReport) => readonly string[]) => [...new Set(chunks.flatMap(of))].join(' ');
    const sum = (of: (chunk: ChunkReport) => number) =>
      String(chunks.reduce((total, one) => total + of(one), 0));
    const nulls = chunks.some(({ nullCount }) => nullCount === null)
      ? '?'
      : sum(({ nullCount }) => nullCount ?? 0);
    return [
      ...[path, type, physical, nullable ? 'null' : 'required', all(({ codec }) => [codec])],
      ...[all(({ encodings }) => encodings), sum(({ sizeBytes }) => sizeBytes)],
      ...[sum(({ uncompressedSizeBytes }) => uncompressedSizeBytes), nulls, short(min), short(max)],
    ];
  });
  return [
    ['name', 'type', 'physical', '', 'codec', 'encodings', 'bytes', 'uncompressed', 'nulls', 'min', 'max'],
    ...rows,
  ];
}

function groupLines({ rowGroups }: FileReport): string[] {
  const rows = rowGroups
    .slice(0, ROW_GROUPS_SHOWN)
    .map(({ rowStart, rowCount, sizeBytes }, i) => [i, rowStart, rowCount, sizeBytes].map(String));
  const more = rowGroups.length - rows.length;
  return [
    ...(rows.length === 0 ? [] : table([['#', 'first row', 'rows', 'bytes'], ...rows])),
    ...(more > 0 ? [`  and ${more} more: --row-groups or --json tells all`] : []),
  ];
}

function wholeGroup({ rowStart, rowCount, sizeBytes, columns }: RowGroupReport, index: number): string[] {
  const header = [
    'name',
    'codec',
    'encodings',
    'offset',
    'bytes',
    'uncompressed',
    'pages',
    'nulls',
    'min',
    'max',
  ];
  const rows = columns.map((chunk) => [
    ...[chunk.path, chunk.codec, chunk.encodings.join(' '), String(chunk.offset), String(chunk.sizeBytes)],
    ...[String(chunk.uncompressedSizeBytes), chunkPages(chunk.pages), String(chunk.nullCount ?? '?')],
    ...[short(chunk.min), short(chunk.max)],
  ]);
  const title = `  row group ${index}: ${rowCount} rows from row ${rowStart}, ${sizeBytes} bytes`;
  return [title, ...table([header, ...rows])];
}

function chunkPages(pages: PageCounts | undefined): string {
  if (pages === undefined) return '';
  const { count, dictionaries, withCrc } = pages;
  return `${count}${dictionaries > 0 ? ' with dictionary' : ''}${withCrc < count ? ', unprotected' : ''}`;
}

function short(bound: string | null): string {
  if (bound === null) return '';
  return bound.length > BOUND_CHARACTERS ? `${bound.slice(0, BOUND_CHARACTERS)}…` : bound;
}

/** Rows as lines, columns below each other. */
function table(rows: readonly (readonly string[])[]): string[] {
  const cells = rows.map((row) => row.map(printableValue));
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((row) => (row[i] ?? '').length)));
  return cells.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}
