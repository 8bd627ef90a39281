import type { RecordBatch } from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import type { ProvenFile, VerifiedFile } from '@ticklake/manifest';
import type { ViewName } from '@ticklake/partition';
import type { ObjectStore } from '@ticklake/storage';
import type { ViewCopy } from './manifest.js';

/** What another view of a partition gets. */
export interface CopyPlan {
  readonly view: ViewName;
  /** Of its data object, from the root of the tier. */
  readonly path: string;
  /** A reference names where the rows are; readers that list the view find the partition by it. */
  readonly kind: 'data' | 'reference';
  /** The rows of it, where they are not all. */
  readonly rows?: RecordBatch;
}

/** What a name ends in that refers to rows in the primary view. */
export const REFERENCE_END = '.parquet.ref.json';

/** The path of rows that a key is of, or refers to; `undefined` for any other. */
export function dataPath(key: string): string | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1);
  if (name.startsWith('_')) return undefined;
  if (name.endsWith(REFERENCE_END)) return `${key.slice(0, -REFERENCE_END.length)}.parquet`;
  return name.endsWith('.parquet') ? key : undefined;
}

/**
 * Puts the copies and references of a partition where they belong. Nobody takes a copy for what the manifest does not say it is: readers
 * compare what its footer says of its rows. References are the same whatever the rows are, and are put once.
 *
 * @returns the copies, for the manifest.
 */
export async function putCopies(
  plans: readonly CopyPlan[],
  file: ProvenFile,
  options: {
    readonly store: ObjectStore;
    /** Of the partition in the primary view. */
    readonly path: string;
    readonly signal: AbortSignal;
    /** The file of some of the rows of `file`. */
    proveSome(rows: RecordBatch): Promise<VerifiedFile>;
    onPut(copy: ViewCopy, etag: string): void;
  },
): Promise<readonly ViewCopy[]> {
  const { store, path, signal, proveSome, onPut } = options;
  const copies: ViewCopy[] = [];
  for (const { view, path: to, kind, rows } of plans) {
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while copies were put');
    if (kind === 'reference') {
      await putReference(store, { to: to.replace(/\.parquet$/, REFERENCE_END), path });
      continue;
    }
    const own = rows === undefined ? undefined : await proveSome(rows);
    try {
      const { source, facts } = own ?? file;
      const { etag } = await store.put(to, source);
      const { sha256, sizeBytes: size_bytes, content, rowCount } = facts;
      const copy = { view, path: to, rows: rowCount, sha256, size_bytes, multiset: content.multiset };
      onPut(copy, etag);
      copies.push(copy);
    } finally {
      await own?.dispose();
    }
  }
  return copies;
}

/** What a reference to a partition in the primary view says. */
export function referenceText(path: string): string {
  return `${JSON.stringify({ primary: path })}\n`;
}

async function putReference(
  store: ObjectStore,
  { to, path }: { readonly to: string; readonly path: string },
): Promise<void> {
  const bytes = new TextEncoder().encode(referenceText(path));
  try {
    await store.put(to, bytes, { onlyIf: 'absent', contentType: 'application/json' });
  } catch (error) {
    if (!isLakeError(error, 'conflict')) throw error;
  }
}
