import { fakeClock } from '@ticklake/core/testing';
import { describeObjectStore } from '../../conformance/index.js';
import { memoryStore } from './memory-store.js';

describeObjectStore('memory', () => Promise.resolve(memoryStore()));

it('stamps objects by the clock it was given', async () => {
  const store = memoryStore({ clock: fakeClock(1_234) });
  expect(await store.put('k', new Uint8Array())).toMatchObject({ modifiedAtMs: 1_234 });
});

it('keeps what it was given, whatever becomes of the memory that was in', async () => {
  const store = memoryStore();
  for (const body of [new Uint8Array([1, 2]), Buffer.from([1, 2])]) {
    await store.put('k', body);
    body.fill(9);
    expect([...(await store.get('k')).bytes]).toEqual([1, 2]);
  }
});
