import type { Field } from '@ticklake/columnar';
import { isLakeError, LakeError, parseUtcDay, piecesOf, startOfDayMs, type ByteSource } from '@ticklake/core';
import {
  boolCells,
  detectCsv,
  float64Cells,
  instantCells,
  int64Cells,
  onlyEntry,
  readCsv,
  readZipDirectory,
  readZipEntry,
  type CellColumn,
  type CsvColumn,
  type CsvRows,
  type CsvShape,
  type Float64Cells,
} from '@ticklake/csv';
import { gunzip } from '@ticklake/jsonl';
import { TimeReader } from '@ticklake/market';
import { BATCH_ROWS, GUNZIP, HEAD, LINE_BYTES_MAX, READ_BYTES, UNZIP, ZIP } from '../limits.js';
import { dialectOfHeader, dialectOfRow, type ChosenDialect } from './choose-dialect.js';
import type { TimeForm } from './dialects/index.js';
import type { ReadRequest } from './open-source.js';
import type { SourceFormat } from './source-file.js';
import type { OpenSource, SourceReading, SourceRows } from './source-rows.js';
import { symbolCells } from './symbol-cells.js';

/**
 * Opens delimited text, as it is, gzipped or zipped: its first lines are read, and its dialect is chosen.
 *
 * @throws LakeError `corrupt`, with `file`, as `detectCsv`, `dialectOfHeader` and `dialectOfRow`.
 */
export async function openCsv(
  source: ByteSource,
  format: SourceFormat,
  request: ReadRequest,
): Promise<OpenSource> {
  const { open, innerName } = await textOf(source, format);
  const shape = await detectCsv(open(), HEAD);
  const place = { file: request.file, line: shape.header === undefined ? shape.firstRowLine : 1 };
  const { name } = request.dataset;
  if (shape.header === undefined && shape.firstRow === undefined) throw noRows(place);
  const chosen =
    shape.header === undefined
      ? dialectOfRow(name, shape.firstRow ?? [], place)
      : dialectOfHeader(name, shape.header, place);
  return new CsvSource({ open, shape, chosen, request, innerName });
}

interface CsvParts {
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly shape: CsvShape;
  readonly chosen: ChosenDialect;
  readonly request: ReadRequest;
  /** The name of the file in a zip. */
  readonly innerName: string | undefined;
}

class CsvSource implements OpenSource {
  readonly rowGroups = undefined;
  private readonly time: TimeReader;
  private readonly floats: Float64Cells[] = [];
  private readonly form: Exclude<TimeForm, 'any'>;

  constructor(private readonly parts: CsvParts) {
    const { chosen, shape, request } = parts;
    const { time } = chosen.dialect;
    const place = chosen.places.get('timestamp') ?? 0;
    this.form =
      time === 'any' ? (/^\d+$/.test(shape.firstRow?.[place] ?? '0') ? 'epoch' : 'local-text') : time;
    const sourceUnit = this.form === 'epoch' ? request.time.sourceUnit : 'ms';
    this.time = new TimeReader({ ...request.time, sourceUnit });
  }

  async *rows(): AsyncGenerator<SourceRows> {
    const { open, shape, chosen, request } = this.parts;
    const { valueFields, file, arena } = request;
    const read = valueFields.filter(({ name }) => chosen.places.has(name));
    const columns = read.map((field) => this.columnOf(field, chosen.places.get(field.name) ?? 0));
    const { symbolPlace } = chosen;
    if (symbolPlace !== undefined) {
      const cells = symbolCells(request.symbol);
      columns.push({
        name: chosen.dialect.symbolField ?? 'symbol',
        index: symbolPlace,
        nullable: false,
        cells,
      });
    }
    const dayMs = this.form === 'ms-of-day' ? this.dayOfNameMs() : undefined;
    const options = { shape, columns, rowsMax: BATCH_ROWS, lineBytesMax: LINE_BYTES_MAX, arena };
    for await (const batch of readCsv(open(), options)) {
      yield this.converted(batch, { read, dayMs, file });
    }
  }

  reading(): SourceReading {
    const { shape, chosen } = this.parts;
    return {
      dialect: chosen.dialect.name,
      delimiter: shape.delimiter,
      hasHeader: shape.header !== undefined,
      ...{ unmapped: chosen.unmapped, unknown: chosen.unknown },
      ...{ sourceUnit: this.time.sourceUnit, timeUnit: this.time.targetUnit },
      roundedDecimals: this.floats.reduce((sum, { roundedCount }) => sum + roundedCount, 0),
      fileRows: undefined,
    };
  }

