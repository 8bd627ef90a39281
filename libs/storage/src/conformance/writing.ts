import { bytesSource, type ByteSource } from '@ticklake/core';
import type { ObjectStore } from '../object-store.js';
import { bytes, keysBelow, text } from './words.js';

/** Puts, conditions and deletes. */
export function describeWriting(open: () => Promise<ObjectStore>): void {
  describeBodies(open);
  describeConditions(open);

  it('deletes, and deletes again', async () => {
    const store = await open();
    await store.put('a/b', bytes('x'));
    await store.put('a/c', bytes('y'));
    await store.delete('a/b');
    await store.delete('a/b');
    await store.delete('never/was');
    expect(await store.head('a/b')).toBeUndefined();
    expect(await keysBelow(store, '')).toEqual(['a/c']);
    await store.delete('a/c');
    expect(await store.children('')).toEqual({ prefixes: [], objects: [] });
  });
}

function describeBodies(open: () => Promise<ObjectStore>): void {
  it('returns what then stands at the key', async () => {
    const store = await open();
    const put = await store.put('a/b', bytes('hello'), { contentType: 'text/plain' });
    expect(put).toMatchObject({ key: 'a/b', size: 5 });
    expect(await store.head('a/b')).toMatchObject(put);
    expect((await store.get('a/b')).meta).toEqual(put);
    expect((await store.open('a/b')).meta).toEqual(put);
    expect(put.modifiedAtMs).toBeGreaterThan(0);
  });

  it('replaces, longer by shorter and back', async () => {
    const store = await open();
    const etags = new Set<string>();
    for (const body of ['long and first', 'short', '', 'long and last', 'same', 'same']) {
      etags.add((await store.put('k', bytes(body))).etag);
      expect(text((await store.get('k')).bytes)).toBe(body);
    }
    expect(etags.size).toBeGreaterThanOrEqual(5);
  });

  it('holds empty objects', async () => {
    const store = await open();
    expect(await store.put('empty', new Uint8Array())).toMatchObject({ size: 0 });
    expect((await store.get('empty')).bytes).toHaveLength(0);
    const source = await store.open('empty');
    expect(source.size).toBe(0);
    expect(await source.read(0, 0)).toHaveLength(0);
    expect(await keysBelow(store, '')).toEqual(['empty']);
  });

  it('writes the bytes of a source', async () => {
    const store = await open();
    const size = 3_000_001;
    const body = new Uint8Array(size).map((_, index) => index % 251);
    const ranges: [number, number][] = [];
    const source: ByteSource = {
      size,
      read: (offset, length) => {
        ranges.push([offset, length]);
        return bytesSource(body).read(offset, length);
      },
    };
    await store.put('from/source', source);
    expect(Buffer.compare((await store.get('from/source')).bytes, body)).toBe(0);
    expect(ranges.reduce((sum, [, length]) => sum + length, 0)).toBeGreaterThanOrEqual(size);
    await store.put('from/object', await store.open('from/source'), { onlyIf: 'absent' });
    expect(Buffer.compare((await store.get('from/object')).bytes, body)).toBe(0);
  });

  it('keeps the bytes it was given when the caller changes them later', async () => {
    const store = await open();
    const body = bytes('before');
    await store.put('k', body);
    body.fill(0);
    (await store.get('k')).bytes.fill(1);
    expect(text((await store.get('k')).bytes)).toBe('before');
  });

  it('leaves everything as it was when the body cannot be read', async () => {
    const store = await open();
    const broken: ByteSource = { size: 10, read: () => Promise.reject(new Error('no bytes')) };
    await store.put('k', bytes('old'));
    await expect(store.put('k', broken)).rejects.toThrow('no bytes');
    await expect(store.put('new', broken, { onlyIf: 'absent' })).rejects.toThrow('no bytes');
    expect(text((await store.get('k')).bytes)).toBe('old');
    expect(await keysBelow(store, '')).toEqual(['k']);
  });
}

function describeConditions(open: () => Promise<ObjectStore>): void {
  it('creates only what is absent', async () => {
    const store = await open();
    await store.put('k', bytes('first'), { onlyIf: 'absent' });
    await expect(store.put('k', bytes('second'), { onlyIf: 'absent' })).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(text((await store.get('k')).bytes)).toBe('first');
    await store.delete('k');
    await store.put('k', bytes('third'), { onlyIf: 'absent' });
    expect(text((await store.get('k')).bytes)).toBe('third');
  });

  it('replaces only the version that was read', async () => {
    const store = await open();
    const first = await store.put('k', bytes('1'));
    const second = await store.put('k', bytes('2'), { onlyIf: { etag: first.etag } });
    expect(second.etag).not.toBe(first.etag);
    await expect(store.put('k', bytes('3'), { onlyIf: { etag: first.etag } })).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(text((await store.get('k')).bytes)).toBe('2');
    await store.delete('k');
    await expect(store.put('k', bytes('4'), { onlyIf: { etag: second.etag } })).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(await store.head('k')).toBeUndefined();
  });

  it('never gives a version back to other content', async () => {
    const store = await open();
    const seen = new Map<string, string>();
    for (let i = 0; i < 60; i++) {
      // Equal lengths, so that size tells nothing.
      const body = String(i).padStart(3, '0');
      const { etag } = await store.put('k', bytes(body));
      expect(seen.get(etag)).toBeUndefined();
      seen.set(etag, body);
      if (i % 6 === 0) await store.delete('k');
    }
    expect(seen.size).toBe(60);
  });
}
