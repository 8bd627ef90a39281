import { LakeError } from '@ticklake/core';
import { throwIfCancelled } from './cancelled.js';
import { locatePublished } from './locate-published.js';
import type { ManifestVersion } from './manifest-document.js';
import { normalise, restate } from './normalise.js';
import type { Commitment, PublishOutcome } from './publication.js';
import { isSamePublication, replacePublished } from './replace-published.js';
import type { ProvenFile } from './write-verified.js';

/**
 * Publishes bytes that are in the store already, an older generation most likely, as the next generation: the same
 * protocol as any replacement, so that readers see the old complete dataset or this one at every instant, and running
 * it again after it died ends the same. What is published now stays as a generation of its own.
 *
 * @param file - Proved by the caller: its facts are believed.
 * @param base - What was published when the file was chosen.
 * @throws LakeError `missing` when nothing is published
 * @throws LakeError `conflict` (`PUBLISHED_MEANWHILE`) when something else than `base` is
 * @throws LakeError `cancelled` when the signal aborted before the commit
 */
export async function restorePublished<M>(
  commitment: Commitment<M>,
  file: ProvenFile,
  base: ManifestVersion<M>,
): Promise<PublishOutcome<M>> {
  throwIfCancelled(commitment.signal);
  const { facts } = file;
  const { directory } = commitment;
  const located = await locatePublished(commitment);
  if (located === undefined) {
    throw new LakeError('missing', 'nothing is published there', { details: { directory } });
  }
  if (located.place.sha256 === facts.sha256) {
    const bringUp = located.asStated ? normalise : restate;
    return { status: 'unchanged', facts, manifest: await bringUp(commitment, file, located) };
  }
  const manifest = isSamePublication(commitment, base, located)
    ? await replacePublished(commitment, file, located)
    : undefined;
  if (manifest !== undefined) return { status: 'replaced', facts, manifest };
  throw new LakeError('conflict', 'another run published something else meanwhile', {
    code: 'PUBLISHED_MEANWHILE',
    details: { directory },
  });
}
