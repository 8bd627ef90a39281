import type { ObjectStore } from '../object-store.js';
import { bytes, collect, keysBelow, text } from './words.js';

const GOOD = [
  'a',
  'exchange=binance/stream=trade/symbol=BTC-USDT/date=20260203/data.parquet',
  'binance:SPOT_PAIR:BTC-USDT/2026-02-03_10-00-00.parquet',
  '._x.parquet',
  '.hidden/..data',
  '%2e%2e/a%2Fb',
  'a b/c+d@e~f(g)[h]{i}!#$&;,?*"\'<>|^`',
  'ü/é/日本語/😀/ｚ',
  `${'k'.repeat(200)}/${'ü'.repeat(100)}`,
];

const BAD = [
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  'a/../b',
  '../a',
  'a/./b',
  'a\\b',
  'a\0b',
  'a\nb',
  'a\u001b[31mb',
  'a\u007fb',
  'a\u0085b',
  'a\u202eb',
  'a\u2028b',
  'a\ufffdb',
  'a\ud800b',
  '.tmp-1',
  'a/.tmp-1/b',
  '.lock-1',
  'k'.repeat(201),
  'ü'.repeat(101),
  Array.from({ length: 5 }, () => 'k'.repeat(190)).join('/'),
];

/** What may be a key, and that nothing else gets anywhere near the disk or the wire. */
export function describeKeys(open: () => Promise<ObjectStore>): void {
  it.each(GOOD)('holds %j', async (key) => {
    const store = await open();
    await store.put(key, bytes(key));
    expect(text((await store.get(key)).bytes)).toBe(key);
    expect(await keysBelow(store, '')).toEqual([key]);
  });

  it.each(BAD)('refuses %j everywhere', async (key) => {
    const store = await open();
    const invalid = { kind: 'invalid', code: 'NAME' };
    await expect(store.head(key)).rejects.toMatchObject(invalid);
    await expect(store.get(key)).rejects.toMatchObject(invalid);
    await expect(store.open(key)).rejects.toMatchObject(invalid);
    await expect(store.put(key, bytes('x'))).rejects.toMatchObject(invalid);
    await expect(store.delete(key)).rejects.toMatchObject(invalid);
  });

  it('refuses a bad name beside a key that it holds', async () => {
    const store = await open();
    await store.put('a/b/c', bytes('x'));
    for (const name of ['', '.', '..', '.tmp-1', 'c\0', 'k'.repeat(201), '/c', '../b/c']) {
      await expect(store.get(`a/b/${name}`)).rejects.toMatchObject({ kind: 'invalid', code: 'NAME' });
    }
    expect(text((await store.get('a/b/c')).bytes)).toBe('x');
  });

  it.each(['a', '/', 'a//', '../', 'a/../', './', 'a\0/'])('refuses the prefix %j', async (prefix) => {
    const store = await open();
    const invalid = { kind: 'invalid', code: 'NAME' };
    await expect(collect(store.list(prefix))).rejects.toMatchObject(invalid);
    await expect(store.children(prefix)).rejects.toMatchObject(invalid);
  });
}
