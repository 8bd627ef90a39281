import { LakeError } from '@ticklake/core';
import { compact } from './job.js';
import { executePartition } from './partition-task.js';
import { testContext, testRequest } from './testing/context.js';
import { spool } from './testing/two-partitions.js';

it('two runs that share the work finish the day together: the last one knows what became of what it left to the other', async () => {
  const stores = await spool();
  const context = testContext(stores, { today: '2026-02-04' });
  const busy = () => Promise.reject(new LakeError('busy', 'another run is at it'));
  const other = () =>
    compact(testRequest(), {
      ...context,
      execute: (task, own) => (task.key.stream === 'bbo' ? busy() : executePartition(task, own)),
    });
  const summary = await compact(testRequest({ workers: 2 }), {
    ...context,
    execute: async (task, own) => {
      if (task.key.stream === 'trade') return busy();
      expect(await other()).toMatchObject({ done: 1, skipped: 1, lastCompactedDay: null });
      return executePartition(task, own);
    },
  });
  expect(summary).toMatchObject({ done: 1, skipped: 1, lastCompactedDay: '20260203' });
});
