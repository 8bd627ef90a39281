import {
  createMultisetHash,
  createOrderedHash,
  createRowHasher,
  type Arena,
  type RecordBatch,
} from '@ticklake/columnar';

/** What the rows of a batch hash to, in any order and in theirs. */
export function batchHashes(
  arena: Arena,
  batch: RecordBatch,
): { readonly multiset: string; readonly ordered: string } {
  const hasher = createRowHasher(arena, batch.schema, { exclude: [] });
  const [multiset, ordered] = [createMultisetHash(), createOrderedHash()];
  try {
    const digests = hasher.digestBatch(batch);
    multiset.add(digests);
    ordered.add(digests);
    return { multiset: multiset.hex(), ordered: ordered.hex() };
  } finally {
    hasher.release();
  }
}
