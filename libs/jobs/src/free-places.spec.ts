import { createFreePlaces } from './free-places.js';

it('gives each place once, and again when it is free', async () => {
  const places = createFreePlaces(2);
  expect([await places.next(), await places.next()]).toEqual([0, 1]);
  let given: number | undefined;
  const waiting = places.next().then((place) => (given = place));
  await Promise.resolve();
  expect(given).toBeUndefined();
  places.free(1);
  expect(await waiting).toBe(1);
  places.free(0);
  places.free(1);
  expect([await places.next(), await places.next()]).toEqual([0, 1]);
});
