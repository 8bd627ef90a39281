import { fakeClock } from '@ticklake/core/testing';
import { describeObjectStore } from '../../conformance/index.js';
import { memoryStore } from './memory-store.js';

describeObjectStore('memory', () => Promise.resolve(memoryStore()));

it('stamps objects by the clock it was given', async () => {
  const store = memoryStore({ clock: fakeClock(1_234) });
  expect(await store.put('k', new Uint8Array())).toMatchObject({ modifiedAtMs: 1_234 });
});
