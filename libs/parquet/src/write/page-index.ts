import { compareBounds, type Bounds } from './bounds.js';
import { putByte, type ByteBuffer } from './byte-buffer.js';
import type { EncodedPage } from './chunk-notes.js';
import { FIELD, putBinary, putInt, putList, putZigzag, STOP } from './compact-fields.js';
import { BOUNDARY } from '../format/constants.js';
import type { Leaf } from './leaf.js';
import { isLong } from './statistics.js';

const EMPTY = new Uint8Array(0);

/**
 * Appends what each page of a chunk holds, as a struct. Nothing when a page with values has no bounds (all NaN), or too long ones:
 * the format has no way to say so for a single page.
 */
export function putColumnIndex(out: ByteBuffer, leaf: Leaf, pages: readonly EncodedPage[]): void {
  for (const { bounds, nullCount, slotCount } of pages) {
    if (bounds === undefined ? nullCount < slotCount : isLong(bounds)) return;
  }
  const { length } = pages;
  putList(out, 1, FIELD.true, length);
  for (const { bounds } of pages) putByte(out, bounds === undefined ? FIELD.true : FIELD.false);
  putList(out, 1, FIELD.binary, length);
  for (const { bounds } of pages) putBinary(out, bounds?.min ?? EMPTY);
  putList(out, 1, FIELD.binary, length);
  for (const { bounds } of pages) putBinary(out, bounds?.max ?? EMPTY);
  putInt(out, 1, FIELD.i32, boundaryOrder(leaf, pages));
  putList(out, 1, FIELD.i64, length);
  for (const { nullCount } of pages) putZigzag(out, nullCount);
  putByte(out, STOP);
}

/** Whether both the least and the greatest values of the pages only rise, or only fall. */
function boundaryOrder(leaf: Leaf, pages: readonly EncodedPage[]): number {
  let rises = true;
  let falls = true;
  let before: Bounds | undefined;
  for (const { bounds } of pages) {
    if (bounds === undefined) continue;
    if (before !== undefined && (rises || falls)) {
      const [low, high] = [
        compareBounds(leaf, before.min, bounds.min),
        compareBounds(leaf, before.max, bounds.max),
      ];
      rises &&= low <= 0 && high <= 0;
      falls &&= low >= 0 && high >= 0;
    }
    before = bounds;
  }
  return rises ? BOUNDARY.ASCENDING : falls ? BOUNDARY.DESCENDING : BOUNDARY.UNORDERED;
}
