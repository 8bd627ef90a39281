import { compareUtf8, mapBounded } from '@ticklake/core';
import type { ObjectStore } from '../object-store.js';
import { bytes, collect, keysBelow } from './words.js';

/** Of objects and of prefixes each: both are past the page size of every cloud (1,000), and their level twice. */
const MANY = 1250;

/** Order, levels and sizes of listings. */
export function describeListing(open: () => Promise<ObjectStore>): void {
  it('lists what is not there as empty', async () => {
    const store = await open();
    expect(await collect(store.list(''))).toEqual([]);
    expect(await collect(store.list('no/such/'))).toEqual([]);
    expect(await store.children('')).toEqual({ prefixes: [], objects: [] });
    expect(await store.children('no/such/')).toEqual({ prefixes: [], objects: [] });
  });

  it('lists in the order of UTF-8 bytes', async () => {
    const store = await open();
    const keys = [
      'a',
      'a-',
      'a.b',
      'b/c',
      'b/c.d',
      'b/c0',
      'b-',
      'b0',
      'A',
      '_',
      '~',
      'é',
      'z',
      'ｚ',
      '😀',
      '\u{10330}',
      '豈',
    ];
    const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const key of keys) await store.put(key, bytes(key));
    expect(await keysBelow(store, '')).toEqual(sorted);
    const children = await store.children('');
    expect(children.objects.map(({ key }) => key)).toEqual(sorted.filter((key) => !key.includes('/')));
  });

  it('keeps directories where their keys sort', async () => {
    const store = await open();
    const keys = ['d+/1', 'd.e', 'd/1', 'd/2/3', 'd/2.5', 'd0', 'd:/1', 'd😀/1', 'dｚ/1'];
    const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const key of [...keys].reverse()) await store.put(key, bytes(key));
    expect(await keysBelow(store, '')).toEqual(sorted);
    expect(await keysBelow(store, 'd/')).toEqual(sorted.filter((key) => key.startsWith('d/')));
    expect((await store.children('')).prefixes).toEqual(['d+/', 'd/', 'd:/', 'dｚ/', 'd😀/']);
  });

  it('tells one level', async () => {
    const store = await open();
    for (const key of ['a/1', 'a/2', 'a/b/3', 'a/b/c/4', 'ab/5', 'a.6', '7'])
      await store.put(key, bytes(key));
    expect(await store.children('a/')).toMatchObject({
      prefixes: ['a/b/'],
      objects: [
        { key: 'a/1', size: 3 },
        { key: 'a/2', size: 3 },
      ],
    });
    expect(await store.children('')).toMatchObject({
      prefixes: ['a/', 'ab/'],
      objects: [{ key: '7' }, { key: 'a.6' }],
    });
    expect(await keysBelow(store, 'a/')).toEqual(['a/1', 'a/2', 'a/b/3', 'a/b/c/4']);
    expect(await keysBelow(store, 'a/b/')).toEqual(['a/b/3', 'a/b/c/4']);
    expect(await keysBelow(store, 'a/1/')).toEqual([]);
  });

  it('tells the same of an object as head does', async () => {
    const store = await open();
    await store.put('a/b', bytes('hello'));
    const listed = await collect(store.list(''));
    expect(listed).toMatchObject([{ key: 'a/b', size: 5 }]);
    expect(await store.head('a/b')).toMatchObject({ ...listed[0] });
    expect((await store.children('a/')).objects).toEqual(listed);
  });

  it(`lists ${MANY} objects and ${MANY} prefixes of one level`, async () => {
    const store = await open();
    const numbers = Array.from({ length: MANY }, (_, index) => index);
    await mapBounded(numbers, 32, (number) => store.put(`level/${number}`, bytes('')));
    await mapBounded(numbers, 32, (number) => store.put(`level/${number}-x/y`, bytes('')));
    const inOrder = (...formats: ((number: number) => string)[]) =>
      formats.flatMap((format) => numbers.map(format)).sort(compareUtf8);
    const [objects, prefixes] = [(n: number) => `level/${n}`, (n: number) => `level/${n}-x/`];
    const children = await store.children('level/');
    expect(children.objects.map(({ key }) => key)).toEqual(inOrder(objects));
    expect(children.prefixes).toEqual(inOrder(prefixes));
    expect(await keysBelow(store, '')).toEqual(inOrder(objects, (n) => `level/${n}-x/y`));
  });

  it('can be left half way', async () => {
    const store = await open();
    for (const key of ['a', 'b', 'c']) await store.put(key, bytes(key));
    for await (const { key } of store.list('')) {
      expect(key).toBe('a');
      break;
    }
    expect(await keysBelow(store, '')).toEqual(['a', 'b', 'c']);
  });
}
