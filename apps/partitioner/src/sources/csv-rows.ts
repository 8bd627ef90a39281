import type { Column, Field } from '@ticklake/columnar';
import { LakeError, piecesOf, type ByteSource } from '@ticklake/core';
import {
  detectCsv,
  float64Cells,
  int64Cells,
  readCsv,
  textCells,
  type CellColumn,
  type CsvColumn,
  type CsvShape,
} from '@ticklake/csv';
import { gunzip } from '@ticklake/jsonl';
import { TimeReader } from '@ticklake/market';
import { BATCH_ROWS, GUNZIP, HEAD, LINE_BYTES_MAX, READ_BYTES } from '../limits.js';
import { INSTRUMENT_ID } from '../rows/row-instruments.js';
import type { SourceRows } from '../rows/row-source.js';
import { chooseDataType, type ChosenDataType, type DataTypeHints } from './choose-data-type.js';
import type { OpenRows } from './open-rows.js';

/** The columns of Binance's klines, which have no header in most of its files. */
const BINANCE_KLINES = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];
const BINANCE_KLINES_COUNT = 12;

/**
 * Opens delimited text, as it is or gzipped: its first lines are read, and its data type is told by its header. Files of twelve columns
 * without a header are candles of Binance, whose data type has to be named.
 *
 * @throws LakeError `corrupt` as `detectCsv` and `chooseDataType`; `CSV_EMPTY` for a file without a line; `invalid` (`DATA_TYPE`) for a data
 *   type that passes columns through, of which text does not say the types.
 */
export async function openCsvRows(
  source: ByteSource,
  { isGzip, hints }: { readonly isGzip: boolean; readonly hints: DataTypeHints },
): Promise<OpenRows> {
  const open = () => (isGzip ? gunzip(source, GUNZIP) : piecesOf(source, { readBytes: READ_BYTES }));
  const shape = await detectCsv(open(), HEAD);
  const chosen = chooseDataType(columnsOf(shape), hints);
  requireTypes(chosen, hints);
  const unknown = shape.header === undefined ? [] : chosen.unknown;
  return {
    ...{ dataset: chosen.dataset, schema: chosen.dataset.schema, unknown },
    rows: () => rowsOf({ open, shape, chosen, file: hints.file }),
  };
}

function requireTypes({ dataset: { name, isPassThrough } }: ChosenDataType, { file }: DataTypeHints): void {
  if (!isPassThrough) return;
  throw new LakeError(
    'invalid',
    'a data type of whatever columns is not read from text, which has no types',
    {
      code: 'DATA_TYPE',
      details: { file, dataType: name },
    },
  );
}

function columnsOf({ header, columnCount }: CsvShape): readonly string[] {
  if (header !== undefined) return header;
  return columnCount === BINANCE_KLINES_COUNT ? BINANCE_KLINES : [];
}

interface Reading {
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly shape: CsvShape;
  readonly chosen: ChosenDataType;
  readonly file: string;
}

async function* rowsOf({ open, shape, chosen, file }: Reading): AsyncGenerator<SourceRows> {
  const { fields } = chosen.dataset.schema;
  const read = fields.filter(({ name }) => chosen.places.has(name));
  const columns = read.map((field): CsvColumn => {
    const index = chosen.places.get(field.name) ?? 0;
    return {
      name: shape.header?.[index] ?? field.name,
      index,
      nullable: field.nullable,
      cells: cellsOf(field),
    };
  });
  const told = instrumentColumn(shape, fields);
  const times = timeReaders(read, chosen);
  const options = {
    shape,
    columns: [...columns, ...told],
    rowsMax: BATCH_ROWS,
    lineBytesMax: LINE_BYTES_MAX,
  };
  for await (const { rowCount, columns: cells, lines } of readCsv(open(), options)) {
    const placeOf = (row: number) => ({ file, line: lines[row] });
    times.forEach((reader, place) => {
      const cell = cells[place];
      if (cell?.layout === 'fixed') reader.convert(cell.values as BigInt64Array, cell.validity, placeOf);
    });
    const all = fields.map((field): Column => cells[read.indexOf(field)] ?? noValues(field, rowCount));
    yield { rowCount, columns: all, instrumentIds: cells[columns.length], placeOf };
  }
}

/** The column in which lines say their instrument, where that is not kept. */
function instrumentColumn({ header }: CsvShape, fields: readonly Field[]): readonly CsvColumn[] {
  const index = header?.indexOf(INSTRUMENT_ID) ?? -1;
  if (index < 0 || fields.some(({ name }) => name === INSTRUMENT_ID)) return [];
  return [{ name: INSTRUMENT_ID, index, nullable: true, cells: textCells(BATCH_ROWS) }];
}

/** Readers of the columns that are times, by their place. */
function timeReaders(read: readonly Field[], { dataset }: ChosenDataType): ReadonlyMap<number, TimeReader> {
  // Tardis says that times are microseconds; of candles the numbers tell.
  const sourceUnit = dataset.csv === undefined ? undefined : 'us';
  const isTime = ({ type }: Field) => type.kind === 'timestamp';
  const places = read.flatMap((field, place) => (isTime(field) ? [place] : []));
  return new Map(places.map((place) => [place, new TimeReader({ sourceUnit, targetUnit: 'us' })]));
}

function cellsOf({ name, type }: Field): CellColumn {
  if (type.kind === 'float') return float64Cells(BATCH_ROWS);
  if (type.kind === 'utf8') return textCells(BATCH_ROWS);
  if (type.kind === 'timestamp' || type.kind === 'int') return int64Cells(BATCH_ROWS);
  throw new LakeError('invalid', 'a column of this type is not read from text', {
    code: 'DATA_TYPE',
    details: { column: name, kind: type.kind },
  });
}

/** A column that a file does not have. */
export function noValues({ type }: Field, rowCount: number): Column {
  const validity = new Uint8Array(rowCount);
  if (type.kind === 'utf8') {
    const values = { offsets: new Uint32Array(rowCount + 1), data: new Uint8Array(0) };
    return { layout: 'bytes', values, validity };
  }
  const values = type.kind === 'float' ? new Float64Array(rowCount) : new BigInt64Array(rowCount);
  return { layout: 'fixed', values, validity };
}
