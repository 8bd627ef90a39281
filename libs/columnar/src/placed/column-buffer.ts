import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import type { Column } from '../batch.js';
import { isFixedType, type DataType } from '../schema.js';
import { createBytesBuffer, type BytesColumnBuffer } from './bytes-buffer.js';
import { createFixedBuffer, type FixedColumnBuffer } from './fixed-buffer.js';
import { createNestedBuffer, type NestedColumnBuffer } from './nested-buffer.js';
import type { PlacedColumn } from './placed-column.js';

/**
 * Rows of one column being put together in an arena, to be looked at, cleared and put together again. It owns its
 * memory and keeps it until it is released. Rows that come as codes stay codes for as long as all of them do; what comes
 * as codes into another dictionary is renumbered, so entries are always distinct.
 */
export interface ColumnBufferBase {
  readonly type: DataType;
  readonly rowCount: number;
  /** Rows `start … end` of a column of this type, copied. */
  append(column: Column, start: number, end: number): void;
  /** Appends rows of another buffer of this type by number, 32 bits each. */
  gather(from: ColumnBuffer, rows: Address, count: number): void;
  /** Where the rows stand, until the buffer is next changed. */
  placed(): PlacedColumn;
  /** The same, with entries that may repeat: enough for whoever only looks values up, and nobody has to find out whether they do. */
  placedAsRead(): PlacedColumn;
  /** Forgets all rows. */
  clear(): void;
  /** Gives the memory back. The buffer is empty, and may be used again. */
  release(): void;
}

/** See {@link ColumnBufferBase}; what decoders write to depends on the type. */
export type ColumnBuffer = FixedColumnBuffer | BytesColumnBuffer | NestedColumnBuffer;

/** What is known of the rows of a buffer. */
export interface ColumnBufferOptions {
  /** How many are put together at most, where that is known: otherwise there is memory for half as many again. */
  readonly rowsMax?: number;
  /**
   * Where more rows of the same dictionaries come after the buffer is cleared: how many bytes of what their codes are translated to may be kept
   * until then, as far as that pays; none when left out.
   */
  readonly keptBytesMax?: number;
}

/** An empty buffer for rows of `type`. */
export function createColumnBuffer(
  arena: Arena,
  type: DataType,
  { rowsMax = Infinity, keptBytesMax = 0 }: ColumnBufferOptions = {},
): ColumnBuffer {
  if (type.kind === 'nested') return createNestedBuffer(arena, type);
  return isFixedType(type)
    ? createFixedBuffer(arena, type, { rowsMax, keptBytesMax })
    : createBytesBuffer(arena, type, { rowsMax, keptBytesMax });
}
