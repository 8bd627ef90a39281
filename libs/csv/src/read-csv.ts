import type { Arena, BytesColumn, FixedColumn } from '@ticklake/columnar';
import { BYTE_ORDER_MARK, CR, isBlank, LF, QUOTE, shown, SPACE } from './bytes.js';
import type { CellColumn, CellLayout, ReadPlain } from './cells/cell-column.js';
import { corrupt } from './corrupt.js';
import type { CsvShape } from './detect-csv.js';
import { createUsualLines, type UsualLines } from './usual-lines.js';

/** One column that is read. */
export interface CsvColumn<L extends CellLayout = CellLayout> {
  /** For messages. */
  readonly name: string;
  /** Which field of a line, from 0. */
  readonly index: number;
  /** Whether an empty field is a value that is not known; otherwise it is refused. */
  readonly nullable: boolean;
  readonly cells: CellColumn<L>;
}

/** How {@link readCsv} reads. */
export interface CsvOptions<L extends CellLayout = CellLayout> {
  readonly shape: Pick<CsvShape, 'delimiter' | 'columnCount' | 'firstRowLine'>;
  /** A field may be read into several columns. */
  readonly columns: readonly CsvColumn<L>[];
  /** Rows of a batch, at most; cells have room for as many. */
  readonly rowsMax: number;
  /** A longer line is refused, before it is held whole. */
  readonly lineBytesMax: number;
  /** Where a kernel reads lines of numbers and truths alone. */
  readonly arena?: Arena;
}

/** A column of cells. */
export type CellsColumn<L extends CellLayout> = L extends 'fixed' ? FixedColumn : BytesColumn;

/** Some rows, column by column as they were asked for. */
export interface CsvRows<L extends CellLayout = CellLayout> {
  readonly rowCount: number;
  readonly columns: readonly CellsColumn<L>[];
  /** The number of the line that each row stands in, from 1. */
  readonly lines: Uint32Array;
}

/**
 * The rows of a file, some at a time, in its order. A line ends with a line feed, which a carriage return may stand before; the last may
 * end with the file. Lines that are blank are passed over, fields that nobody asked for are not looked at, and every line has to have
 * as many fields as the first. Fields may stand in quotes, doubled within; a line never ends inside them.
 *
 * @param pieces - Each has to hold until the next is asked for.
 * @throws LakeError `corrupt`, with `line`, and `column`, `field` and `text` where they apply: `CSV_FIELDS`, `CSV_VALUE`, `CSV_QUOTE`,
 *   `LIMIT`; what `pieces` throws.
 */
export async function* readCsv<L extends CellLayout>(
  pieces: AsyncIterable<Uint8Array>,
  options: CsvOptions<L>,
): AsyncGenerator<CsvRows<L>> {
  const reader = new LineReader(options);
  try {
    yield* readPieces(pieces, reader, options);
  } finally {
    reader.release();
  }
}

async function* readPieces<L extends CellLayout>(
  pieces: AsyncIterable<Uint8Array>,
  reader: LineReader<L>,
  { lineBytesMax }: CsvOptions<L>,
): AsyncGenerator<CsvRows<L>> {
  let open = new Uint8Array(0);
  let isFirst = true;
  for await (const piece of pieces) {
    let bytes = piece;
    let start = 0;
    if (open.length > 0) {
      // The line that goes over two pieces; the rest is read where it lies.
      const lineEnd = isFirst ? piece.length : piece.indexOf(LF) + 1 || piece.length;
      const joined = joinedBytes(open, piece.subarray(0, lineEnd));
      if (lineEnd === piece.length) bytes = joined;
      else {
        reader.readLines(joined, 0, joined.length);
        if (reader.isFull) yield reader.take();
        start = lineEnd;
      }
    }
    if (isFirst && bytes.length >= BYTE_ORDER_MARK.length) {
      if (BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte)) start = BYTE_ORDER_MARK.length;
      isFirst = false;
    }
    const linesEnd = bytes.lastIndexOf(LF) + 1;
    while (start < linesEnd) {
      start = reader.readLines(bytes, start, linesEnd);
      if (reader.isFull) yield reader.take();
    }
    if (start > 0) isFirst = false;
    // A copy, also of a Buffer: a piece holds until the next is asked for.
    open = new Uint8Array(bytes.subarray(start));
    if (open.length > lineBytesMax) throw reader.tooLong(1);
  }
  if (open.length > 0) {
    // As every other line ends.
    const bytes = joinedBytes(open, Uint8Array.of(LF));
    reader.readLines(bytes, 0, bytes.length);
  }
  if (reader.rowCount > 0) yield reader.take();
}

