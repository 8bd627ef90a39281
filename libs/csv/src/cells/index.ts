export { boolCells } from './bool-cells.js';
export {
  type BulkCells,
  type CellColumn,
  type CellLayout,
  type CellOptions,
  type CellValues,
} from './cell-column.js';
export { float64Cells, type Float64Cells } from './float64-cells.js';
export { instantCells, type InstantOptions } from './instant-cells.js';
export { int64Cells } from './int64-cells.js';
export { textCells } from './text-cells.js';
