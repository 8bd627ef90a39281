import { compareBounds } from './bounds.js';
import type { EncodedPage } from './chunk-notes.js';
import { BOUNDARY } from '../format/constants.js';
import type { Leaf } from './leaf.js';
import { STATISTIC_BYTES_MAX } from './statistics.js';
import { encodeThrift } from './thrift-writer.js';

const EMPTY = new Uint8Array(0);

/**
 * What each page of a chunk holds. `undefined` when a page with values has no bounds (all NaN), or too long ones:
 * the format has no way to say so for a single page.
 */
export function encodeColumnIndex(leaf: Leaf, pages: readonly EncodedPage[]): Uint8Array | undefined {
  for (const { bounds, nullCount, slotCount } of pages) {
    if (bounds === undefined ? nullCount < slotCount : isLong(bounds.min) || isLong(bounds.max))
      return undefined;
  }
  const at = (i: number) => pages[i] as EncodedPage;
  return encodeThrift((writer) => {
    writer.list(1, 'bool', pages.length, (i) => writer.element.bool(at(i).bounds === undefined));
    writer.list(2, 'binary', pages.length, (i) => writer.element.binary(at(i).bounds?.min ?? EMPTY));
    writer.list(3, 'binary', pages.length, (i) => writer.element.binary(at(i).bounds?.max ?? EMPTY));
    writer.i32(4, boundaryOrder(leaf, pages));
    writer.list(5, 'i64', pages.length, (i) => writer.element.integer(at(i).nullCount));
  });
}

function isLong(value: Uint8Array): boolean {
  return value.length > STATISTIC_BYTES_MAX;
}

/** Whether both the least and the greatest values of the pages only rise, or only fall. */
function boundaryOrder(leaf: Leaf, pages: readonly EncodedPage[]): number {
  const bounds = pages.flatMap((page) => page.bounds ?? []);
  let rises = true;
  let falls = true;
  bounds.reduce(
    (before, next) => {
      const steps = [compareBounds(leaf, before.min, next.min), compareBounds(leaf, before.max, next.max)];
      rises &&= steps.every((step) => step <= 0);
      falls &&= steps.every((step) => step >= 0);
      return next;
    },
    bounds[0] as NonNullable<EncodedPage['bounds']>,
  );
  return rises ? BOUNDARY.ASCENDING : falls ? BOUNDARY.DESCENDING : BOUNDARY.UNORDERED;
}
