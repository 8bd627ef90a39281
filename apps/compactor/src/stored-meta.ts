import { isLakeError } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { metaSchema, type Meta } from './documents.js';
import { META_VERSION } from './meta.js';

/** What stands at a `meta.json`, whatever it is. */
export interface StoredMeta {
  /** Absent when nothing does. */
  readonly found: { readonly etag: string; readonly bytes: Uint8Array } | undefined;
  /** Absent when that is not ours, or damaged. */
  readonly meta: Meta | undefined;
  /** Whether it says that it is of another version than ours. */
  readonly isOtherVersion: boolean;
}

/** Reads a `meta.json` that may be anything. */
export async function readStoredMeta(store: ObjectStore, key: string): Promise<StoredMeta> {
  try {
    const { meta, bytes } = await store.get(key);
    const document = jsonOf(bytes);
    const parsed = metaSchema.safeParse(document);
    const version = versionOf(document);
    return {
      found: { etag: meta.etag, bytes },
      meta: parsed.data,
      isOtherVersion: /^v\d+$/.test(version) && version !== META_VERSION,
    };
  } catch (error) {
    if (!isLakeError(error, 'missing')) throw error;
    return { found: undefined, meta: undefined, isOtherVersion: false };
  }
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function versionOf(document: unknown): string {
  if (typeof document !== 'object' || document === null || !('schema_version' in document))
    return META_VERSION;
  return String(document.schema_version);
}