function joinedBytes(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}

class LineReader<L extends CellLayout> {
  rowCount = 0;
  private line = 0;
  private lines: Uint32Array;
  private validity: (Uint8Array | undefined)[];
  private readonly delimiter: number;
  /** The columns that each field goes to. */
  private readonly byField: readonly (readonly number[])[];
  /** Of a field that goes to one column: found here, since looking for it in cells of several kinds takes as long as reading them. */
  private readonly plain: readonly (ReadPlain | undefined)[];
  private readonly usual: UsualLines | undefined;

  constructor(private readonly options: CsvOptions<L>) {
    const { shape, columns, rowsMax, arena } = options;
    this.usual = arena && createUsualLines(arena, options as CsvOptions);
    this.delimiter = shape.delimiter.charCodeAt(0);
    this.lines = new Uint32Array(rowsMax);
    this.validity = columns.map(() => undefined);
    this.byField = Array.from({ length: shape.columnCount }, (_, field) =>
      columns.flatMap(({ index }, column) => (index === field ? [column] : [])),
    );
    this.plain = this.byField.map(([first, second]) =>
      first === undefined || second !== undefined ? undefined : columns[first]?.cells.readPlain,
    );
  }

  get isFull(): boolean {
    return this.rowCount === this.options.rowsMax;
  }

  take(): CsvRows<L> {
    const { columns, rowsMax } = this.options;
    const { rowCount, lines, validity } = this;
    // Of which layout the values are is what the cells say.
    const taken = columns.map(
      ({ cells }, i) =>
        ({
          layout: cells.layout,
          values: cells.take(rowCount),
          validity: validity[i]?.subarray(0, rowCount),
        }) as CellsColumn<L>,
    );
    this.rowCount = 0;
    this.lines = new Uint32Array(rowsMax);
    this.validity = columns.map(() => undefined);
    return { rowCount, columns: taken, lines: lines.subarray(0, rowCount) };
  }

  /** The line so many after the last that was begun is too long. */
  tooLong(after: number) {
    const { lineBytesMax } = this.options;
    return corrupt('LIMIT', 'a line is too long', { line: this.line + after, lineBytesMax });
  }

  /** Reads lines, the last of which ends before `end`, until there are enough rows; returns where the next line begins. */
  readLines(bytes: Uint8Array, start: number, end: number): number {
    const { shape, lineBytesMax } = this.options;
    let at = start;
    try {
      while (at < end && !this.isFull) {
        const usualEnd = this.readUsual(bytes, at, end);
        if (usualEnd > at) {
          at = usualEnd;
          continue;
        }
        this.line++;
        const isSkipped = this.line < shape.firstRowLine || this.isBlankLine(bytes, at);
        const next = 1 + (isSkipped ? bytes.indexOf(LF, at) : this.readLine(bytes, at));
        if (next - at > lineBytesMax + 1) throw this.tooLong(0);
        at = next;
      }
    } catch (error) {
      // Of a line that is too long nothing else is told.
      throw bytes.indexOf(LF, at) - at > lineBytesMax ? this.tooLong(0) : error;
    }
    return at;
  }

  release(): void {
    this.usual?.release();
  }

