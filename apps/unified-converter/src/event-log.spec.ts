import { LakeError } from '@ticklake/core';
import { memoryStore } from '@ticklake/storage';
import { createEventLog, LOG_NAME } from './event-log.js';
import { NOON } from './testing/context.js';

const linesOf = async (store: ReturnType<typeof memoryStore>) =>
  Buffer.from((await store.get(LOG_NAME)).bytes)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it('keeps events and failures of runs as lines of JSON, and leaves progress out', async () => {
  const store = memoryStore();
  const log = createEventLog(store, NOON);
  log.event({ type: 'note', severity: 'warning', message: 'skipped', details: { rows: 7n } });
  log.event({ type: 'progress', taskId: 'a', rowsDone: 1 });
  log.failure(new LakeError('corrupt', 'a cell cannot be read', { code: 'CSV_VALUE', details: { line: 3 } }));
  await log.flush();
  const second = createEventLog(store, NOON);
  second.failure(new Error('a bug'));
  await second.flush();
  const at = '2026-01-20T12:00:00.000Z';
  expect(await linesOf(store)).toEqual([
    { at, run: at, type: 'note', severity: 'warning', message: 'skipped', details: { rows: '7' } },
    {
      at,
      run: at,
      type: 'error',
      error: { kind: 'corrupt', code: 'CSV_VALUE', message: 'a cell cannot be read', details: { line: 3 } },
    },
    { at, run: at, type: 'error', error: { message: expect.stringContaining('a bug') } },
  ]);
});

it('keeps the end of a long log, whole lines of it', async () => {
  const store = memoryStore();
  const line = `${JSON.stringify({ text: 'x'.repeat(1000) })}\n`;
  await store.put(LOG_NAME, Buffer.from(line.repeat(5000)));
  const log = createEventLog(store, NOON);
  log.event({ type: 'planned', taskCount: 1 });
  await log.flush();
  const lines = await linesOf(store);
  expect(lines.length).toBeLessThan(4300);
  expect(lines.at(-1)).toMatchObject({ type: 'planned' });
});

it('writes nothing where nothing happened', async () => {
  const store = memoryStore();
  await createEventLog(store, NOON).flush();
  expect(await store.head(LOG_NAME)).toBeUndefined();
});
