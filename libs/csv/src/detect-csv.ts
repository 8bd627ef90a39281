import { isLakeError } from '@ticklake/core';
import { BYTE_ORDER_MARK, isBlank, LF, shown } from './bytes.js';
import { corrupt } from './corrupt.js';
import { splitLine } from './split-line.js';

/** How the rows of a file are written, as its first lines show it. */
export interface CsvShape {
  /** One of `,` `;` tab and `|`. */
  readonly delimiter: string;
  /** The names in the first line, where that has names. */
  readonly header: readonly string[] | undefined;
  readonly columnCount: number;
  /** The fields of the first row of values; `undefined` where the file has a header only. */
  readonly firstRow: readonly string[] | undefined;
  /** Number of the line that {@link CsvShape.firstRow} is, or would be, from 1. */
  readonly firstRowLine: number;
  /** Whether the file begins with a byte order mark. */
  readonly hasMark: boolean;
}

/** How much of a file {@link detectCsv} looks at. */
export interface DetectOptions {
  /** Two lines have to fit. */
  readonly headBytesMax: number;
}

const DELIMITERS = [',', ';', '\t', '|'];

/**
 * Finds out how a file is written. The delimiter is the one that cuts a line of values into most fields; a first line without any number
 * is a header. Only the first lines are looked at: that all others are the same is for `readCsv` to see.
 *
 * @throws LakeError `corrupt`: `CSV_EMPTY` where there is no line at all; `CSV_DIALECT` where a line has no delimiter; `LIMIT` where two
 *   lines are longer than the head; what `pieces` throws.
 */
export async function detectCsv(
  pieces: AsyncIterable<Uint8Array>,
  { headBytesMax }: DetectOptions,
): Promise<CsvShape> {
  const head = await headOf(pieces, headBytesMax);
  const hasMark = BYTE_ORDER_MARK.every((byte, i) => head.bytes[i] === byte);
  const lines = firstLines(head, hasMark ? BYTE_ORDER_MARK.length : 0);
  const [first, second] = lines;
  if (first === undefined) throw corrupt('CSV_EMPTY', 'the file has no line');
  const delimiter = delimiterOf(second ?? first);
  const fields = splitLine(first.text, delimiter, first.number);
  const header = isHeader(fields) ? fields : undefined;
  const row = header === undefined ? first : second;
  const firstRow = row === undefined ? undefined : splitLine(row.text, delimiter, row.number);
  return {
    ...{ delimiter, header, hasMark, firstRow },
    columnCount: fields.length,
    firstRowLine: row?.number ?? first.number + 1,
  };
}

interface HeadLine {
  readonly text: string;
  readonly number: number;
}

interface Head {
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
}

async function headOf(pieces: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Head> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    // A copy, also of a Buffer: a piece holds until the next is asked for.
    const part = new Uint8Array(piece.subarray(0, bytesMax - size));
    parts.push(part);
    size += part.length;
    if (size === bytesMax) return { bytes: Buffer.concat(parts), isWhole: false };
  }
  return { bytes: Buffer.concat(parts), isWhole: true };
}

/** The first two lines that are not blank. */
function firstLines({ bytes, isWhole }: Head, from: number): readonly HeadLine[] {
  const lines: HeadLine[] = [];
  let start = from;
  for (let number = 1; start < bytes.length && lines.length < 2; number++) {
    const found = bytes.indexOf(LF, start);
    if (found < 0 && !isWhole) throw corrupt('LIMIT', 'a line is too long', { line: number });
    const end = found < 0 ? bytes.length : found;
    if (!isBlank(bytes, start, end)) {
      lines.push({
        text: Buffer.from(bytes.subarray(start, end)).toString('utf8').replace(/\r$/, ''),
        number,
      });
    }
    start = end + 1;
  }
  return lines;
}

function delimiterOf({ text, number }: HeadLine): string {
  const counts = DELIMITERS.map((delimiter) => fieldCount(text, delimiter));
  const most = Math.max(...counts);
  if (most > 1) return DELIMITERS[counts.indexOf(most)] as string;
  if (text.startsWith('"')) splitLine(text, ',', number);
  const bytes = Buffer.from(text);
  throw corrupt('CSV_DIALECT', 'a line has no delimiter', {
    line: number,
    text: shown(bytes, 0, bytes.length),
  });
}

/** How many fields a delimiter makes; none where quotes tell that it is not the one. */
function fieldCount(text: string, delimiter: string): number {
  try {
    return splitLine(text, delimiter, 1).length;
  } catch (error) {
    if (isLakeError(error, 'corrupt')) return 0;
    throw error;
  }
}

/** Values are numbers, dates or truth: names begin with none of them, and not all can be empty. */
function isHeader(fields: readonly string[]): boolean {
  return (
    fields.every((field) => !/^(?:[+-]?[\d.]|(?:true|false)$)/i.test(field)) &&
    fields.some((field) => field !== '')
  );
}
