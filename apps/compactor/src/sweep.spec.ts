import { crashingStore, recordStore } from '@ticklake/storage/testing';
import { sweepText } from './sweep.js';
import {
  DIRECTORY,
  generations,
  newLake,
  putFiles,
  replacedLake,
  rowsSeen,
  stagedIn,
} from './testing/aging-lake.js';
import { contentsOf, putSpool } from './testing/spool.js';
import { BBO, rowsFrom } from './testing/two-partitions.js';

describe('a superseded generation', () => {
  it('goes when it is old and has been seen twice, a day apart; the one that is published stays', async () => {
    const { clock, stores, sweepIt } = await replacedLake();
    expect(await generations(stores.compact)).toEqual([1, 2]);
    clock.set('20260211');
    expect((await sweepIt()).leftovers).toEqual([]);
    clock.hours(1);
    expect((await sweepIt()).leftovers).toMatchObject([{ kind: 'superseded', fate: 'seen' }]);
    clock.hours(23);
    expect((await sweepIt()).leftovers).toMatchObject([{ kind: 'superseded', fate: 'seen' }]);
    clock.hours(1);
    const report = await sweepIt();
    expect(report).toMatchObject({ applied: true, leftovers: [{ kind: 'superseded', fate: 'deleted' }] });
    expect(report.deletedBytes).toBe(report.leftovers[0]?.sizeBytes);
    expect(sweepText(report)).toContain('1 of 1 leftovers deleted');
    expect(await generations(stores.compact)).toEqual([2]);
    expect(await rowsSeen(stores.compact)).toBe(229);
    clock.hours(24);
    expect((await sweepIt()).leftovers).toEqual([]);
  });

  it('stays as long as the replacement is young, however old it is itself', async () => {
    const { clock, stores, run, sweepIt } = await replacedLake();
    clock.set('20260220');
    await putSpool(stores.raw, `${BBO}2026-02-03_12-00-00.parquet`, rowsFrom(70, 3));
    await run();
    clock.hours(24 * 6);
    expect((await sweepIt()).leftovers).toEqual([]);
    clock.hours(25);
    expect((await sweepIt()).leftovers).toHaveLength(2);
  });

  it('stays where more generations are to be kept', async () => {
    const { clock, stores, run, sweepIt } = await replacedLake();
    await putSpool(stores.raw, `${BBO}2026-02-03_12-00-00.parquet`, rowsFrom(70, 3));
    await run();
    clock.set('20260301');
    expect((await sweepIt({ keepGenerations: 2 })).leftovers).toEqual([]);
    const [oldest, ...others] = (await sweepIt({ keepGenerations: 1 })).leftovers;
    expect([oldest?.key, others]).toEqual([expect.stringContaining('data-g1-'), []]);
  });

  it('stays while what is published is not there as its manifest says, or the manifest is not ours', async () => {
    const { clock, stores, sweepIt } = await replacedLake();
    await stores.compact.put(`${DIRECTORY}data.parquet`, new Uint8Array(3));
    clock.set('20260301');
    expect((await sweepIt()).leftovers).toEqual([]);
    await stores.compact.put(`${DIRECTORY}meta.json`, new TextEncoder().encode('{"rows": 7}'));
    clock.set('20260401');
    expect((await sweepIt()).leftovers).toEqual([]);
  });

  it('is not yet due when it was written anew between two sweeps', async () => {
    const { clock, stores, sweepIt } = await replacedLake();
    clock.set('20260301');
    await sweepIt();
    const [name = ''] = await stagedIn(stores.compact);
    const { bytes } = await stores.compact.get(DIRECTORY + name);
    await stores.compact.put(DIRECTORY + name, bytes);
    clock.hours(25);
    expect((await sweepIt()).leftovers).toEqual([]);
    clock.set('20260401');
    expect((await sweepIt()).leftovers).toMatchObject([{ fate: 'seen' }]);
  });
});

