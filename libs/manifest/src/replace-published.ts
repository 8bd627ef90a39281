import { throwIfCancelled } from './cancelled.js';
import type { Located } from './locate-published.js';
import { putManifest, unlessConflict, type ManifestVersion } from './manifest-document.js';
import { normalise } from './normalise.js';
import { stagedNameIn, type Commitment, type PublishedDataset } from './publication.js';
import { storeStaged } from './store-data.js';
import type { ProvenFile } from './write-verified.js';

/** Keep, stage, commit, normalise: the next generation; `undefined` when the manifest changed before the commit. */
export async function replacePublished<M>(
  publication: Commitment<M>,
  file: ProvenFile,
  old: Located<M>,
): Promise<M | undefined> {
  const generation = old.place.generation + 1;
  await keepOld(publication, old);
  const { name, meta } = await storeStaged(publication, file, generation);
  const place = { data: name, generation, etag: meta.etag };
  const committed = await commit(publication, file, { place, onlyIf: { etag: old.etag } });
  return committed === undefined ? undefined : normalise(publication, file, committed);
}

/** The one instant at which something becomes published. */
export function commit<M>(
  publication: Commitment<M>,
  file: ProvenFile,
  {
    place,
    onlyIf,
  }: {
    readonly place: { readonly data: string; readonly generation: number; readonly etag: string };
    readonly onlyIf: 'absent' | { readonly etag: string };
  },
): Promise<ManifestVersion<M> | undefined> {
  throwIfCancelled(publication.signal);
  const { store, directory, manifestName, manifestSchema } = publication;
  const manifest = publication.describe(file.facts, place);
  return putManifest(store, directory + manifestName, { schema: manifestSchema, manifest, onlyIf });
}

/** Normalising writes a new version of the manifest for the same publication: that is nobody's conflict. */
export function isSamePublication<M>(
  publication: PublishedDataset<M>,
  base: ManifestVersion<M>,
  now: Located<M>,
): boolean {
  const then = publication.place(base.manifest);
  return then.generation === now.place.generation && then.sha256 === now.place.sha256;
}

/**
 * The bytes that are about to lose the fixed name, under the name of their generation: they stay until somebody sweeps,
 * for readers who are late and for going back.
 */
async function keepOld<M>(publication: Commitment<M>, { place, data }: Located<M>): Promise<void> {
  const { store, directory, dataName } = publication;
  if (data === undefined || place.data !== dataName) return;
  const key = directory + stagedNameIn(publication, place.generation, place.sha256);
  if ((await store.head(key)) === undefined) await unlessConflict(store.put(key, data, { onlyIf: 'absent' }));
}
