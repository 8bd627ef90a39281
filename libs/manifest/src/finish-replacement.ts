import { dataMismatch, holdsBytes, locatePublished } from './locate-published.js';
import { restateAs } from './normalise.js';
import type { DataPlace, PublishedDataset } from './publication.js';

/**
 * Does the rest of a replacement that died after its commit, from what is in the store: the bytes that the manifest names are put under
 * the fixed name, then the manifest names that. The dataset is published before and after; readers who know nothing but the
 * fixed name see the old bytes until then. The bytes are hashed before anything is written. Does nothing where there is
 * nothing to do, and leaves to others what they change meanwhile.
 *
 * @param describe - Makes of the manifest the one that differs from it only in the place of the data.
 * @returns the last manifest of these bytes that stood in the store; `undefined` when nothing is published
 * @throws LakeError `corrupt` (`DATA_MISMATCH`) when no object holds what the manifest states; nothing is written.
 * @throws LakeError `cancelled` when the signal aborted before anything was written.
 */
export async function finishReplacement<M>(
  dataset: PublishedDataset<M>,
  describe: (manifest: M, place: DataPlace) => M,
  signal: AbortSignal,
): Promise<M | undefined> {
  const located = await locatePublished(dataset);
  if (located === undefined) return undefined;
  const { place, data, manifest } = located;
  if (place.data === dataset.dataName) return manifest;
  if (data === undefined || !(await holdsBytes(data, place, signal))) throw dataMismatch(dataset, place);
  return restateAs(dataset, { source: data, facts: place }, located, describe);
}
