import { finishReplacement } from '@ticklake/manifest';
import type { PartitionKey } from './partition-key.js';
import { underLease, type LeaseSeeker } from './partition-lease.js';
import { publishedDataset } from './published-dataset.js';

/**
 * Does the rest of a replacement that died after its commit: what is published is brought under the fixed name, for those who know no
 * other. No spool file is needed for it, so that it helps where those were collected, or came late and are not to be merged.
 *
 * @throws LakeError `corrupt` (`DATA_MISMATCH`) when nothing holds the bytes that `meta.json` states.
 * @throws LakeError `busy` as {@link underLease}.
 */
export async function settlePartition(key: PartitionKey, seeker: LeaseSeeker): Promise<void> {
  const dataset = publishedDataset(seeker.compact, key);
  await underLease(key, seeker, (signal) =>
    finishReplacement(dataset, (meta, place) => ({ ...meta, ...place }), signal),
  );
}
