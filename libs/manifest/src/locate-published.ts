import { isLakeError, LakeError, sha256Of } from '@ticklake/core';
import type { ObjectSource, ObjectStore } from '@ticklake/storage';
import { loadManifest, type ManifestVersion } from './manifest-document.js';
import { stagedNameIn, type PublishedDataset, type PublishedPlace } from './publication.js';
import { siblingName } from './wire.js';

/** How often a reader goes back to the manifest before it believes the mismatch. */
const LOOKS_MAX = 5;

/** A manifest with the data that matches it. */
export interface Located<M> extends ManifestVersion<M> {
  readonly place: PublishedPlace;
  /** `undefined` when no object holds what the manifest describes. */
  readonly data: ObjectSource | undefined;
  /** Whether the data was found exactly where, and in the version, that the manifest says. */
  readonly asStated: boolean;
}

/**
 * The reader rule: manifest, then the data it names, pinned to a version; on a mismatch back to the manifest, since a
 * replacement may be under way. If the manifest stays the same the data's bytes decide: a copied lake has other etags
 * and the same bytes. Last comes the staged copy of this very generation, whose name follows from the manifest.
 */
export async function locatePublished<M>(dataset: PublishedDataset<M>): Promise<Located<M> | undefined> {
  const { store, directory, manifestName, manifestSchema } = dataset;
  let previous: string | undefined;
  for (let look = 1; ; look++) {
    const version = await loadManifest(store, directory + manifestName, manifestSchema);
    if (version === undefined) return undefined;
    const place = checkedPlace(dataset, version.manifest);
    const data = await openIfThere(store, directory + place.data);
    if (data?.meta.size === place.sizeBytes && data.meta.etag === place.etag) {
      return { ...version, place, data, asStated: true };
    }
    const settled = version.etag === previous || place.etag === undefined;
    if (settled || look === LOOKS_MAX) {
      const found = await findByContent(dataset, place, data);
      const asStated = found !== undefined && found === data && place.etag === undefined;
      if (found !== undefined || look === LOOKS_MAX) return { ...version, place, data: found, asStated };
    }
    previous = version.etag;
  }
}

/** Opens `key` pinned to the version it has now; `undefined` when nothing is there. */
export async function openIfThere(store: ObjectStore, key: string): Promise<ObjectSource | undefined> {
  try {
    return await store.open(key);
  } catch (failure) {
    if (isLakeError(failure, 'missing')) return undefined;
    throw failure;
  }
}

/** Whether `source` holds exactly these bytes. One that is replaced while being read does not. */
export async function holdsBytes(
  source: ObjectSource,
  expected: { readonly sizeBytes: number; readonly sha256: string },
  signal?: AbortSignal,
): Promise<boolean> {
  if (source.size !== expected.sizeBytes) return false;
  try {
    return (await sha256Of(source, signal)) === expected.sha256;
  } catch (failure) {
    if (isLakeError(failure, 'conflict') || isLakeError(failure, 'missing')) return false;
    throw failure;
  }
}

/** No object holds what a manifest describes. */
export function dataMismatch(
  { directory }: { readonly directory: string },
  { generation, data, sha256, sizeBytes }: PublishedPlace,
): LakeError {
  return new LakeError('corrupt', 'the data is not what its manifest describes', {
    code: 'DATA_MISMATCH',
    details: { directory, generation, data, sha256, sizeBytes },
  });
}

async function findByContent<M>(
  dataset: PublishedDataset<M>,
  place: PublishedPlace,
  named: ObjectSource | undefined,
): Promise<ObjectSource | undefined> {
  const { store, directory } = dataset;
  if (named !== undefined && (await holdsBytes(named, place))) return named;
  const staged = stagedNameIn(dataset, place.generation, place.sha256);
  if (staged === place.data) return undefined;
  const copy = await openIfThere(store, directory + staged);
  return copy !== undefined && (await holdsBytes(copy, place)) ? copy : undefined;
}

/** A manifest is input too: the data it names must be a plain name beside it. */
function checkedPlace<M>(dataset: PublishedDataset<M>, manifest: M): PublishedPlace {
  const place = dataset.place(manifest);
  if (siblingName.safeParse(place.data).success) return place;
  throw new LakeError('corrupt', 'the manifest names data outside its directory', {
    code: 'MANIFEST',
    details: { directory: dataset.directory, data: place.data },
  });
}
