// A process that compacts when it is told to, again and again, with the built compactor and stores of its own.
import { createArena } from '@ticklake/columnar';
import { compact, executePartition } from '@ticklake/compactor';
import { errorText, systemClock, type Clock } from '@ticklake/core';
import { nodeFileSystem, openStore, ownerText, USUAL_REQUESTS } from '@ticklake/storage';
import { NOON, request } from '../crash/compact-in.js';
import { DAY } from '../crash/little-spool.js';
import { CLOCK_SPEED, type RaceAnswer, type RaceOrder } from './race.js';

const arena = createArena({ bytesMax: 2 ** 28 });
const clock: Clock = {
  nowMs: () => NOON.nowMs(),
  sleep: (ms, signal) => systemClock.sleep(ms / CLOCK_SPEED, signal),
};

process.on('message', (order: RaceOrder) => {
  void race(order)
    .catch((failure: unknown): RaceAnswer => ({ failure: errorText(failure) }))
    .then((answer) => process.send?.(answer));
});

async function race({ raw, compact: lake, scratch, delayMs }: RaceOrder): Promise<RaceAnswer> {
  const open = (url: string) => openStore(url, { env: process.env, requests: USUAL_REQUESTS });
  await systemClock.sleep(delayMs);
  const { done, skipped, failed } = await compact(request({ days: { mode: 'single', day: DAY } }), {
    ...{ arena, raw: open(raw), compact: open(lake), fileSystem: nodeFileSystem, clock },
    settings: {
      ...{ memory: 2 ** 27, openMax: 50, rowGroupRows: 1000, pageRows: 200, dictionaryBytesMax: 2 ** 16 },
      ...{ sortRows: 10_000, compression: 'zstd', zstdLevel: 1, copyPages: false, scratch, tsUnit: 'ms' },
      createdBy: 'ticklake races',
    },
    signal: new AbortController().signal,
    owner: ownerText(),
    tool: 'ticklake races',
    onEvent: () => undefined,
    execute: executePartition,
  });
  return { summary: { done, skipped, failed } };
}
