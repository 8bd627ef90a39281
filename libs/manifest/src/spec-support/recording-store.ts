import type { ObjectStore } from '@ticklake/storage';

/** A store that writes down what it was asked, e.g. `put data.parquet`. */
export interface RecordingStore extends ObjectStore {
  readonly operations: string[];
}

/** Passes everything on to `store`; keys are written down by their last segment. */
export function recordingStore(store: ObjectStore): RecordingStore {
  const operations: string[] = [];
  const note = (verb: string, key: string) => operations.push(`${verb} ${key.split('/').at(-1)}`);
  return {
    url: store.url,
    isLocal: store.isLocal,
    operations,
    head: (key) => (note('head', key), store.head(key)),
    get: (key, into) => (note('get', key), store.get(key, into)),
    open: (key) => (note('open', key), store.open(key)),
    put: (key, body, options) => (note('put', key), store.put(key, body, options)),
    delete: (key) => (note('delete', key), store.delete(key)),
    list: (prefix) => store.list(prefix),
    children: (prefix) => store.children(prefix),
  };
}
