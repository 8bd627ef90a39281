export {
  boolCells,
  float64Cells,
  instantCells,
  int64Cells,
  textCells,
  type BulkCells,
  type CellColumn,
  type CellLayout,
  type CellOptions,
  type CellValues,
  type Float64Cells,
  type InstantOptions,
} from './cells/index.js';
export { csvHeader, csvLines } from './csv-lines.js';
export { detectCsv, type CsvShape, type DetectOptions } from './detect-csv.js';
export { readCsv, type CellsColumn, type CsvColumn, type CsvOptions, type CsvRows } from './read-csv.js';
export { parseChecksum } from './zip/checksum-file.js';
export { onlyEntry, readZipEntry, type UnzipOptions } from './zip/read-zip-entry.js';
export { readZipDirectory, type ZipEntry, type ZipLimits } from './zip/zip-directory.js';
