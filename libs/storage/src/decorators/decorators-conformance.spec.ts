import { describeObjectStore } from '../conformance/index.js';
import { memoryStore } from '../backends/memory/index.js';
import { readOnly, withLimit, withPrefix } from './index.js';

describeObjectStore('a limited store', () => Promise.resolve(withLimit(memoryStore(), 1)));

describeObjectStore('a part of a store', async () => {
  const store = memoryStore();
  // Neighbours that a careless prefix would catch or list.
  for (const key of ['pre', 'pre.fix', 'prefix/a', 'pre/fixed/b']) await store.put(key, new Uint8Array(1));
  return withPrefix(store, 'pre/fix/');
});

describeObjectStore('the reading half of a read-only store', () => {
  const store = memoryStore();
  return Promise.resolve({ ...readOnly(store), put: store.put, delete: store.delete });
});