  close(): void {
    // Nothing is open before rows are asked for.
  }

  private columnOf({ name, type, nullable }: Field, index: number): CsvColumn<'fixed'> {
    const { header } = this.parts.shape;
    const title = header?.[index] ?? this.parts.chosen.dialect.fields[index] ?? name;
    return { name: title, index, nullable, cells: this.cellsOf(name, type.kind) };
  }

  private cellsOf(name: string, kind: string): CellColumn<'fixed'> {
    if (kind === 'float') {
      const cells = float64Cells(BATCH_ROWS, { isReused: true });
      this.floats.push(cells);
      return cells;
    }
    if (kind === 'bool') return boolCells(BATCH_ROWS);
    const isTime = name === 'timestamp' || name === 'funding_time';
    if (!isTime || this.form === 'epoch' || this.form === 'ms-of-day')
      return int64Cells(BATCH_ROWS, { isReused: true });
    const { utcOffsetMinutes } = this.parts.request;
    return instantCells(BATCH_ROWS, { utcOffsetMinutes: this.form === 'utc-text' ? 0 : utcOffsetMinutes });
  }

  private converted(
    batch: CsvRows<'fixed'>,
    options: { readonly read: readonly Field[]; readonly dayMs: number | undefined; readonly file: string },
  ): SourceRows {
    const { rowCount, lines } = batch;
    const placeOf = (row: number) => ({ file: options.file, line: lines[row] });
    const columns = this.parts.request.valueFields.map(({ name }) => {
      const at = options.read.findIndex((field) => field.name === name);
      const column = batch.columns[at];
      // Only columns that may be null have no place: see `Dialect`.
      if (column === undefined) return nullColumn(rowCount);
      if (name === 'timestamp' || name === 'funding_time') {
        const values = column.values as BigInt64Array;
        if (options.dayMs !== undefined) addDay(values, options.dayMs, placeOf);
        this.time.convert(values, column.validity, placeOf);
      }
      return column;
    });
    return { rowCount, columns, placeOf };
  }

  /** The day that a file is named after, as Lean does: `20221213_trade.zip`. */
  private dayOfNameMs(): number {
    const { request, innerName } = this.parts;
    for (const name of [request.file.split('/').at(-1), innerName]) {
      const text = /^(\d{8})_/.exec(name ?? '')?.[1];
      if (text !== undefined) return startOfDayMs(parseUtcDay(text));
    }
    throw new LakeError('corrupt', 'a source has times of a day, and its name does not say which', {
      code: 'UNKNOWN_DAY',
      details: { file: request.file },
    });
  }
}

/** A column without a value. */
function nullColumn(rowCount: number) {
  return {
    layout: 'fixed',
    values: new BigInt64Array(rowCount),
    validity: new Uint8Array(rowCount),
  } as const;
}

const DAY_MS = 86_400_000n;

function addDay(values: BigInt64Array, dayMs: number, placeOf: SourceRows['placeOf']): void {
  values.forEach((value, row) => {
    if (value >= DAY_MS || value < 0n) {
      throw new LakeError('corrupt', 'a time is past the end of its day', {
        code: 'TIME_RANGE',
        details: { ...placeOf(row), value },
      });
    }
    values[row] = value + BigInt(dayMs);
  });
}

function noRows(place: { readonly file: string }): LakeError {
  return new LakeError('corrupt', 'a source has neither a header nor a row', {
    code: 'CSV_EMPTY',
    details: place,
  });
}

/** The text of a source, from its beginning as often as it is asked for. */
async function textOf(
  source: ByteSource,
  format: SourceFormat,
): Promise<{ readonly open: () => AsyncIterable<Uint8Array>; readonly innerName: string | undefined }> {
  if (format === 'zip') {
    const entry = onlyEntry(await readZipDirectory(source, ZIP));
    return { open: () => readZipEntry(source, entry, UNZIP), innerName: entry.name };
  }
  if (format === 'csv.gz') return { open: () => gunzip(source, GUNZIP), innerName: undefined };
  return { open: () => piecesOf(source, { readBytes: READ_BYTES }), innerName: undefined };
}

/** A failure with the file that it concerns. */
export function inFile(error: unknown, file: string): unknown {
  if (!isLakeError(error, 'corrupt') || error.details['file'] !== undefined) return error;
  const { code, message, details, cause } = error;
  return new LakeError('corrupt', message, { code, details: { file, ...details }, cause });
}
