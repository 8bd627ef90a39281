import { PAGE } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import type { ChunkMeta } from '../format/metadata.js';
import { checkCount, checkEncoding, short } from './chunk-reader.js';
import type { HeldChunks } from './held-chunks.js';
import { isCoded } from './page-values.js';
import { located, type StoredPage } from './page-walk.js';
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
 * encodings against the footer, dictionaries, checksums.
 *
 * @throws LakeError `corrupt`.
 */
export function walkStoredPages(
  { held, index, chunk, leaf }: HeldChunk,
  onPage: (page: StoredPage) => void,
): void {
  if (chunk.valueCount === 0) return;
  const walk = held.walk(index);
  let left = chunk.valueCount;
  let hasDictionary = false;
  let dataSeen = false;
  for (let page = walk.next(); page !== undefined; page = walk.next()) {
    if (page instanceof Promise) throw corrupt('PAGE_CORRUPT', 'a page ends beyond its chunk');
    try {
      const { type, encoding, valueCount } = page.header;
      if (type === PAGE.DICTIONARY) {
        if (hasDictionary || dataSeen) throw corrupt('DICT_CONFLICT', 'a second or late dictionary page');
        hasDictionary = true;
      } else {
        dataSeen = true;
        checkCount(page, { leaf, left, rowsMax: chunk.valueCount });
        checkEncoding(page, chunk);
        if (isCoded(encoding) && valueCount > 0 && !hasDictionary) {
          throw corrupt('DICT_CONFLICT', 'codes without a dictionary');
        }
        left -= valueCount;
      }
      onPage(page);
    } catch (error) {
      throw located(error, page.where);
    }
  }
  if (left > 0) throw located(short(left), walk.where);
}
