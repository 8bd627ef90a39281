import { isLakeError, LakeError } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { z } from 'zod';

/** A manifest and the version of the object it was read from, for put-if-unchanged. */
export interface ManifestVersion<M> {
  readonly manifest: M;
  readonly etag: string;
}

/**
 * The manifest at `key`; `undefined` when there is none, which means that nothing is published there.
 *
 * @throws LakeError `corrupt` (`MANIFEST`) when it is not JSON or not of `schema`
 */
export async function readManifest<M>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<M>,
): Promise<M | undefined> {
  return (await loadManifest(store, key, schema))?.manifest;
}

/** {@link readManifest} with the version it has. */
export async function loadManifest<M>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<M>,
): Promise<ManifestVersion<M> | undefined> {
  let found;
  try {
    found = await store.get(key);
  } catch (failure) {
    if (isLakeError(failure, 'missing')) return undefined;
    throw failure;
  }
  const parsed = schema.safeParse(jsonValue(key, found.bytes));
  if (!parsed.success) throw broken(key, z.prettifyError(parsed.error));
  return { manifest: parsed.data, etag: found.meta.etag };
}

/**
 * Puts a manifest if the key is still as `onlyIf` says; `undefined` when it is not. This is the commit.
 *
 * @throws LakeError `invalid` (`MANIFEST`) when the manifest is not of its own schema: that is found before it is public
 */
export async function putManifest<M>(
  store: ObjectStore,
  key: string,
  options: {
    readonly schema: z.ZodType<M>;
    readonly manifest: M;
    readonly onlyIf: 'absent' | { readonly etag: string };
  },
): Promise<ManifestVersion<M> | undefined> {
  const { schema, manifest, onlyIf } = options;
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  const reread = schema.safeParse(JSON.parse(text));
  if (!reread.success) {
    const details = { key, reason: z.prettifyError(reread.error) };
    throw new LakeError('invalid', 'the manifest does not read back', { code: 'MANIFEST', details });
  }
  const bytes = new TextEncoder().encode(text);
  const meta = await unlessConflict(store.put(key, bytes, { onlyIf, contentType: 'application/json' }));
  return meta === undefined ? undefined : { manifest: reread.data, etag: meta.etag };
}

/** What `put` gives; `undefined` when someone else wrote first. */
export async function unlessConflict<T>(put: Promise<T>): Promise<T | undefined> {
  try {
    return await put;
  } catch (failure) {
    if (isLakeError(failure, 'conflict')) return undefined;
    throw failure;
  }
}

function jsonValue(key: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw broken(key, 'not JSON', cause);
  }
}

function broken(key: string, reason: string, cause?: unknown): LakeError {
  return new LakeError('corrupt', 'the manifest cannot be read', {
    code: 'MANIFEST',
    details: { key, reason },
    cause,
  });
}
