import { isLakeError, systemClock } from '@ticklake/core';
import type { ObjectStore } from '../object-store.js';
import { bytes, keysBelow, text } from './words.js';

const WORKERS = 8;
const INCREMENTS = 100;

/** What holds when many ask at once. */
export function describeConcurrency(open: () => Promise<ObjectStore>): void {
  it(`counts to ${WORKERS * INCREMENTS} with ${WORKERS} workers that compare and swap`, async () => {
    const store = await open();
    await store.put('counter', bytes('0'));
    await Promise.all(
      Array.from({ length: WORKERS }, (_, worker) => increment(store, 'counter', INCREMENTS, worker)),
    );
    expect(text((await store.get('counter')).bytes)).toBe(String(WORKERS * INCREMENTS));
  });

  it('lets one of many creators win', async () => {
    const store = await open();
    for (let round = 0; round < 10; round++) {
      const key = `race/${round}`;
      const puts = Array.from({ length: 20 }, (_, racer) =>
        store.put(key, bytes(`${racer}`), { onlyIf: 'absent' }),
      );
      const outcomes = await Promise.allSettled(puts);
      const winners = outcomes.flatMap(({ status }, racer) => (status === 'fulfilled' ? [racer] : []));
      expect(winners).toHaveLength(1);
      expect(text((await store.get(key)).bytes)).toBe(`${winners[0]}`);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(isLakeError(outcome.reason, 'conflict')).toBe(true);
      }
    }
  });

  it('shows a reader all of a put or nothing of it', async () => {
    const store = await open();
    let writing = true;
    const writer = async () => {
      for (let i = 0; i < 40; i++) {
        // Length and content both follow from i, so any mixture of two puts shows.
        await store.put('k', new Uint8Array(100_000 + i * 1000).fill(i));
        if (i % 10 === 9) await store.delete('k');
        await turn();
      }
      writing = false;
    };
    let readings = 0;
    const reader = async () => {
      while (writing) {
        const reading = await store.get('k').catch((error: unknown) => {
          if (isLakeError(error, 'missing')) return undefined;
          throw error;
        });
        await turn();
        if (reading === undefined) continue;
        const mark = reading.bytes[0] as number;
        expect(reading.bytes.length).toBe(100_000 + mark * 1000);
        expect(reading.meta.size).toBe(reading.bytes.length);
        expect(reading.bytes.every((byte) => byte === mark)).toBe(true);
        for (const key of await keysBelow(store, '')) expect(key).toBe('k');
        readings++;
      }
    };
    await Promise.all([writer(), reader(), reader()]);
    expect(readings).toBeGreaterThan(0);
  });
}

/** Gives the others in this thread their turn, even where the store itself never waits. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function increment(store: ObjectStore, key: string, times: number, worker: number): Promise<void> {
  let losses = 0;
  for (let done = 0; done < times; ) {
    const { meta, bytes: current } = await store.get(key);
    try {
      await store.put(key, bytes(String(Number(text(current)) + 1)), { onlyIf: { etag: meta.etag } });
      done++;
      losses = 0;
    } catch (error) {
      if (!isLakeError(error, 'conflict')) throw error;
      // Who lost gets out of the others' way, each for another time and longer each time, or the race is all there is.
      await systemClock.sleep(worker * Math.min(64, 2 ** ++losses));
    }
  }
}
