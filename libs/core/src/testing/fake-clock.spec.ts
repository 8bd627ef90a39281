import { fakeClock } from './fake-clock.js';

it('stands still until it is told to move', async () => {
  const clock = fakeClock(1000);
  expect(clock.nowMs()).toBe(1000);
  await Promise.resolve();
  expect(clock.nowMs()).toBe(1000);
  clock.advance(250);
  expect(clock.nowMs()).toBe(1250);
});

it('moves by a sleep, which does not wait', async () => {
  const clock = fakeClock(0);
  await clock.sleep(86_400_000);
  expect(clock.nowMs()).toBe(86_400_000);
});

it('moves only once the sleeper has yielded', async () => {
  const clock = fakeClock(0);
  const sleep = clock.sleep(5);
  expect(clock.nowMs()).toBe(0);
  await sleep;
  expect(clock.nowMs()).toBe(5);
});

it('is cancelled as the clock of the machine is, and then does not move', async () => {
  const clock = fakeClock(0);
  const controller = new AbortController();
  const sleep = clock.sleep(5, controller.signal);
  controller.abort();
  await expect(sleep).rejects.toMatchObject({ name: 'LakeError', kind: 'cancelled' });
  await expect(clock.sleep(5, AbortSignal.abort())).rejects.toMatchObject({ kind: 'cancelled' });
  expect(clock.nowMs()).toBe(0);
});
