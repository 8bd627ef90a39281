import { memoryStore, type ObjectStore } from '@ticklake/storage';
import fc from 'fast-check';
import { walkPrefixes, type WalkLeaf, type WalkLevel, type WalkOptions } from './discover.js';

const everything = () => true;

function level(name: string, options: Partial<WalkLevel> = {}): WalkLevel {
  return { name, optional: false, include: everything, ...options };
}

const SPOOL = [level('exchange'), level('stream'), level('symbol'), level('date', { optional: true })];

async function storeOf(keys: readonly string[]): Promise<ObjectStore> {
  const store = memoryStore();
  for (const key of keys) await store.put(key, Uint8Array.of(1));
  return store;
}

function optionsOf(levels: readonly WalkLevel[], changes: Partial<WalkOptions> = {}): WalkOptions {
  const signal = new AbortController().signal;
  return { root: '', levels, listLeaves: true, concurrency: 4, signal, ...changes };
}

async function collect(leaves: AsyncIterable<WalkLeaf>): Promise<[string, string[]][]> {
  const found: [string, string[]][] = [];
  for await (const { prefix, objects } of leaves) found.push([prefix, objects.map(({ key }) => key)]);
  return found;
}

describe('walkPrefixes', () => {
  const keys = [
    'exchange=binance/stream=bbo/symbol=btcusdt/2026-02-03_00-00-00.parquet',
    'exchange=binance/stream=bbo/symbol=btcusdt/date=20260203/part-1-0.parquet',
    'exchange=binance/stream=bbo/symbol=btcusdt/date=20260204/part-2-0.parquet',
    'exchange=binance/stream=bbo/symbol=ethusdt/date=20260203/part-1-0.parquet',
    'exchange=okx/stream=trade/symbol=btc-usdt/2026-02-03_00-00-00.parquet',
    'QUARANTINE/exchange=okx/error.json',
    '_state.json',
  ];

  it('finds files beside and inside an optional level, in byte order', async () => {
    const walk = walkPrefixes(await storeOf(keys), optionsOf(SPOOL));
    const symbol = 'exchange=binance/stream=bbo/symbol=btcusdt/';
    expect(await collect(walk.leaves())).toEqual([
      [symbol, [`${symbol}2026-02-03_00-00-00.parquet`]],
      [`${symbol}date=20260203/`, [`${symbol}date=20260203/part-1-0.parquet`]],
      [`${symbol}date=20260204/`, [`${symbol}date=20260204/part-2-0.parquet`]],
      ['exchange=binance/stream=bbo/symbol=ethusdt/date=20260203/', [keys[3]]],
      ['exchange=okx/stream=trade/symbol=btc-usdt/', [keys[4]]],
    ]);
    expect(walk.strays).toEqual(['QUARANTINE/']);
    // root, 2 exchanges, 2 streams, 3 symbols, 3 dates
    expect(walk.listCount).toBe(11);
  });

  it('tells the values on the way', async () => {
    const walk = walkPrefixes(await storeOf(keys.slice(3, 5)), optionsOf(SPOOL));
    const values: unknown[] = [];
    for await (const leaf of walk.leaves()) values.push(leaf.values);
    expect(values).toEqual([
      { exchange: 'binance', stream: 'bbo', symbol: 'ethusdt', date: '20260203' },
      { exchange: 'okx', stream: 'trade', symbol: 'btc-usdt' },
    ]);
  });

  it('never lists what is not wanted', async () => {
    const listed: string[] = [];
    const store = await storeOf(keys);
    const watched: ObjectStore = {
      ...store,
      children(prefix) {
        listed.push(prefix);
        return store.children(prefix);
      },
    };
    const levels = [
      level('exchange', { include: (value) => value === 'binance' }),
      level('stream'),
      level('symbol', { include: (value, above) => value === 'ethusdt' && above['stream'] === 'bbo' }),
      level('date', { optional: true }),
    ];
    const walk = walkPrefixes(watched, optionsOf(levels, { listLeaves: false }));
    expect(await collect(walk.leaves())).toEqual([
      ['exchange=binance/stream=bbo/symbol=ethusdt/date=20260203/', []],
    ]);
    expect(listed).toEqual([
      '',
      'exchange=binance/',
      'exchange=binance/stream=bbo/',
      'exchange=binance/stream=bbo/symbol=ethusdt/',
    ]);
    expect(walk.listCount).toBe(4);
  });

  it('never scans objects: the number of listings depends on prefixes only', async () => {
    const many = Array.from(
      { length: 2500 },
      (_, i) => `exchange=x/date=1/${String(i).padStart(5, '0')}.parquet`,
    );
    const store: ObjectStore = {
      ...(await storeOf(many)),
      list() {
        throw new Error('scanned');
      },
    };
    const walk = walkPrefixes(store, optionsOf([level('exchange'), level('date')]));
    const [leaf] = await collect(walk.leaves());
    expect(leaf?.[1]).toHaveLength(2500);
    expect(walk.listCount).toBe(3);
  });

  it('walks 2,500 prefixes of one level', async () => {
    const wide = Array.from({ length: 2500 }, (_, i) => `root/symbol=s${i}/a.parquet`);
    const walk = walkPrefixes(await storeOf(wide), optionsOf([level('symbol')], { root: 'root/' }));
    expect(await collect(walk.leaves())).toHaveLength(2500);
    expect(walk.listCount).toBe(2501);
  });

  it('gives the same answer whatever the concurrency and the order of answers', async () => {
    const name = fc.constantFrom('a', 'b', 'aa', 'a-b', 'é', '\u{1f600}', '\uffee');
    const path = fc.tuple(name, name, fc.boolean(), name).map(([exchange, symbol, dated, file]) => {
      return `exchange=${exchange}/symbol=${symbol}/${dated ? 'date=1/' : ''}${file}.parquet`;
    });
    const levels = [level('exchange'), level('symbol'), level('date', { optional: true })];
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(path, { maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 9 }),
        async (paths, concurrency, delays) => {
          const store = await storeOf(paths);
          let running = 0;
          let runningMax = 0;
          let turn = 0;
          const slow: ObjectStore = {
            ...store,
            async children(prefix) {
              runningMax = Math.max(runningMax, ++running);
              for (let wait = delays[turn++ % delays.length] ?? 0; wait > 0; wait--) await Promise.resolve();
              running--;
              return store.children(prefix);
            },
          };
          const found = await collect(walkPrefixes(slow, optionsOf(levels, { concurrency })).leaves());
          const keysFound = found.flatMap(([, objects]) => objects);
          expect([...keysFound].sort()).toEqual([...paths].sort());
          const bytes = found.map(([prefix]) => Buffer.from(prefix));
          expect([...bytes].sort(Buffer.compare)).toEqual(bytes);
          expect(runningMax).toBeLessThanOrEqual(concurrency);
        },
      ),
    );
  });

  it('passes a failed listing on, and starts no more', async () => {
    const store = await storeOf(Array.from({ length: 50 }, (_, i) => `exchange=e${i}/a.parquet`));
    let listings = 0;
    const failing: ObjectStore = {
      ...store,
      children(prefix) {
        if (++listings === 5) return Promise.reject(new Error('listing failed'));
        return store.children(prefix);
      },
    };
    const walk = walkPrefixes(failing, optionsOf([level('exchange')], { concurrency: 2 }));
    await expect(collect(walk.leaves())).rejects.toThrow('listing failed');
    expect(listings).toBeLessThan(9);
  });

  it('stops when cancelled, and when the reader walks away', async () => {
    const stop = new AbortController();
    const store = await storeOf(keys);
    const cancelled = walkPrefixes(store, optionsOf(SPOOL, { signal: stop.signal }));
    stop.abort();
    await expect(collect(cancelled.leaves())).rejects.toMatchObject({ kind: 'cancelled' });
    const left = walkPrefixes(store, optionsOf(SPOOL, { concurrency: 1 }));
    for await (const leaf of left.leaves()) {
      expect(leaf.prefix).toBe('exchange=binance/stream=bbo/symbol=btcusdt/');
      break;
    }
    expect(left.listCount).toBeLessThan(11);
  });
});
