import type { ObjectMeta } from '@ticklake/storage';
import { holdsBytes, openIfThere } from './locate-published.js';
import { loadManifest, putManifest, unlessConflict, type ManifestVersion } from './manifest-document.js';
import { stagedNameIn, type Commitment, type DataPlace, type PublishedDataset } from './publication.js';
import { confirmStored } from './store-data.js';
import type { IdentifiedBytes, ProvenFile } from './write-verified.js';

/** How often a rival may get in between before the rest is left to them. */
const TRIES_MAX = 5;

/**
 * After a commit onto a staged object: the same bytes under the fixed name, then the manifest back onto that. The
 * dataset is published before and after; this only serves readers who know nothing but the fixed name. A run that
 * dies in here leaves a manifest that is right, and the next run with the same bytes finishes.
 *
 * Does nothing when the manifest describes other bytes than `file`, or names the fixed name already.
 *
 * @returns the last manifest of these bytes that stood in the store
 */
export async function normalise<M>(
  publication: Commitment<M>,
  file: ProvenFile,
  committed: ManifestVersion<M>,
): Promise<M> {
  const { data } = publication.place(committed.manifest);
  return data === publication.dataName ? committed.manifest : restate(publication, file, committed);
}

/**
 * {@link normalise}, also when the manifest names the fixed name: for one whose data is not in the version it states,
 * because the lake was copied elsewhere, or because a run that was overtaken wrote over it.
 */
export function restate<M>(
  publication: Commitment<M>,
  file: ProvenFile,
  committed: ManifestVersion<M>,
): Promise<M> {
  return restateAs(publication, file, committed, (_, place) => publication.describe(file.facts, place));
}

/** {@link restate}, where `describe` makes the manifest that names the fixed name of the one that stands. */
export async function restateAs<M>(
  dataset: PublishedDataset<M>,
  file: IdentifiedBytes,
  committed: ManifestVersion<M>,
  describe: (manifest: M, place: DataPlace) => M,
): Promise<M> {
  const { store, directory, dataName, manifestName, manifestSchema } = dataset;
  let current = committed;
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const { sha256, generation } = dataset.place(current.manifest);
    if (sha256 !== file.facts.sha256) break;
    const moved = await moveToFixedName(dataset, file, current);
    if (moved !== undefined) {
      const place = { data: dataName, generation, etag: moved.meta.etag };
      const put = await putManifest(store, directory + manifestName, {
        schema: manifestSchema,
        manifest: describe(current.manifest, place),
        onlyIf: { etag: current.etag },
      });
      if (put !== undefined) return put.manifest;
    }
    const next = await loadManifest(store, directory + manifestName, manifestSchema);
    if (next === undefined) break;
    const place = dataset.place(next.manifest);
    if (place.sha256 !== sha256) {
      if (moved?.isWritten === true) await giveBack(dataset, moved.meta, next);
      break;
    }
    if (place.data === dataName) return next.manifest;
    current = next;
  }
  return current.manifest;
}

/** Our bytes at the fixed name; `undefined` when somebody else changed it or the manifest meanwhile. */
async function moveToFixedName<M>(
  dataset: PublishedDataset<M>,
  file: IdentifiedBytes,
  current: ManifestVersion<M>,
): Promise<{ readonly meta: ObjectMeta; readonly isWritten: boolean } | undefined> {
  const { store, directory, dataName, manifestName } = dataset;
  const key = directory + dataName;
  const there = await openIfThere(store, key);
  if (there !== undefined && (await holdsBytes(there, file.facts)))
    return { meta: there.meta, isWritten: false };
  // In this order: whoever commits after this look and then writes the fixed name changes the version we pinned
  // before it, and our put fails.
  const manifest = await store.head(directory + manifestName);
  if (manifest?.etag !== current.etag) return undefined;
  const onlyIf = there === undefined ? 'absent' : { etag: there.meta.etag };
  const put = await unlessConflict(store.put(key, file.source, { onlyIf }));
  if (put === undefined || !(await confirmStored(dataset, put, file))) return undefined;
  return { meta: put, isWritten: true };
}

/**
 * A newer publication was committed while we wrote, and it names the fixed name: its content is what lay there before,
 * so it found its bytes in place and the version that we pinned was still good. Its staged copy has those bytes too,
 * and readers find that by the manifest alone; put them back where they belong.
 */
async function giveBack<M>(
  dataset: PublishedDataset<M>,
  ours: ObjectMeta,
  next: ManifestVersion<M>,
): Promise<void> {
  const { store, directory, dataName } = dataset;
  const theirs = dataset.place(next.manifest);
  if (theirs.data !== dataName || theirs.etag === ours.etag) return;
  const staged = await openIfThere(
    store,
    directory + stagedNameIn(dataset, theirs.generation, theirs.sha256),
  );
  if (staged === undefined) return;
  await unlessConflict(store.put(directory + dataName, staged, { onlyIf: { etag: ours.etag } }));
}
