export { gunzip, type GunzipOptions } from './gunzip.js';
export { readLines, type Line, type LineOptions } from './read-lines.js';
export {
  createShredder,
  type ShreddedColumn,
  type ShreddedRows,
  type Shredder,
  type ShredOptions,
} from './shred/create-shredder.js';
