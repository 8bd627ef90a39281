import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScratchFile, localStore } from '../../index.js';

describe('localStore', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ticklake-local-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('puts, reads, compares and swaps, lists and deletes', async () => {
    const store = localStore(join(root, 'new', 'store'));
    const first = await store.put('a/b.txt', Buffer.from('one'), { onlyIf: 'absent' });
    expect(await store.head('a/b.txt')).toEqual(first);
    await expect(store.put('a/b.txt', Buffer.from('two'), { onlyIf: 'absent' })).rejects.toMatchObject({
      kind: 'conflict',
    });
    const source = await store.open('a/b.txt');
    expect(Buffer.from(await source.read(1, 2)).toString()).toBe('ne');
    const second = await store.put('a/b.txt', Buffer.from('two'), { onlyIf: { etag: first.etag } });
    expect(second.etag).not.toBe(first.etag);
    await expect(source.read(0, 1)).rejects.toMatchObject({ kind: 'conflict' });
    expect((await store.children('')).prefixes).toEqual(['a/']);
    const keys = [];
    for await (const { key } of store.list('')) keys.push(key);
    expect(keys).toEqual(['a/b.txt']);
    await store.delete('a/b.txt');
    expect(await store.head('a/b.txt')).toBeUndefined();
  });

  it('adopts a scratch file without copying it', async () => {
    const scratch = await createScratchFile(join(root, 'scratch'));
    await scratch.write(Buffer.from('hello '));
    await scratch.write(Buffer.from('world'));
    const sealed = await scratch.seal();
    expect(Buffer.from(await sealed.read(6, 5)).toString()).toBe('world');
    const store = localStore(join(root, 'store'));
    const meta = await store.put('x', sealed, { onlyIf: 'absent' });
    await scratch.dispose();
    await scratch.dispose();
    expect(Buffer.from((await store.get('x')).bytes).toString()).toBe('hello world');
    expect((await store.get('x')).meta).toEqual(meta);
  });
});
