import type { ObjectSource } from '@ticklake/storage';
import { dataMismatch, locatePublished } from './locate-published.js';
import type { PublishedDataset } from './publication.js';

/**
 * What is published: the manifest, and its data pinned to the version that the manifest describes; `undefined` when
 * nothing is. Safe while somebody replaces the dataset: a mismatch sends the reader back to the manifest, up to five
 * times. Reads of `data` fail with `conflict` if it is replaced later; call this again then.
 *
 * @throws LakeError `corrupt` (`DATA_MISMATCH`) when no object holds what the manifest describes
 * @throws LakeError `corrupt` (`MANIFEST`) when the manifest cannot be read
 */
export async function readPublished<M>(
  dataset: PublishedDataset<M>,
): Promise<{ readonly manifest: M; readonly data: ObjectSource } | undefined> {
  const located = await locatePublished(dataset);
  if (located === undefined) return undefined;
  const { manifest, place, data } = located;
  if (data !== undefined) return { manifest, data };
  throw dataMismatch(dataset, place);
}