  /** Lines with nothing unusual; returns where the next begins. */
  private readUsual(bytes: Uint8Array, start: number, end: number): number {
    if (this.usual === undefined || this.line + 1 < this.options.shape.firstRowLine) return start;
    const { at, row } = this.usual.read(bytes, { start, end }, this.rowCount);
    while (this.rowCount < row) this.lines[this.rowCount++] = ++this.line;
    return at;
  }

  private isBlankLine(bytes: Uint8Array, start: number): boolean {
    return (bytes[start] as number) <= SPACE && isBlank(bytes, start, bytes.indexOf(LF, start));
  }

  /** One line, in one pass over its bytes, fields going to their cells as they end; returns where its line feed is. */
  private readLine(bytes: Uint8Array, start: number): number {
    const { delimiter, byField, plain } = this;
    let field = 0;
    let at = start;
    for (;;) {
      let stop = plain[field]?.(bytes, at, delimiter, this.rowCount) ?? -1;
      if (stop < 0) stop = this.readField(bytes, at, field);
      field++;
      if (bytes[stop] === LF) {
        if (field !== byField.length) throw this.badFields(field, bytes, start);
        this.lines[this.rowCount++] = this.line;
        return stop;
      }
      at = stop + 1;
    }
  }

  /** A field of any kind; returns where the delimiter or the line feed behind it is. */
  private readField(bytes: Uint8Array, start: number, field: number): number {
    if (bytes[start] === QUOTE) return this.readQuoted(bytes, start, field);
    let stop = start;
    let byte = bytes[stop] as number;
    while (byte !== this.delimiter && byte !== LF) {
      if (byte === QUOTE) throw this.badQuotes(field);
      byte = bytes[++stop] as number;
    }
    // A carriage return in front of the line feed is of the end of the line.
    const end = byte === LF && stop > start && bytes[stop - 1] === CR ? stop - 1 : stop;
    const columns = this.byField[field];
    if (columns !== undefined) {
      for (let i = 0; i < columns.length; i++) this.put(columns[i] as number, bytes, start, end);
    }
    return stop;
  }

  /** A field in quotes; returns where the delimiter or the line feed behind it is. */
  private readQuoted(bytes: Uint8Array, start: number, field: number): number {
    const lineEnd = bytes.indexOf(LF, start);
    const end = bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    const inside: number[] = [];
    let at = start + 1;
    for (; ; at++) {
      if (at >= end) throw this.badQuotes(field);
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        if (bytes[at + 1] !== QUOTE || at + 1 >= end) break;
        at++;
      }
      inside.push(byte);
    }
    const after = at + 1;
    if (after < end && bytes[after] !== this.delimiter) throw this.badQuotes(field);
    const cell = Uint8Array.from(inside);
    for (const column of this.byField[field] ?? []) this.put(column, cell, 0, cell.length);
    return after < end ? after : lineEnd;
  }

  private put(index: number, bytes: Uint8Array, start: number, end: number): void {
    const column = this.options.columns[index] as CsvColumn<L>;
    if (start === end && column.nullable) {
      this.validity[index] ??= new Uint8Array(this.options.rowsMax).fill(1);
      (this.validity[index] as Uint8Array)[this.rowCount] = 0;
      return;
    }
    const fault = start === end ? 'a value is missing' : column.cells.put(bytes, start, end, this.rowCount);
    if (fault === undefined) return;
    throw corrupt('CSV_VALUE', `a cell cannot be read: ${fault}`, {
      line: this.line,
      column: column.name,
      field: column.index + 1,
      text: shown(bytes, start, end),
    });
  }

  private badQuotes(field: number) {
    return corrupt('CSV_QUOTE', 'quotes do not come in pairs around a field', {
      line: this.line,
      field: field + 1,
    });
  }

  private badFields(found: number, bytes: Uint8Array, start: number) {
    const lineEnd = bytes.indexOf(LF, start);
    const end = lineEnd > start && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    return corrupt('CSV_FIELDS', 'a line has another number of fields than the first', {
      line: this.line,
      expected: this.byField.length,
      found,
      text: shown(bytes, start, end),
    });
  }
}
