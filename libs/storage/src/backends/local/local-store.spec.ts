import { execFileSync } from 'node:child_process';
import {
  link,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFileSystem } from '../../file-system.js';
import type { ObjectStore } from '../../object-store.js';
import { createScratchFile } from '../../scratch/create-scratch-file.js';
import { interceptFileSystem, recordFileSystem } from '../../testing/index.js';
import { localStore } from './local-store.js';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ticklake-local-'));
});
afterEach(() => rm(base, { recursive: true }));

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}

describe('the disk under a local store', () => {
  it('gets a root that was not there, and modes as the umask leaves them', async () => {
    const store = localStore(join(base, 'not', 'yet'));
    expect(await store.head('a')).toBeUndefined();
    await store.put('a/b', Buffer.from('x'), { onlyIf: 'absent' });
    await store.put('a/c', Buffer.from('x'));
    const umask = process.umask();
    for (const name of ['a/b', 'a/c']) {
      expect((await stat(join(base, 'not', 'yet', name))).mode & 0o777).toBe(0o666 & ~umask);
    }
    expect(await readdir(join(base, 'not', 'yet', 'a'))).toEqual(['b', 'c']);
  });

  it('may have a root that is a symbolic link', async () => {
    await mkdir(join(base, 'real'));
    await symlink('real', join(base, 'root'));
    const store = localStore(join(base, 'root'));
    await store.put('a/b', Buffer.from('x'));
    expect(await keysOf(store)).toEqual(['a/b']);
    expect(await readdir(join(base, 'real', 'a'))).toEqual(['b']);
  });

  it('keeps temporaries and locks to itself', async () => {
    const store = localStore(base);
    await store.put('a', Buffer.from('x'));
    await writeFile(join(base, '.tmp-1-2-3-4-5-put'), 'half');
    await symlink('1-2-3-4-5', join(base, '.lock-0123456789abcdef'));
    await mkdir(join(base, 'only-temporaries'));
    await writeFile(join(base, 'only-temporaries', '.tmp-1-2-3-4-5-put'), 'half');
    expect(await keysOf(store)).toEqual(['a']);
    expect(await store.children('')).toMatchObject({ prefixes: [], objects: [{ key: 'a' }] });
  });

  it('makes a directory again that somebody removed', async () => {
    const store = localStore(base);
    await store.put('a/b/c', Buffer.from('x'));
    await rm(join(base, 'a'), { recursive: true });
    await store.put('a/b/c', Buffer.from('y'), { onlyIf: 'absent' });
    expect(await keysOf(store)).toEqual(['a/b/c']);
  });

  it('refuses a key below an object and a key that is a directory', async () => {
    const store = localStore(base);
    await store.put('a/b', Buffer.from('x'));
    await expect(store.put('a/b/c', Buffer.from('x'))).rejects.toMatchObject({
      kind: 'invalid',
      code: 'NAME',
    });
    await expect(store.put('a', Buffer.from('x'))).rejects.toMatchObject({ kind: 'invalid' });
    expect(await keysOf(store)).toEqual(['a/b']);
    await store.delete('a');
    expect(await keysOf(store)).toEqual(['a/b']);
    expect((await readdir(base, { recursive: true })).sort()).toEqual(['a', 'a/b']);
  });
});

describe('what is not a regular file', () => {
  it('is listed and refused', async () => {
    await writeFile(join(base, 'outside'), 'secret');
    const root = join(base, 'root');
    const store = localStore(root);
    await store.put('good', Buffer.from('x'));
    await symlink('../outside', join(root, 'link'));
    await symlink('nowhere', join(root, 'dangling'));
    await symlink('loop', join(root, 'loop'));
    execFileSync('mkfifo', [join(root, 'fifo')]);
    expect(await keysOf(store)).toEqual(['dangling', 'fifo', 'good', 'link', 'loop']);
    for (const key of ['dangling', 'fifo', 'link', 'loop']) {
      await expect(store.get(key)).rejects.toMatchObject({ kind: 'corrupt', code: 'NAME' });
      const source = await store.open(key);
      await expect(source.read(0, source.size)).rejects.toMatchObject({ kind: 'corrupt', code: 'NAME' });
    }
  });

  it('leads nowhere when it is a linked directory', async () => {
    await mkdir(join(base, 'outside'));
    await writeFile(join(base, 'outside', 'file'), 'secret');
    const root = join(base, 'root');
    await mkdir(root);
    await symlink('../outside', join(root, 'way'));
    const store = localStore(root);
    expect(await keysOf(store)).toEqual(['way']);
    const refused = { kind: 'invalid', code: 'NAME' };
    await expect(store.get('way/file')).rejects.toMatchObject(refused);
    await expect(store.head('way/file')).rejects.toMatchObject(refused);
    await expect(store.put('way/new', Buffer.from('x'))).rejects.toMatchObject(refused);
    await expect(store.delete('way/file')).rejects.toMatchObject(refused);
    await expect(store.children('way/')).rejects.toMatchObject(refused);
    expect(await readdir(join(base, 'outside'))).toEqual(['file']);
  });

  it('is listed when its name is no key, and named when it is read', async () => {
    const store = localStore(base);
    await writeFile(join(base, 'new\nline'), 'x');
    await writeFile(join(base, 'back\\slash'), 'x');
    await writeFile(Buffer.concat([Buffer.from(`${base}/latin-`), Buffer.from([0xe9])]), 'x');
    const keys = await keysOf(store);
    expect(keys).toHaveLength(3);
    for (const key of keys)
      await expect(store.get(key)).rejects.toMatchObject({ kind: 'invalid', code: 'NAME' });
  });
});

