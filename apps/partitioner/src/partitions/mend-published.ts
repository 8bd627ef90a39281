import type { Arena } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import {
  finishReplacement,
  manifestDigest,
  readPublished,
  type DataPlace,
  type ProvenFile,
  type VerifiedFile,
} from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { PUBLISH_TRIES } from '../limits.js';
import { partitionDataset, type PartitionManifest, type ViewCopy } from './manifest.js';
import { openCopy } from './open-copy.js';
import type { PublishedPlace } from './open-rows.js';
import { openIfThere } from './open-if-there.js';

/** What a file of all rows is known by. */
export type WholeFile = Pick<ProvenFile['facts'], 'sha256' | 'sizeBytes'>;

/** What is published is mended with. */
export interface MendTools {
  readonly arena: Arena;
  readonly signal: AbortSignal;
  /** Without its layout nobody finds what is published. */
  agree(): Promise<void>;
  /** Copies that this run put: they need not be read. */
  readonly put?: ReadonlyMap<string, PutCopy>;
  /** The rows of a copy that does not have all of those of a partition, as its file. */
  subset?(copy: ViewCopy, manifest: PartitionManifest): Promise<VerifiedFile>;
}

/** A copy as a run put it. */
export interface PutCopy {
  readonly etag: string;
  readonly sha256: string;
}

/**
 * Finishes what a run left that died after its commit, or between its copies and its commit, or lost a race: the data object gets the bytes
 * that the manifest describes, and copies become what it says they are. Readers of this app know which bytes are whose; others take what
 * they find. Whoever puts a copy looks at the manifest afterwards, and whoever puts a manifest looks at the copies: of several at once the
 * last one leaves them equal.
 *
 * @returns what is published by then.
 * @throws LakeError as the store does; `corrupt` where what is published cannot be read.
 */
export async function mendPublished(place: PublishedPlace, tools: MendTools): Promise<PartitionManifest> {
  const { store, path, manifest } = place;
  await tools.agree();
  const dataset = partitionDataset(store, path);
  if (manifest.data === dataset.dataName) return mendCopies(place, tools);
  const finished = await finishReplacement(dataset, movedTo, tools.signal);
  return mendCopies({ ...place, manifest: finished ?? manifest }, tools);
}

function movedTo({ manifest_sha256: _, ...rest }: PartitionManifest, place: DataPlace): PartitionManifest {
  const moved = { ...rest, ...place };
  return { ...moved, manifest_sha256: manifestDigest(moved) };
}

async function mendCopies(
  { store, path, manifest }: PublishedPlace,
  tools: MendTools,
): Promise<PartitionManifest> {
  let now = manifest;
  for (let tries = 1; tries <= PUBLISH_TRIES; tries++) {
    const torn: ViewCopy[] = [];
    for (const copy of now.copies) if (!(await isWhole(store, copy, tools))) torn.push(copy);
    if (torn.length === 0) return now;
    const published = await readPublished(partitionDataset(store, path));
    if (published === undefined) return now;
    if (published.manifest.parquet_sha256 === now.parquet_sha256) {
      for (const copy of torn) await putAgain(copy, { store, published, tools });
    }
    now = (await readPublished(partitionDataset(store, path)))?.manifest ?? now;
  }
  return now;
}

async function isWhole(store: ObjectStore, copy: ViewCopy, { arena, put }: MendTools): Promise<boolean> {
  const source = await openIfThere(store, copy.path);
  if (source === undefined) return false;
  const own = put?.get(copy.path);
  if (own?.etag === source.meta.etag) return own.sha256 === copy.sha256;
  const reader = await openCopy(source, copy, arena);
  reader?.close();
  return reader !== undefined;
}

async function putAgain(
  copy: ViewCopy,
  {
    store,
    published: { manifest, data },
    tools,
  }: {
    readonly store: ObjectStore;
    readonly published: NonNullable<Awaited<ReturnType<typeof readPublished<PartitionManifest>>>>;
    readonly tools: MendTools;
  },
): Promise<void> {
  if (copy.sha256 === manifest.parquet_sha256) {
    await store.put(copy.path, data);
    return;
  }
  const file = await tools.subset?.(copy, manifest);
  if (file === undefined) {
    throw new LakeError('corrupt', 'a manifest names a copy that its partition does not have', {
      code: 'MANIFEST',
      details: { copy: copy.path },
    });
  }
  try {
    await store.put(copy.path, file.source);
  } finally {
    await file.dispose();
  }
}
