import type { ColumnType } from '../peers/column-type.js';
import type { PlainValue } from '../peers/plain-value.js';
import type { TicklakeFile } from '../peers/read-ticklake.js';
import type { WriterName } from '../peers/scalar-kinds.js';
import type { GeneratedFile } from './generated-file.js';
import type { ColumnFacts } from '../peers/column-facts.js';
import { count, type Tally } from '../peers/tally.js';

/** Up to here our reader reads a file in one request, and a chunk. */
const READ_WHOLE_MAX = 1 << 20;
const WINDOW_BYTES = 512 << 10;

/** Adds what is in a file to what the set covers. */
export function countFile(
  tally: Tally,
  file: GeneratedFile,
  { facts, ours }: { facts: readonly ColumnFacts[]; ours: TicklakeFile },
): void {
  const { by } = file.written;
  const chunks = ours.rowGroups.flatMap(({ columns }) => columns);
  count(tally, ['files', by]);
  count(tally, ['sizes', sizeOf(file, ours)]);
  if (chunks.some(({ sizeBytes }) => sizeBytes > WINDOW_BYTES))
    count(tally, ['sizes', 'with chunks read in parts']);
  count(tally, ['read by', `${file.read.kernels} kernels`]);
  count(tally, ['row groups', ['none', 'one'][ours.rowGroups.length] ?? 'several']);
  count(tally, ['pages of a chunk', ours.pageCount > 2 * chunks.length ? 'several' : 'few']);
  for (const codec of new Set(chunks.map((chunk) => chunk.codec)))
    count(tally, ['codecs', `${codec} by ${by}`]);
  count(tally, ['totals', 'rows'], file.rowCount);
  count(tally, ['totals', 'columns'], file.fields.length);
  count(tally, ['totals', 'row groups'], ours.rowGroups.length);
  count(tally, ['totals', 'chunks'], chunks.length);
  count(tally, ['totals', 'pages'], ours.pageCount);
  for (const { at, field, leaves } of facts) {
    countType(tally, field.type, by);
    count(tally, ['nulls', field.nullable ? nullsOf(file.columns[at] ?? []) : 'required']);
    for (const { scalar, encodings } of leaves) {
      for (const encoding of encodings) count(tally, ['encodings', `${encoding} of ${scalar.kind}`]);
    }
  }
}

function sizeOf({ read }: GeneratedFile, { sizeBytes }: TicklakeFile): string {
  if (read.windowBytes !== undefined) return 'read in small windows';
  return sizeBytes > READ_WHOLE_MAX ? 'read in parts' : 'read whole';
}

/** Adds a copy. */
export function countCopy(tally: Tally, { rowGroups }: TicklakeFile): void {
  count(tally, ['copies', 'files']);
  for (const encoding of new Set(rowGroups.flatMap(({ columns }) => columns.flatMap((one) => one.encodings))))
    count(tally, ['copies', `with ${encoding}`]);
}

function countType(tally: Tally, type: ColumnType, by: WriterName): void {
  count(tally, ['types', `${'shape' in type ? type.shape : type.kind} by ${by}`]);
  if ('shape' in type) for (const child of type.children) countType(tally, child.type, by);
}

function nullsOf(values: readonly PlainValue[]): string {
  const nulls = values.filter((value) => value === null).length;
  return nulls === 0 ? 'none null' : nulls === values.length ? 'all null' : 'some null';
}
