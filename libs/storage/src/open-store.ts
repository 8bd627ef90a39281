import { LakeError } from '@ticklake/core';
import { resolve } from 'node:path';
import type { OpenStoreOptions } from './backends/backend.js';
import { backends } from './backends/index.js';
import { localStore } from './backends/local/index.js';
import type { ObjectStore } from './object-store.js';

/**
 * The store that `url` names: `s3://`, `r2://` or `gs://bucket/prefix` (spec row LB-02), `file:///path`, `memory:` (a new, empty one each
 * time), or a plain path, absolute or relative to the working directory. Nothing is touched until the first operation. A path whose
 * first segment holds a colon is written `./like:this`.
 *
 * @throws LakeError `invalid` for an unknown scheme or a malformed URL. The URL is not repeated in the message: it may hold credentials.
 * @throws LakeError `denied` (`CREDENTIALS`) when the credentials that a URL names are not there.
 */
export function openStore(url: string, options: OpenStoreOptions): ObjectStore {
  if (url === '') throw new LakeError('invalid', 'a store needs a url or a path', { code: 'URL' });
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) return localStore(resolve(url));
  const backend = backends.get(scheme);
  if (backend === undefined) {
    throw new LakeError('invalid', 'the scheme of the store url is not known', {
      code: 'URL',
      details: { known: [...backends.keys()].join(' ') },
    });
  }
  return backend(url, options);
}
