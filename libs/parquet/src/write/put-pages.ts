import { withBlock, type Arena } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { ENCODING, PAGE } from '../format/constants.js';
import type { EncodedPage } from './chunk-notes.js';
import type { CopiedPages } from './column-chunk.js';
import type { StoredAs } from './column-options.js';
import type { PlacedLevels } from './page-levels.js';
import type { PageRange } from './page-plan.js';
import type { PageWriter } from './page-writer.js';
import type { ValueEncoding } from './value-encoding.js';

/** Values of a chunk, and how they are cut into pages. */
export interface PlannedPages extends Pick<StoredAs, 'codecSavesMin'> {
  readonly levels: PlacedLevels;
  readonly encoding: ValueEncoding;
  readonly ranges: readonly PageRange[];
}

/**
 * Puts a chunk's pages to `writer`, which forgets what it had. The codec is given up where it would not save its share: how much that is
 * tell the dictionary and the first data page, which are made again then.
 */
export function putPages(arena: Arena, writer: PageWriter, planned: PlannedPages): CopiedPages {
  const { encoding, ranges, codecSavesMin = 0 } = planned;
  let dictionarySizeBytes = beginPages(writer, encoding, true);
  const dictionary = sizesOf(writer);
  const pages: Omit<EncodedPage, 'bounds'>[] = [];
  for (const range of ranges) {
    pages.push(putData(arena, writer, planned, range));
    if (pages.length > 1 || codecSavesMin === 0 || !writer.isCompressed) continue;
    if (savedShare(dictionary, sizesOf(writer), ranges) >= codecSavesMin) continue;
    dictionarySizeBytes = beginPages(writer, encoding, false);
    pages[0] = putData(arena, writer, planned, range);
  }
  const kinds = [
    ...(dictionarySizeBytes > 0 ? [{ type: PAGE.DICTIONARY, encoding: ENCODING.PLAIN, count: 1 }] : []),
    { type: PAGE.DATA, encoding: encoding.encoding, count: pages.length },
  ];
  return { dictionarySizeBytes, entryCount: encoding.dictionary?.entryCount, kinds, pages };
}

/** Starts anew, with the dictionary if there is one; the size of its page. */
function beginPages(writer: PageWriter, { dictionary }: ValueEncoding, isCompressed: boolean): number {
  writer.begin({ isCompressed });
  if (dictionary === undefined) return 0;
  const { at, sizeBytes, entryCount } = dictionary;
  const kind = { type: PAGE.DICTIONARY, valueCount: entryCount, encoding: ENCODING.PLAIN, v2: undefined };
  writer.put({ at, sizeBytes }, kind);
  return writer.sizeBytes;
}

interface Sizes {
  readonly stored: number;
  readonly uncompressed: number;
}

function sizesOf({ sizeBytes, uncompressedSizeBytes }: PageWriter): Sizes {
  return { stored: sizeBytes, uncompressed: uncompressedSizeBytes };
}

/** Of what a chunk would be uncompressed, if all of its data pages were as the first, which stands behind the dictionary in `both`. */
function savedShare(dictionary: Sizes, both: Sizes, ranges: readonly PageRange[]): number {
  const slots = (some: readonly PageRange[]) =>
    some.reduce((sum, { slotStart, slotEnd }) => sum + slotEnd - slotStart, 0);
  const times = slots(ranges) / slots(ranges.slice(0, 1));
  const chunk = (name: keyof Sizes) => dictionary[name] + (both[name] - dictionary[name]) * times;
  return 1 - chunk('stored') / chunk('uncompressed');
}

function putData(
  arena: Arena,
  writer: PageWriter,
  { levels, encoding }: PlannedPages,
  range: PageRange,
): Omit<EncodedPage, 'bounds'> {
  const { rowStart, slotStart, slotEnd, valueStart, valueEnd } = range;
  const offset = writer.sizeBytes;
  const slotCount = slotEnd - slotStart;
  const bound = levels.bound(range) + encoding.bound(valueStart, valueEnd);
  withBlock(arena, bound, (at: Address) => {
    const levelBytes = levels.put(at, range);
    const sizeBytes = levelBytes + encoding.put(at + levelBytes, valueStart, valueEnd);
    const kind = { type: PAGE.DATA, valueCount: slotCount, encoding: encoding.encoding, v2: undefined };
    writer.put({ at, sizeBytes }, kind);
  });
  const nullCount = slotCount - (valueEnd - valueStart);
  return { offset, sizeBytes: writer.sizeBytes - offset, rowStart, slotCount, nullCount };
}