describe('a sweep that is not applied', () => {
  it('tells the same and writes nothing, and it is no sighting', async () => {
    const { clock, stores, sweepIt } = await replacedLake();
    clock.set('20260301');
    const dry = async () => {
      const recorded = recordStore(stores.compact);
      const report = await sweepIt({ apply: false }, recorded.store);
      expect(recorded.operations.filter(({ name }) => name === 'put' || name === 'delete')).toEqual([]);
      return report;
    };
    expect((await dry()).leftovers).toMatchObject([{ fate: 'seen' }]);
    clock.hours(25);
    expect((await dry()).leftovers).toMatchObject([{ fate: 'seen' }]);
    await sweepIt();
    clock.hours(25);
    const report = await dry();
    expect(report).toMatchObject({ applied: false, deletedBytes: 0, leftovers: [{ fate: 'due' }] });
    expect(sweepText(report)).toContain('--apply deletes');
  });

  it('leaves no trace in a lake with nothing to sweep, applied or not', async () => {
    const { stores, run, sweepIt } = newLake();
    await putFiles(stores.raw);
    await run();
    const before = await contentsOf(stores.compact);
    await sweepIt();
    expect(await contentsOf(stores.compact)).toEqual(before);
  });
});

describe('a sweep', () => {
  it('never touches the quarantine, the spool of others, or files it does not know', async () => {
    const { clock, stores, sweepIt } = newLake();
    const keys = [
      `QUARANTINE/${DIRECTORY}data-g1-0123456789abcdef.parquet`,
      `${DIRECTORY}notes.txt`,
      `${DIRECTORY}data-g01-0123456789abcdef.parquet`,
      'data-g1-0123456789abcdef.parquet',
      '_probe-mine/x',
      'compacted/_state-2026-02-04T00-00-00.000Z.json',
    ];
    for (const key of keys) await stores.compact.put(key, new Uint8Array(1));
    clock.set('20260401');
    expect((await sweepIt()).leftovers).toEqual([]);
    clock.hours(25);
    await sweepIt();
    expect([...(await contentsOf(stores.compact)).keys()].sort()).toEqual([...keys].sort());
  });

  it('takes what a killed probe left', async () => {
    const { clock, stores, sweepIt } = newLake();
    const key = '_probe-01234567-89ab-cdef-0123-456789abcdef/3/a';
    await stores.compact.put(key, new Uint8Array(1));
    clock.set('20260401');
    await sweepIt();
    clock.hours(25);
    expect((await sweepIt()).leftovers).toMatchObject([{ key, kind: 'probe', fate: 'deleted' }]);
  });

  it('takes leases that were given back long ago, and no others', async () => {
    const { clock, stores, run, sweepIt } = newLake();
    await putFiles(stores.raw);
    await run();
    const locks = 'compacted/locks/binance/bbo/btcusdt/';
    const held = { holder: 'another', token: 1, ttl_s: 120, state: 'held', renewals: 0 };
    const put = (name: string, value: object) =>
      stores.compact.put(locks + name, new TextEncoder().encode(JSON.stringify(value)));
    await put('20260204.lock', held);
    await put('20260205.lock', {
      hostname: 'h',
      pid: 1,
      started_at: '2026-02-04T00:00:00Z',
      version: '1.1.0',
    });
    clock.set('20260220');
    await put('20260206.lock', { ...held, state: 'released' });
    expect(await sweepIt({ apply: false })).toMatchObject({ leases: 1 });
    expect(await sweepIt()).toMatchObject({ leases: 1 });
    const left = [...(await contentsOf(stores.compact)).keys()].filter((key) => key.startsWith(locks));
    expect(left.map((key) => key.slice(locks.length))).toEqual([
      '20260204.lock',
      '20260205.lock',
      '20260206.lock',
    ]);
    await run();
    expect(await rowsSeen(stores.compact)).toBe(220);
  });

  it.each(['before', 'after'] as const)(
    'that dies %s any operation is finished by the next',
    async (when) => {
      let points = 0;
      for (let crashed = true; crashed; points++) {
        const { clock, stores, sweepIt } = await replacedLake();
        clock.set('20260301');
        await sweepIt();
        clock.hours(25);
        const crash = crashingStore(stores.compact, points + 1, when);
        await sweepIt({}, crash).catch(() => undefined);
        ({ crashed } = crash);
        expect(await rowsSeen(stores.compact)).toBe(229);
        const lock = 'compacted/locks/binance/bbo/btcusdt/20260203.lock';
        await stores.compact.delete(lock);
        await sweepIt();
        expect(await generations(stores.compact)).toEqual([2]);
        expect(await rowsSeen(stores.compact)).toBe(229);
      }
      expect(points).toBeGreaterThan(15);
    },
  );
});
