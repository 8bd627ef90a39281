import { PAGE } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta, PageHeader } from '../format/metadata.js';
import { parsePageHeader } from '../format/parse-page-header.js';
import { chunkStart, columnOf } from './check-metadata.js';
import { checkCount, checkEncoding, short } from './chunk-reader.js';
import type { HeldChunks } from './held-chunks.js';
import { isCoded } from './page-values.js';
import { checkCrc, checkSizes, checkStoredSize, codecOf, located } from './page-walk.js';
import type { Leaf } from './schema-tree.js';

/** A chunk among those that are held. */
export interface HeldChunk {
  readonly held: HeldChunks;
  readonly index: number;
  readonly chunk: ChunkMeta;
  readonly leaf: Leaf;
}

/**
 * Shows every page of a chunk, in order, once it has passed every check that can be made without decompressing it: sizes, counts and
 * encodings against the footer, dictionaries, checksums. As `openPageWalk` reads them, of bytes that are at hand, and without making
 * anything but headers: there are tens of thousands.
 *
 * @throws LakeError `corrupt`.
 */
export function walkStoredPages(
  { held, index, chunk, leaf }: HeldChunk,
  onPage: (header: PageHeader, stored: Uint8Array) => void,
): void {
  if (chunk.valueCount === 0) return;
  const { start, bytes, context } = held.stretchOf(index);
  const end = chunkStart(chunk) - start + chunk.sizeBytes;
  let position = chunkStart(chunk) - start;
  let page = 0;
  const state = { left: chunk.valueCount, hasDictionary: false, dataSeen: false };
  try {
    const codec = codecOf(context, chunk);
    for (; position < end; page++) {
      const header = parsePageHeader(bytes, { position, end });
      const { bodyStart } = header;
      checkSizes(header, { room: end - bodyStart, limits: context.limits });
      const bodyEnd = bodyStart + header.compressedSizeBytes;
      const stored = bytes.subarray(bodyStart, bodyEnd);
      checkCrc(header, stored, context.counts);
      checkStoredSize(header, codec);
      checkPage(header, { chunk, leaf }, state);
      onPage(header, stored);
      position = bodyEnd;
    }
    if (state.left > 0) throw short(state.left);
  } catch (error) {
    throw located(error, {
      column: columnOf(chunk),
      rowGroup: held.rowGroup,
      page,
      offset: start + position,
    });
  }
}

/** What the pages of a chunk have come to. */
interface Seen {
  /** Values that the footer tells of and no page has had. */
  left: number;
  hasDictionary: boolean;
  dataSeen: boolean;
}

function checkPage(header: PageHeader, { chunk, leaf }: Pick<HeldChunk, 'chunk' | 'leaf'>, seen: Seen): void {
  const { type, encoding, valueCount } = header;
  if (type === PAGE.DICTIONARY) {
    if (seen.hasDictionary || seen.dataSeen)
      throw corrupt('DICT_CONFLICT', 'a second or late dictionary page');
    seen.hasDictionary = true;
    return;
  }
  seen.dataSeen = true;
  checkCount(header, { leaf, left: seen.left, rowsMax: chunk.valueCount });
  checkEncoding(header, chunk);
  if (isCoded(encoding) && valueCount > 0 && !seen.hasDictionary) {
    throw corrupt('DICT_CONFLICT', 'codes without a dictionary');
  }
  seen.left -= valueCount;
}
