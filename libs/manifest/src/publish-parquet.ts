import { LakeError } from '@ticklake/core';
import { throwIfCancelled } from './cancelled.js';
import { commit, isSamePublication, replacePublished } from './replace-published.js';
import { dataMismatch, locatePublished, type Located } from './locate-published.js';
import { loadManifest, type ManifestVersion } from './manifest-document.js';
import { normalise, restate } from './normalise.js';
import type { FilePublication, Publication, PublishOutcome } from './publication.js';
import { publishedFacts } from './same-content.js';
import { storeFirst } from './store-data.js';
import { writeVerified, type ProvenFile, type WriteTools } from './write-verified.js';

/** How often a commit is tried again when the manifest moved but still describes the same publication. */
const TRIES_MAX = 5;

/**
 * Publishes sorted rows as one Parquet file with a manifest, so that at every instant a reader sees the old complete
 * dataset, the new complete one, or none: scratch file → fsync → read everything back → put data → confirm → **put
 * manifest** (the commit). Every put is conditional; dying anywhere leaves nothing a reader can see half of, and
 * running again ends the same. Two runs at once publish once.
 *
 * Publishing what is published already writes nothing (`unchanged`): same bytes, or same rows of the same sources in
 * the same order.
 * Other content needs `replace`, which stages a new generation, commits the manifest onto it, then brings the fixed
 * name up to date. Old generations stay.
 *
 * @param options - What writing and reading back is done with. `prepare` is given the proven file before
 *   anything is published: what the manifest is to name beside its data, such as copies elsewhere, is put there.
 * @throws LakeError `corrupt` (`RECEIPT`, `READ_BACK`) when the file is not provably the inputs: nothing is published
 * @throws LakeError `conflict` when other content is published and `replace` is off, or somebody else published
 *   other content meanwhile
 * @throws LakeError `corrupt` (`DATA_MISMATCH`) when a manifest is there, its data is not, and `replace` is off
 * @throws LakeError `cancelled` when the signal aborted before the commit: nothing is published
 */
export async function publishParquet<M>(
  publication: Publication<M>,
  { prepare, ...tools }: WriteTools & { prepare?(file: ProvenFile): Promise<void> } = {},
): Promise<PublishOutcome<M>> {
  throwIfCancelled(publication.signal);
  // Read before the rows are: a replacement then rests on what was published when its inputs were chosen.
  const base = await loadBase(publication);
  const file = await writeVerified(publication, tools);
  try {
    await prepare?.(file);
    return await publishProven(publication, file, base);
  } finally {
    await file.dispose();
  }
}

/**
 * Publishes a file that is finished already, such as one that was published elsewhere: the same protocol as
 * {@link publishParquet} from the data's put on, with the same outcomes.
 *
 * @param file - Proved by the caller: its facts are believed. It is read, and left where it is.
 * @throws LakeError as {@link publishParquet}, but for what concerns writing and reading back.
 */
export async function publishFile<M>(
  publication: FilePublication<M>,
  file: ProvenFile,
): Promise<PublishOutcome<M>> {
  throwIfCancelled(publication.signal);
  return publishProven(publication, file, await loadBase(publication));
}

async function loadBase<M>({
  store,
  directory,
  manifestName,
  manifestSchema,
}: FilePublication<M>): Promise<ManifestVersion<M> | undefined> {
  return loadManifest(store, directory + manifestName, manifestSchema);
}

async function publishProven<M>(
  publication: FilePublication<M>,
  file: ProvenFile,
  base: ManifestVersion<M> | undefined,
): Promise<PublishOutcome<M>> {
  const created = base === undefined ? await create(publication, file) : undefined;
  return created ?? (await settle(publication, file, base));
}

/** The first publication; `undefined` when somebody else's manifest came first. */
async function create<M>(
  publication: FilePublication<M>,
  file: ProvenFile,
): Promise<PublishOutcome<M> | undefined> {
  const { name, meta } = await storeFirst(publication, file);
  const place = { data: name, generation: 1, etag: meta.etag };
  const committed = await commit(publication, file, { place, onlyIf: 'absent' });
  if (committed === undefined) return undefined;
  return { status: 'published', facts: file.facts, manifest: await normalise(publication, file, committed) };
}

/** There is a manifest: ours to agree with, to replace, or to leave alone. */
async function settle<M>(
  publication: FilePublication<M>,
  file: ProvenFile,
  base: ManifestVersion<M> | undefined,
): Promise<PublishOutcome<M>> {
  for (let tries = 1; tries <= TRIES_MAX; tries++) {
    const located = await locatePublished(publication);
    if (located === undefined) break;
    const facts = await publishedFacts(publication, located, file);
    if (facts !== undefined) {
      const bringUp = located.asStated ? normalise : restate;
      const manifest = await bringUp(publication, file, located);
      return { status: 'unchanged', facts, manifest };
    }
    if (base === undefined || !isSamePublication(publication, base, located)) break;
    if (!publication.replace) throw refusal(publication, located);
    const manifest = await replacePublished(publication, file, located);
    if (manifest !== undefined) return { status: 'replaced', facts: file.facts, manifest };
  }
  throw new LakeError('conflict', 'another run published something else meanwhile', {
    code: 'PUBLISHED_MEANWHILE',
    details: { directory: publication.directory },
  });
}

function refusal<M>(publication: FilePublication<M>, { place, data }: Located<M>): LakeError {
  if (data === undefined) return dataMismatch(publication, place);
  const { directory } = publication;
  return new LakeError('conflict', 'other content is published here already', {
    code: 'ALREADY_PUBLISHED',
    details: { directory, generation: place.generation, data: place.data, sha256: place.sha256 },
  });
}
