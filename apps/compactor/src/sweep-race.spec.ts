import { interceptStore } from '@ticklake/storage/testing';
import { compactPartition } from './compact-partition.js';
import { executePartition } from './partition-task.js';
import {
  DIRECTORY,
  dyingAfterPut,
  generations,
  interruptedLake,
  newLake,
  putFiles,
  rowsSeen,
  stagedIn,
  taskOf,
} from './testing/aging-lake.js';
import { readMeta } from './testing/two-partitions.js';

describe('a generation that a dead replacement staged', () => {
  it('goes after its number was passed, and the next replacement works', async () => {
    const { clock, stores, run, sweepIt } = await interruptedLake();
    expect(await generations(stores.compact)).toEqual([1, 2]);
    clock.set('20260301');
    // The copy of what is published, made for the replacement, is none.
    expect((await sweepIt()).leftovers).toMatchObject([{ kind: 'uncommitted', fate: 'seen' }]);
    clock.hours(25);
    expect((await sweepIt()).leftovers).toMatchObject([{ kind: 'uncommitted', fate: 'deleted' }]);
    expect(await readMeta(stores.compact, DIRECTORY)).toMatchObject({ generation: 2, row_count: 220 });
    expect(await rowsSeen(stores.compact)).toBe(220);
    await run();
    expect(await readMeta(stores.compact, DIRECTORY)).toMatchObject({ generation: 3, row_count: 229 });
    expect(await rowsSeen(stores.compact)).toBe(229);
  });

  /** Due at the next sweep. */
  async function dueLake() {
    const lake = await interruptedLake();
    lake.clock.set('20260301');
    await lake.sweepIt();
    lake.clock.hours(25);
    return lake;
  }

  it('is never deleted under a manifest, whenever a run without a lease commits, and dies, while it is swept', async () => {
    let points = 0;
    for (let count = 1; count > points; points++) {
      count = 0;
      const { stores, execute, sweepIt } = await dueLake();
      const task = await taskOf(stores.raw);
      const store = interceptStore(stores.compact, async (_, work) => {
        if (++count === points + 1) {
          const dying = dyingAfterPut(stores.compact, (key) => key.endsWith('meta.json'));
          await expect(compactPartition(task, { ...execute, compact: dying })).rejects.toThrow('killed');
        }
        return work();
      });
      await sweepIt({}, store);
      expect(await rowsSeen(stores.compact)).toBe(count > points ? 229 : 220);
    }
    expect(points).toBeGreaterThan(10);
  });

  it('is never deleted under a manifest, whenever a sweep comes while a run without a lease publishes', async () => {
    let points = 0;
    for (let count = 1; count > points; points++) {
      count = 0;
      const { stores, execute, sweepIt } = await dueLake();
      const task = await taskOf(stores.raw);
      const store = interceptStore(stores.compact, async (_, work) => {
        if (++count === points + 1) await sweepIt();
        // What readers see at every step from then on.
        if (count > points) expect([220, 229]).toContain(await rowsSeen(stores.compact));
        return work();
      });
      const end = await compactPartition(task, { ...execute, compact: store }).catch(
        (error: unknown) => error,
      );
      if (end instanceof Error) expect(end).toMatchObject({ kind: 'conflict' });
      expect(await rowsSeen(stores.compact)).toBe(end instanceof Error ? 220 : 229);
    }
    expect(points).toBeGreaterThan(8);
  });
});

describe('data of a first publication that died', () => {
  async function orphanLake() {
    const lake = newLake();
    await putFiles(lake.stores.raw);
    await lake.run();
    await lake.stores.compact.delete(`${DIRECTORY}meta.json`);
    lake.clock.set('20260301');
    expect((await lake.sweepIt()).leftovers).toMatchObject([{ kind: 'orphan', fate: 'seen' }]);
    lake.clock.hours(25);
    return lake;
  }

  it('goes, unless a run has published it since', async () => {
    const lake = await orphanLake();
    expect((await lake.sweepIt()).leftovers).toMatchObject([{ kind: 'orphan', fate: 'deleted' }]);
    expect(await stagedIn(lake.stores.compact)).toEqual([]);
    const adopted = await orphanLake();
    await adopted.run();
    expect((await adopted.sweepIt()).leftovers).toEqual([]);
    expect(await rowsSeen(adopted.stores.compact)).toBe(220);
  });

  it('is never deleted under a manifest, whenever a run comes while it is swept', async () => {
    let published = 0;
    for (let at = 1; ; at++) {
      const { stores, execute, sweepIt } = await orphanLake();
      const task = await taskOf(stores.raw);
      let count = 0;
      const store = interceptStore(stores.compact, async (_, work) => {
        if (++count === at) {
          await executePartition(task, execute).then(
            () => published++,
            (error: unknown) => expect(error).toMatchObject({ kind: 'busy' }),
          );
        }
        return work();
      });
      await sweepIt({}, store);
      if (count < at) break;
      expect([undefined, 220]).toContain(await rowsSeen(stores.compact));
    }
    expect(published).toBeGreaterThan(3);
  });

  it('is left alone while another run is at its partition', async () => {
    const { stores, sweepIt } = await orphanLake();
    const lease = { holder: 'another', token: 1, ttl_s: 120, state: 'held', renewals: 0 };
    const key = 'compacted/locks/binance/bbo/btcusdt/20260203.lock';
    await stores.compact.put(key, new TextEncoder().encode(JSON.stringify(lease)));
    expect((await sweepIt()).leftovers).toMatchObject([{ fate: 'busy' }]);
    expect(await stores.compact.head(`${DIRECTORY}data.parquet`)).toBeDefined();
  });
});
