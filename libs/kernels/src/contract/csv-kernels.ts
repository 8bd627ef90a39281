import type { Address } from './kernels.js';

/** What the state of reading lines holds: words of 32 bits at these byte offsets. */
export const CSV_STATE = {
  /** Where the next line begins; moved on. */
  AT: 0,
  /** Where the lines end: behind a line feed. */
  END: 4,
  /** The byte between cells. */
  DELIMITER: 8,
  /** How many cells a line has. */
  CELLS: 12,
  /** For each cell of a line a {@link CSV_CELL} and where values of its rows go: two words. */
  TARGETS: 16,
  /** The next row; moved on. */
  ROW: 20,
  /** How many rows there may be. */
  ROWS_MAX: 24,
  /** Of a line, without its end. */
  LINE_BYTES_MAX: 28,
} as const;

/** Bytes of that state. */
export const CSV_STATE_BYTES = 32;

/** What a cell is read as. */
export const CSV_CELL = {
  /** Nothing: it may hold whatever is not in quotes. */
  SKIPPED: 0,
  /** A whole number: 64 bits. */
  INT64: 1,
  /** A decimal: the nearest double. */
  FLOAT64: 2,
  /** A truth: a byte, 1 or 0. */
  BOOL: 3,
} as const;

/** Lines of delimited text, as far as there is nothing unusual about them. */
export interface CsvKernels {
  /**
   * Reads lines until they end, there are as many rows as there may be, or one is unusual, and returns 1 in the last case, 0 in the others.
   * Usual is a line of as many cells as there should be, that ends with a line feed or a carriage return and one, whose numbers are 1 to 15
   * digits behind an optional `-`, decimals with an optional point among or around them, and whose truths are `1`, `0`, or `true` and
   * `false` in lower or upper case or with a capital. What stands at the row of an unusual line means nothing.
   */
  csvLines(state: Address): number;
}
