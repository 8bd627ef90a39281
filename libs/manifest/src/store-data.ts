import { LakeError } from '@ticklake/core';
import type { ObjectMeta } from '@ticklake/storage';
import { holdsBytes, openIfThere } from './locate-published.js';
import { unlessConflict } from './manifest-document.js';
import { stagedNameIn, type Commitment, type PublishedDataset } from './publication.js';
import type { IdentifiedBytes, ProvenFile } from './write-verified.js';

/** Where our bytes lie in the store. */
export interface StoredData {
  readonly name: string;
  readonly meta: ObjectMeta;
}

/**
 * Step 3 and 4 of a first publication: the data under its fixed name. If other bytes are there already they may be a
 * rival's who has yet to commit, so they are left alone and ours are staged beside them.
 */
export async function storeFirst<M>(publication: Commitment<M>, file: ProvenFile): Promise<StoredData> {
  const meta = await putOrAdopt(publication, publication.dataName, file);
  return meta === undefined ? storeStaged(publication, file, 1) : { name: publication.dataName, meta };
}

/**
 * Our bytes under the name of their generation, which nobody ever overwrites.
 *
 * @throws LakeError `corrupt` (`STAGED_MISMATCH`) when that name holds other bytes
 */
export async function storeStaged<M>(
  publication: Commitment<M>,
  file: ProvenFile,
  generation: number,
): Promise<StoredData> {
  const name = stagedNameIn(publication, generation, file.facts.sha256);
  const meta = await putOrAdopt(publication, name, file);
  if (meta !== undefined) return { name, meta };
  throw new LakeError('corrupt', 'a staged object does not hold the bytes its name promises', {
    code: 'STAGED_MISMATCH',
    details: { directory: publication.directory, name },
  });
}

/**
 * What the store holds after a put is what we sent: the size, and the very version the put returned. A backend that
 * keeps checksums has compared them before `put` returned; this catches one that lied or was overtaken.
 *
 * @returns `false` when somebody has written the key since
 * @throws LakeError `corrupt` (`PUT_MISMATCH`) when it is our version with another size
 */
export async function confirmStored<M>(
  { store }: PublishedDataset<M>,
  put: ObjectMeta,
  file: IdentifiedBytes,
): Promise<boolean> {
  const held = await store.head(put.key);
  if (held?.etag !== put.etag) return false;
  if (held.size === file.facts.sizeBytes) return true;
  throw new LakeError('corrupt', 'the store holds another size than was put', {
    code: 'PUT_MISMATCH',
    details: { key: put.key, size: held.size, expected: file.facts.sizeBytes },
  });
}

/** How often an object may be swept away while we look at it. */
const TRIES_MAX = 3;

/** Our bytes at `name`: put there if nothing is, adopted if they are there already; `undefined` if others are. */
async function putOrAdopt<M>(
  publication: Commitment<M>,
  name: string,
  file: ProvenFile,
): Promise<ObjectMeta | undefined> {
  const { store, directory, signal } = publication;
  const key = directory + name;
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    // Asked first, so that a store does not take a whole upload only to refuse it.
    if ((await store.head(key)) === undefined) {
      const put = await unlessConflict(store.put(key, file.source, { onlyIf: 'absent' }));
      if (put !== undefined && (await confirmStored(publication, put, file))) return put;
    }
    const there = await openIfThere(store, key);
    if (there !== undefined && (await holdsBytes(there, file.facts, signal))) return there.meta;
    if ((await store.head(key)) !== undefined) return undefined;
  }
  return undefined;
}
