import type { Arena } from '@ticklake/columnar';
import type { LeafRows } from './leaf-rows.js';
import type { PlacedLevels } from './page-levels.js';
import type { ValueEncoding } from './value-encoding.js';

/** What one data page covers, as half-open ranges of the row group's rows, slots and present values. */
export interface PageRange {
  readonly rowStart: number;
  readonly rowEnd: number;
  readonly slotStart: number;
  readonly slotEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/**
 * A page of long values ends before it has all its rows, so that no reader must hold a page of `pageRows` such values.
 * Far below the 64 MiB at which this library refuses to read a page.
 */
const PAGE_BYTES_TARGET = 8 << 20;

/** A row group of a leaf, and how its values are stored. */
export interface PagePlan {
  readonly rows: LeafRows;
  readonly levels: Pick<PlacedLevels, 'definitions' | 'repetitions'>;
  readonly encoding: ValueEncoding;
  readonly valueCount: number;
  readonly pageRows: number;
}

/** Cuts a row group into pages of `pageRows` rows, always between two rows; the last may have fewer. */
export function planPages(
  { bytes }: Arena,
  { rows, levels, encoding, valueCount, pageRows }: PagePlan,
): PageRange[] {
  const pages: PageRange[] = [];
  let start = { row: 0, slot: 0, value: 0 };
  const cut = (end: typeof start) => {
    pages.push({
      rowStart: start.row,
      rowEnd: end.row,
      slotStart: start.slot,
      slotEnd: end.slot,
      valueStart: start.value,
      valueEnd: end.value,
    });
    start = end;
  };
  const { rowCount, slotCount } = rows;
  const { definitions, repetitions } = levels;
  const isSmall = encoding.sizeOf(0, valueCount) <= PAGE_BYTES_TARGET;
  if (isSmall && definitions === 0 && repetitions === 0) {
    for (let row = pageRows; row < rowCount; row += pageRows) cut({ row, slot: row, value: row });
  } else {
    const { definitionMax } = rows.leaf;
    let row = 0;
    let value = 0;
    for (let slot = 0; slot < slotCount; slot++) {
      const opensRow = repetitions === 0 || bytes[repetitions + slot] === 0;
      if (opensRow && row > start.row) {
        const isLong = !isSmall && encoding.sizeOf(start.value, value) >= PAGE_BYTES_TARGET;
        if (row - start.row === pageRows || isLong) cut({ row, slot, value });
      }
      if (opensRow) row++;
      if (definitions === 0 || bytes[definitions + slot] === definitionMax) value++;
    }
  }
  if (rowCount > 0) cut({ row: rowCount, slot: slotCount, value: valueCount });
  return pages;
}
