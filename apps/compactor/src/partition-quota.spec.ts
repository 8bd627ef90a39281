import { createPartitionQuota } from './partition-quota.js';

/** A promise that is settled when the test says so. */
function later() {
  let settle: (needsWork: boolean) => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const promise = new Promise<boolean>((resolve, reject) => {
    settle = resolve;
    fail = reject;
  });
  return { promise, settle, fail };
}

it('lets the first through that need work, and counts the rest', async () => {
  const quota = createPartitionQuota(2);
  const needs = [true, false, true, true, false, true];
  const answers = await Promise.all(needs.map((need) => quota.allow(Promise.resolve(need))));
  expect(answers).toEqual([true, false, true, false, false, false]);
  expect(quota.leftCount).toBe(2);
});

it('answers in the order of the questions, whatever is known first', async () => {
  const quota = createPartitionQuota(1);
  const [slow, quick] = [later(), later()];
  const answers = [quota.allow(slow.promise), quota.allow(quick.promise)];
  quick.settle(true);
  await quick.promise;
  slow.settle(true);
  expect(await Promise.all(answers)).toEqual([true, false]);
});

it('gives no place to a partition that cannot be judged', async () => {
  const quota = createPartitionQuota(1);
  const broken = later();
  const answers = [quota.allow(broken.promise), quota.allow(Promise.resolve(true))];
  broken.fail(new Error('no answer'));
  expect(await Promise.all(answers)).toEqual([false, true]);
});

it('gives a place again that came to nothing', async () => {
  const quota = createPartitionQuota(1);
  expect(await quota.allow(Promise.resolve(true))).toBe(true);
  quota.giveBack();
  expect(await quota.allow(Promise.resolve(true))).toBe(true);
  expect(await quota.allow(Promise.resolve(true))).toBe(false);
});

it('without a bound lets everything through', async () => {
  const quota = createPartitionQuota();
  for (let i = 0; i < 100; i++) expect(await quota.allow(Promise.resolve(true))).toBe(true);
});
