import { basename, dirname, resolve } from 'node:path';
import { LakeError } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { openReadOnly } from './open-stores.js';

/** One object of a store. */
export interface ObjectPlace {
  readonly store: ObjectStore;
  readonly key: string;
}

/**
 * The object that a path or a store URL names: its last segment is the key, and what is before it the store.
 *
 * @throws LakeError `invalid` where nothing is left of one of them, and as `openStore`.
 */
export function placeOfObject(
  location: string,
  env: Readonly<Record<string, string | undefined>>,
): ObjectPlace {
  const { store, key } = splitLocation(location);
  return { store: openReadOnly(store, env), key };
}

/** As {@link placeOfObject}, before the store is opened. Parameters of a URL are the store's. */
export function splitLocation(location: string): { readonly store: string; readonly key: string } {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(location)) {
    const path = resolve(location);
    if (location === '' || /[/\\]$/.test(location) || dirname(path) === path) throw noObject();
    return { store: dirname(path), key: basename(path) };
  }
  const path = location.replace(/[?#].*$/s, '');
  const slash = path.lastIndexOf('/');
  const [before, name] = [path.slice(0, slash), path.slice(slash + 1)];
  // Of `s3://bucket` the bucket is no key.
  if (name === '' || slash < 0 || /:\/?$/.test(before)) throw noObject();
  const store = before.endsWith('/') ? `${before}/` : before;
  return { store: store + location.slice(path.length), key: decoded(name) };
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw noObject();
  }
}

/** The location is not repeated: a URL may hold credentials. */
function noObject(): LakeError {
  return new LakeError('invalid', 'not a path or a store url of one object', { code: 'URL' });
}
