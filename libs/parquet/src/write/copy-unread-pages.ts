import { fingerprintSchema, shapeOf, type Field, type NestedShape } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { PageCodecName } from '../codec/page-codec.js';
import type { ChunkMeta } from '../format/metadata.js';
import type { StoredChunks } from '../read/reader-parts.js';
import type { Leaf as StoredLeaf } from '../read/schema-tree.js';
import { walkStoredPages } from '../read/stored-pages.js';
import type { CopiedPages } from './column-chunk.js';
import {
  holdStored,
  isKept,
  PageCopy,
  showBytes,
  storedChunks,
  type StoredBytes,
  type StoredColumn,
} from './copy-pages.js';
import type { Leaf } from './leaf.js';
import type { PageWriter } from './page-writer.js';
import type { TreeField } from './schema-tree.js';

/** What pages of a nested column are to be stored as. */
interface UnreadTarget {
  readonly column: TreeField;
  /** Takes the pages of all leaves, one after another. */
  readonly writer: PageWriter;
  readonly codec: PageCodecName;
  readonly rowCount: number;
}

/** Pages of a leaf, as they stand in a writer with others. */
export interface UnreadPages extends CopiedPages {
  /** Where they start. */
  readonly start: number;
  readonly sizeBytes: number;
  readonly uncompressedSizeBytes: number;
}

/**
 * Copies the pages of a nested column without decoding them; `undefined` where nobody answers for their values, or they cannot be kept:
 * of another type, codec or nesting, below lists, whose rows only their levels tell, or as `copyColumnPages` has it. The witness has
 * seen nothing then.
 *
 * @throws LakeError `corrupt` when page headers contradict the footer or themselves, or a page does not have its checksum.
 */
export async function copyUnreadPages(
  column: StoredColumn,
  target: UnreadTarget,
): Promise<readonly UnreadPages[] | undefined> {
  const { witness } = column;
  if (witness === undefined) return undefined;
  const stored = storedChunks(column);
  if (!isAllKept(stored, target)) return undefined;
  const bytes = await holdStored(column, stored);
  try {
    target.writer.begin({ isCompressed: true });
    const copied: UnreadPages[] = [];
    for (let i = 0; i < stored.chunks.length; i++) {
      const pages = copyChunk(stored, bytes, target, i);
      if (pages === undefined) return undefined;
      copied.push(pages);
    }
    showBytes(bytes, witness);
    return copied;
  } finally {
    bytes.release();
  }
}

/** Levels count alike, and every leaf is stored alike. */
function isAllKept(
  { field, shape, leaves, chunks }: StoredChunks,
  { column, codec, rowCount }: UnreadTarget,
): boolean {
  if (shape === undefined || !isSameColumn({ field, shape }, column)) return false;
  assert(
    leaves.some(({ repetitionMax }) => repetitionMax > 0) || chunks[0]?.valueCount === rowCount,
    'a row group is copied as a whole',
  );
  return leaves.every((leaf, i) =>
    isKept(chunks[i] as ChunkMeta, leaf, { leaf: column.leaves[i] as Leaf, codec }),
  );
}

/** Files of one writer have the same shapes: one is compared once. */
const compared = new WeakMap<NestedShape, { readonly field: Field; readonly isSame: boolean }>();

/** Whether names, types and nesting are the same, and levels count alike. */
function isSameColumn(
  stored: { readonly field: Field; readonly shape: NestedShape },
  { field }: TreeField,
): boolean {
  const known = compared.get(stored.shape);
  if (known?.field === field) return known.isSame;
  const isSame =
    fingerprintSchema({ fields: [stored.field] }) === fingerprintSchema({ fields: [field] }) &&
    JSON.stringify(stored.shape) === JSON.stringify(shapeOf(field));
  compared.set(stored.shape, { field, isSame });
  return isSame;
}

function copyChunk(
  { chunks, leaves }: StoredChunks,
  { held, firstChunk }: StoredBytes,
  { column, writer, codec }: UnreadTarget,
  index: number,
): UnreadPages | undefined {
  const [chunk, leaf] = [chunks[index] as ChunkMeta, leaves[index] as StoredLeaf];
  const { sizeBytes: start, uncompressedSizeBytes: before } = writer;
  const copy = new PageCopy({ writer, leaf: column.leaves[index] as Leaf, codec });
  walkStoredPages({ held, index: firstChunk + index, chunk, leaf }, (header, stored) =>
    copy.take({ header, stored, nullCount: 0 }),
  );
  const copied = copy.finish();
  if (copied === undefined) return undefined;
  // Field by field: there are thousands, and spreading takes longer than all the rest of it.
  const { dictionarySizeBytes, entryCount, kinds, pages } = copied;
  const sizeBytes = writer.sizeBytes - start;
  const uncompressedSizeBytes = writer.uncompressedSizeBytes - before;
  return { dictionarySizeBytes, entryCount, kinds, pages, start, sizeBytes, uncompressedSizeBytes };
}
