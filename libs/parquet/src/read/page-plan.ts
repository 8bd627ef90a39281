import type { PageLocation } from './page-index.js';

/** Rows of a row group: `start` is the first, `end` follows the last. */
export interface RowRange {
  readonly start: number;
  readonly end: number;
}

/** Which pages of a chunk are going to be read, and where they stand. */
export interface PagePlan {
  /** As the offset index has them: every page of the chunk but its dictionary. */
  readonly pages: readonly PageLocation[];
  /** Where the stretch of pages ends that begins with `page` and goes on as long as they are going to be read. */
  stretchEnd(page: number): number;
  /** Where such a stretch ends that begins before the first page, with a dictionary. */
  readonly firstStretchEnd: number;
}

/** A plan for the rows of `ranges`, which ascend and are apart. */
export function planPages(pages: readonly PageLocation[], ranges: readonly RowRange[]): PagePlan {
  const isRead = pages.map(() => false);
  let next = 0;
  pages.forEach(({ rowStart, rowCount }, page) => {
    const rowEnd = rowStart + rowCount;
    while (next < ranges.length && (ranges[next] as RowRange).end <= rowStart) next++;
    const range = ranges[next];
    isRead[page] = range !== undefined && range.start < rowEnd && rowCount > 0;
  });
  const stretchEnd = (page: number) => {
    let last = page;
    while (isRead[page] === true && isRead[last + 1] === true) last++;
    const { offset, sizeBytes } = pages[last] as PageLocation;
    return offset + sizeBytes;
  };
  const firstStretchEnd = isRead[0] === true ? stretchEnd(0) : (pages[0]?.offset ?? 0);
  return { pages, stretchEnd, firstStretchEnd };
}