describe('what reading costs', () => {
  it('is one call for a range of a source, and for a whole object, and nothing is kept open', async () => {
    await localStore(base).put('a/b', Buffer.from('hello'));
    const { fileSystem, operations } = recordFileSystem();
    const store = localStore(base, { fileSystem });
    const source = await store.open('a/b');
    expect(operations.map(({ name }) => name)).toEqual(['lstat', 'lstat']);
    const before = operations.length;
    await source.read(0, source.size);
    expect(operations.slice(before).map(({ name }) => name)).toEqual(['readFile']);
    await store.get('a/b');
    expect(operations.slice(before + 1).map(({ name }) => name)).toEqual(['readFile']);
  });

  it.each([0, 5, 256 * 1024, 256 * 1024 + 1])(
    'leaves no descriptor of %i bytes that were read',
    async (size) => {
      const body = Buffer.alloc(size, 'x');
      const store = localStore(base);
      await store.put('a/b', body);
      const { bytes, meta } = await store.get('a/b', new Uint8Array(size + 1));
      expect(meta.size).toBe(size);
      expect(Buffer.compare(bytes, body)).toBe(0);
      await expect(store.get('a')).rejects.toMatchObject({ kind: 'missing' });
      const ranged = Buffer.from(Array.from({ length: size + 11 }, (_, i) => i % 251));
      await store.put('a/c', ranged);
      const source = await store.open('a/c');
      expect(Buffer.compare(await source.read(7, size), ranged.subarray(7, 7 + size))).toBe(0);
      await store.put('a/c', body);
      await expect(source.read(7, size)).rejects.toMatchObject({ kind: 'conflict' });
      const open = await Promise.all(
        (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      );
      expect(open.filter((path) => path.startsWith(base))).toEqual([]);
    },
  );
});

describe('a put on a disk that fails', () => {
  const failure = (code: string) => Object.assign(new Error(code), { code, syscall: 'fsync' });

  /** Fails the calls of `name` on temporaries, `times` times. */
  const failing = (name: string, code: string, times: number) => {
    let left = times;
    return interceptFileSystem(nodeFileSystem, nodeFileSystem.owner, (operation, work) =>
      operation.name === name && operation.path.includes('.tmp-') && left-- > 0
        ? Promise.reject(failure(code))
        : work(),
    );
  };

  it('builds the file anew when fsync fails, once', async () => {
    const { fileSystem, operations } = recordFileSystem(failing('sync', 'EIO', 1));
    const store = localStore(base, { fileSystem });
    await store.put('k', Buffer.from('x'), { onlyIf: 'absent' });
    const temporaries = operations.filter(({ mode }) => mode === 'create').map(({ path }) => path);
    expect(new Set(temporaries).size).toBe(2);
    const synced = operations.filter(({ name, path }) => name === 'sync' && path.includes('.tmp-'));
    expect(synced.map(({ path }) => path)).toEqual(temporaries);
    expect(await readdir(base)).toEqual(['k']);
  });

  it.each(['EIO', 'ENOSPC', 'EDQUOT'])('gives up at the second %s and leaves nothing', async (code) => {
    const store = localStore(base, { fileSystem: failing('sync', code, 2) });
    const unavailable = { kind: 'unavailable', details: { key: 'k', errno: code } };
    await expect(store.put('k', Buffer.from('x'))).rejects.toMatchObject(unavailable);
    expect(await readdir(base)).toEqual([]);
    await store.put('k', Buffer.from('x'));
  });

  it.each([
    ['write', 'ENOSPC', 'unavailable'],
    ['open', 'EMFILE', 'unavailable'],
    ['open', 'EACCES', 'denied'],
    ['open', 'EROFS', 'denied'],
  ])('tells a failed %s with %s as %s', async (name, code, kind) => {
    const store = localStore(base, { fileSystem: failing(name, code, 1) });
    await expect(store.put('k', Buffer.from('x'))).rejects.toMatchObject({ kind, details: { errno: code } });
    expect(await readdir(base)).toEqual([]);
  });

  it('writes all of it however short the writes are', async () => {
    const fileSystem = {
      ...nodeFileSystem,
      open: async (...args: Parameters<typeof nodeFileSystem.open>) => {
        const file = await nodeFileSystem.open(...args);
        return { ...file, write: (bytes: Uint8Array, at: number) => file.write(bytes.subarray(0, 3), at) };
      },
    };
    const body = Buffer.from('a body longer than three bytes');
    await localStore(base, { fileSystem }).put('k', body);
    expect(Buffer.from((await localStore(base).get('k')).bytes)).toEqual(body);
  });
});

describe('versions', () => {
  it('differ when a replacement has the same size and a younger file the older time', async () => {
    const store = localStore(base);
    const first = await store.put('k', Buffer.from('one'));
    const future = first.modifiedAtMs / 1000 + 3600;
    await utimes(join(base, 'k'), future, future);
    const moved = await store.head('k');
    const second = await store.put('k', Buffer.from('two'));
    expect(second.modifiedAtMs).toBeGreaterThanOrEqual(moved?.modifiedAtMs as number);
    expect(new Set([first.etag, moved?.etag, second.etag]).size).toBe(3);
    expect(await store.head('k')).toEqual(second);
  });

  it('change when somebody else writes in place', async () => {
    const store = localStore(base);
    await store.put('k', Buffer.from('one'));
    const source = await store.open('k');
    await writeFile(join(base, 'k'), 'longer');
    await expect(source.read(0, 3)).rejects.toMatchObject({ kind: 'conflict' });
  });
});

describe('a scratch file given to a local store', () => {
  async function sealed(text: string) {
    const scratch = await createScratchFile(join(base, 'scratch'));
    await scratch.write(Buffer.from(text));
    return { scratch, body: await scratch.seal() };
  }

  it('is linked, not copied, when nothing may be replaced', async () => {
    const { scratch, body } = await sealed('content');
    const store = localStore(join(base, 'store'));
    const meta = await store.put('k', body, { onlyIf: 'absent' });
    expect((await stat(join(base, 'store', 'k'))).ino).toBe((await stat(body.path)).ino);
    await scratch.dispose();
    expect((await store.get('k')).meta).toEqual(meta);
    expect(Buffer.from((await store.get('k')).bytes).toString()).toBe('content');
    await expect(store.put('k', (await sealed('other')).body, { onlyIf: 'absent' })).rejects.toMatchObject({
      kind: 'conflict',
    });
  });

  it('is copied when it replaces, when it cannot be linked, and when its path holds something else', async () => {
    const { body } = await sealed('content');
    const store = localStore(join(base, 'store'));
    await store.put('replaced', Buffer.from('old'));
    await store.put('replaced', body);
    const unlinkable = {
      ...nodeFileSystem,
      link: (from: string, to: string) =>
        from === body.path
          ? Promise.reject(Object.assign(new Error(), { code: 'EXDEV', syscall: 'link' }))
          : link(from, to),
    };
    await localStore(join(base, 'store'), { fileSystem: unlinkable }).put('elsewhere', body, {
      onlyIf: 'absent',
    });
    await rm(body.path);
    await writeFile(body.path, 'somebody else');
    await store.put('exchanged', body, { onlyIf: 'absent' });
    for (const key of ['replaced', 'elsewhere', 'exchanged']) {
      expect(Buffer.from((await store.get(key)).bytes).toString()).toBe('content');
    }
  });
});

describe('a directory that cannot be read', () => {
  it('is told, not passed over', async () => {
    await localStore(base).put('a/b', Buffer.from('x'));
    const fileSystem = interceptFileSystem(nodeFileSystem, nodeFileSystem.owner, (operation, work) =>
      operation.name === 'readdir' && operation.path.endsWith('/a/')
        ? Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES', syscall: 'scandir' }))
        : work(),
    );
    const store = localStore(base, { fileSystem });
    await expect(keysOf(store)).rejects.toMatchObject({
      kind: 'denied',
      details: { prefix: '', errno: 'EACCES' },
    });
    await expect(store.children('')).rejects.toMatchObject({ kind: 'denied' });
  });
});
