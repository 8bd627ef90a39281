import { fingerprintSchema, shapeOf, type Field, type NestedShape } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { PageCodecName } from '../codec/page-codec.js';
import type { ChunkMeta } from '../format/metadata.js';
import type { HeldChunks } from '../read/held-chunks.js';
import { partsOf, type StoredChunks } from '../read/reader-parts.js';
import type { Leaf as StoredLeaf } from '../read/schema-tree.js';
import { walkStoredPages } from '../read/stored-pages.js';
import type { CopiedPages } from './column-chunk.js';
import { createCopy, isKept, type StoredColumn } from './copy-pages.js';
import type { Leaf } from './leaf.js';
import type { PageWriter } from './page-writer.js';
import type { TreeField } from './schema-tree.js';

/** What pages of a nested column are to be stored as. */
interface UnreadTarget {
  readonly column: TreeField & { readonly writers: readonly PageWriter[] };
  readonly codec: PageCodecName;
  readonly rowCount: number;
}

/**
 * Copies the pages of a nested column without decoding them; `undefined` where nobody answers for their values, or they cannot be kept:
 * of another type, codec or nesting, below lists, whose rows only their levels tell, or as `copyColumnPages` has it. The witness has
 * seen nothing then.
 *
 * @throws LakeError `corrupt` when page headers contradict the footer or themselves, or a page does not have its checksum.
 */
export async function copyUnreadPages(
  { reader, rowGroup, name, witness }: StoredColumn,
  target: UnreadTarget,
): Promise<readonly CopiedPages[] | undefined> {
  if (witness === undefined) return undefined;
  const stored = partsOf(reader).storedColumn(name, rowGroup);
  if (!isAllKept(stored, target)) return undefined;
  const held = await stored.hold();
  try {
    const copied: CopiedPages[] = [];
    for (let i = 0; i < stored.chunks.length; i++) {
      const pages = copyChunk(stored, held, { ...target, index: i });
      if (pages === undefined) return undefined;
      copied.push(pages);
    }
    stored.chunks.forEach((_, i) => witness(held.bytes(i)));
    return copied;
  } finally {
    held.release();
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
  held: HeldChunks,
  { column, codec, index }: UnreadTarget & { readonly index: number },
): CopiedPages | undefined {
  const [chunk, leaf] = [chunks[index] as ChunkMeta, leaves[index] as StoredLeaf];
  const copy = createCopy({
    writer: column.writers[index] as PageWriter,
    leaf: column.leaves[index] as Leaf,
    codec,
  });
  walkStoredPages({ held, index, chunk, leaf }, ({ header, stored }) =>
    copy.take({ header, stored, nullCount: 0 }),
  );
  return copy.finish();
}
