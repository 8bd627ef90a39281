import { isDeepStrictEqual } from 'node:util';
import { isLakeError, LakeError, type Clock } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import type { z } from 'zod';
import { documentText, parseDocument } from './document-text.js';

/** How often and how patiently {@link updateDocument} starts again after losing a race. */
export interface UpdateDocumentOptions {
  readonly clock: Clock;
  /** Loads, all in all. Of n writers one always wins, so n attempts are enough for n single updates at once. */
  readonly attemptsMax: number;
  /** Wait before the second attempt; doubled each time, up to `delayMaxMs`. */
  readonly delayMinMs: number;
  readonly delayMaxMs: number;
}

/**
 * The document at `key`, or `undefined` when there is none.
 *
 * @throws LakeError `invalid` (`DOCUMENT`) when what is there is not JSON, or not what `schema` describes.
 */
export async function readDocument<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  return (await loadDocument(store, key, schema))?.document;
}

/**
 * Load, change, put-if-unchanged; on conflict, start again. The only way state is written (CM-22).
 *
 * `change` gets its own copy, `undefined` when nothing is there yet, and may be called several times. Where it
 * returns an equal document nothing is put. Keys that `schema` does not know are kept, so the schema must let them
 * through (`z.looseObject`). The text is stable: two spaces, a final newline, keys in the order `change` left them.
 *
 * @returns the document as it now stands in the store.
 * @throws LakeError `invalid` (`DOCUMENT`) when what is there is unreadable: it is never overwritten.
 * @throws LakeError `conflict` when others wrote first `attemptsMax` times over.
 */
export async function updateDocument<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  change: (current: T | undefined) => T,
  options: UpdateDocumentOptions,
): Promise<T> {
  const { clock, attemptsMax, delayMinMs, delayMaxMs } = options;
  for (let attempt = 1; ; attempt++) {
    const stored = await loadDocument(store, key, schema);
    const before = stored === undefined ? undefined : documentText(stored.document);
    const text = documentText(change(stored?.document));
    const next = parseDocument(text, schema, key);
    if (before !== undefined && isDeepStrictEqual(JSON.parse(before), JSON.parse(text))) return next;
    try {
      await store.put(key, new TextEncoder().encode(text), {
        onlyIf: stored === undefined ? 'absent' : { etag: stored.etag },
        contentType: 'application/json',
      });
      return next;
    } catch (error) {
      if (!isLakeError(error, 'conflict')) throw error;
      if (attempt >= attemptsMax) {
        throw new LakeError('conflict', 'others kept changing the document', {
          details: { store: store.url, key, attempts: attempt },
          cause: error,
        });
      }
    }
    await clock.sleep(Math.min(delayMaxMs, delayMinMs * 2 ** (attempt - 1)));
  }
}

/** What stands at the key of a document, whether it can be understood or not. */
export interface FoundDocument<T> {
  /** As they were read. */
  readonly bytes: Uint8Array;
  readonly etag: string;
  /** `undefined` when the bytes cannot be understood. */
  readonly document: T | undefined;
  /** Why they cannot be: `invalid` (`DOCUMENT`). */
  readonly problem: LakeError | undefined;
}

/** {@link readDocument} for those who mend: what cannot be understood is told, not thrown. `undefined` when nothing is there. */
export async function findDocument<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<FoundDocument<T> | undefined> {
  const stored = await getIfThere(store, key);
  if (stored === undefined) return undefined;
  const { meta, bytes } = stored;
  try {
    const document = parseDocument(bytes, schema, key);
    return { bytes, etag: meta.etag, document, problem: undefined };
  } catch (error) {
    if (!isLakeError(error, 'invalid')) throw error;
    return { bytes, etag: meta.etag, document: undefined, problem: error };
  }
}

/** What {@link replaceDocument} rests on. */
export interface ReplaceDocumentOptions {
  /** What the decision to replace was made about; absent: nothing was there. */
  readonly found: Pick<FoundDocument<unknown>, 'bytes' | 'etag'> | undefined;
  /** Where the replaced bytes are kept, put there before anything is replaced. */
  readonly keepAs: string;
}

/**
 * Puts `document` in the place of what was found at `key`, even where that cannot be understood, which
 * {@link updateDocument} never overwrites. Nothing is lost: the old bytes lie at `keepAs` first.
 *
 * @returns the document as it now stands in the store.
 * @throws LakeError `conflict` when the key is no longer as it was found, or something else lies at `keepAs`.
 */
export async function replaceDocument<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  document: T,
  { found, keepAs }: ReplaceDocumentOptions,
): Promise<T> {
  const text = documentText(document);
  const next = parseDocument(text, schema, key);
  const contentType = 'application/json';
  if (found !== undefined) await store.put(keepAs, found.bytes, { onlyIf: 'absent', contentType });
  await store.put(key, new TextEncoder().encode(text), {
    onlyIf: found === undefined ? 'absent' : { etag: found.etag },
    contentType,
  });
  return next;
}

/** A document with the version it was read at. */
export interface StoredDocument<T> {
  readonly document: T;
  readonly etag: string;
}

/** {@link readDocument} with the version, for callers inside this library that put conditionally themselves. */
export async function loadDocument<T>(
  store: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
): Promise<StoredDocument<T> | undefined> {
  const stored = await getIfThere(store, key);
  if (stored === undefined) return undefined;
  return { document: parseDocument(stored.bytes, schema, key), etag: stored.meta.etag };
}

async function getIfThere(store: ObjectStore, key: string) {
  try {
    return await store.get(key);
  } catch (error) {
    if (isLakeError(error, 'missing')) return undefined;
    throw error;
  }
}
