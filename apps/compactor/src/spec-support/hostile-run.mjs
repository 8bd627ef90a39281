import { systemClock } from '@ticklake/core';
import { localStore } from '@ticklake/storage';
import { createWorkers } from '../../dist/workers.js';

// A run that somebody kills: `node hostile-run.mjs OPTIONS`, the options and the task as JSON.
const { options, task } = JSON.parse(process.argv[2] ?? '');
const script = new URL('./hostile-worker.mjs', import.meta.url);
const workers = createWorkers({
  ...options,
  isolation: { ...options.isolation, script },
  clock: systemClock,
});
await workers.execute(task, {
  ...options,
  raw: localStore(options.raw),
  compact: localStore(options.compact),
  clock: systemClock,
  owner: 'test',
  tool: 'test',
  createdAt: '2026-02-04T00:00:00Z',
  signal: new AbortController().signal,
  onRows: () => undefined,
});
