import type { Column } from '@ticklake/columnar';
import type { BlockReader, BlockWriter } from './spill-block.js';

/** How the rows of one field stand in a block. */
export interface SpillColumn {
  /** Rows about to be written, all at once. */
  ready(column: Column, rowCount: number): ReadyColumn;
  /** What so many rows take that stand in the block in fewer bytes, at most. */
  widenedBytes(rowCount: number): number;
  /** The rows whose turn it is; those that the block has in fewer bytes stand in `widened`. */
  read(block: BlockReader, rowCount: number, widened: BlockReader): Column;
}

/** Rows of one field, as they are to be written. */
export interface ReadyColumn {
  /** What they may take in a block. */
  readonly bytesMax: number;
  write(block: BlockWriter): void;
}
