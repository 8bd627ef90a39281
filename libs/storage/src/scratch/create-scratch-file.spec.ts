import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { nodeFileSystem, type FileSystem } from '../file-system.js';
import { recordFileSystem } from '../testing/index.js';
import { createScratchFile } from './create-scratch-file.js';

let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'ticklake-scratch-'));
});
afterEach(() => rm(base, { recursive: true }));

/** The disk with the calls of `name` on open files failing as `code`. */
function failing(name: 'write' | 'sync' | 'read', code: string): FileSystem {
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      const fail = () => Promise.reject(Object.assign(new Error(code), { code, syscall: name }));
      return { ...file, [name]: fail };
    },
  };
}

describe('createScratchFile', () => {
  it('holds what was written, whatever the sizes of the writes', async () => {
    const sizes = fc.array(
      fc.oneof(fc.nat(100), fc.nat(300_000), fc.constantFrom(0, 262_143, 262_144, 262_145)),
      {
        maxLength: 8,
      },
    );
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(255), async (lengths, seed) => {
        const pieces = lengths.map((length, index) =>
          new Uint8Array(length).map((_, at) => at * 7 + index + seed),
        );
        const expected = Buffer.concat(pieces);
        const scratch = await createScratchFile(base);
        for (const piece of pieces) {
          const reused = piece.slice();
          await scratch.write(reused);
          reused.fill(0);
        }
        const sealed = await scratch.seal();
        expect(sealed.size).toBe(expected.length);
        expect(sealed.sha256).toBe(createHash('sha256').update(expected).digest('hex'));
        expect(expected.equals(await readFile(sealed.path))).toBe(true);
        expect(expected.equals(await sealed.read(0, sealed.size))).toBe(true);
        const middle = expected.length >> 1;
        expect(expected.subarray(middle).equals(await sealed.read(middle, sealed.size - middle))).toBe(true);
        await expect(sealed.read(1, sealed.size)).rejects.toMatchObject({
          kind: 'corrupt',
          code: 'TRUNCATED',
        });
        await scratch.dispose();
      }),
      { numRuns: 40 },
    );
    expect(await readdir(base)).toEqual([]);
  });

  it('lies in a directory that it makes, under a name that tells whose it is', async () => {
    const scratch = await createScratchFile(join(base, 'a', 'b'));
    const sealed = await scratch.seal();
    const { pid, startTicks } = nodeFileSystem.owner;
    expect(basename(sealed.path)).toMatch(new RegExp(`^\\.tmp-${pid}-${startTicks}-[0-9a-f]+-`));
    expect(sealed.path.startsWith(join(base, 'a', 'b'))).toBe(true);
    expect(sealed.size).toBe(0);
    await scratch.dispose();
  });

  it('is synced by its seal, and gathers small writes', async () => {
    const { fileSystem, operations } = recordFileSystem();
    const scratch = await createScratchFile(base, { fileSystem });
    for (let i = 0; i < 100; i++) await scratch.write(new Uint8Array(1000));
    await scratch.seal();
    expect(operations.map(({ name }) => name)).toEqual(['mkdir', 'open', 'write', 'sync', 'stat']);
    await scratch.dispose();
  });

  it('takes no writes once sealed, and is disposed of any number of times', async () => {
    const scratch = await createScratchFile(base);
    await scratch.write(Buffer.from('x'));
    const sealed = await scratch.seal();
    await expect(scratch.write(Buffer.from('y'))).rejects.toThrow('sealed');
    await expect(scratch.seal()).rejects.toThrow('sealed');
    await Promise.all([scratch.dispose(), scratch.dispose()]);
    await scratch.dispose();
    await expect(sealed.read(0, 1)).rejects.toThrow('closed');
    expect(await readdir(base)).toEqual([]);
  });

  it('is gone when disposed of before its seal', async () => {
    const scratch = await createScratchFile(base);
    await scratch.write(Buffer.from('x'));
    await scratch.dispose();
    await expect(scratch.write(Buffer.from('y'))).rejects.toThrow('disposed');
    expect(await readdir(base)).toEqual([]);
  });

  it('stays readable at its path after close', async () => {
    const scratch = await createScratchFile(base);
    await scratch.write(Buffer.from('x'));
    const sealed = await scratch.seal();
    await sealed.close();
    await sealed.close();
    expect((await readFile(sealed.path)).toString()).toBe('x');
    await expect(sealed.read(0, 1)).rejects.toThrow('closed');
    await scratch.dispose();
  });

  it('is good for nothing after the disk failed, and is not synced again', async () => {
    const broken = { kind: 'unavailable' };
    const full = await createScratchFile(base, { fileSystem: failing('write', 'ENOSPC') });
    await expect(full.write(new Uint8Array(1 << 20))).rejects.toMatchObject({
      ...broken,
      details: { errno: 'ENOSPC' },
    });
    await expect(full.write(Buffer.from('x'))).rejects.toThrow('broken');
    await full.dispose();
    const unsynced = await createScratchFile(base, { fileSystem: failing('sync', 'EIO') });
    await expect(unsynced.seal()).rejects.toMatchObject({ ...broken, details: { errno: 'EIO' } });
    await expect(unsynced.seal()).rejects.toThrow('broken');
    await unsynced.dispose();
    expect(await readdir(base)).toEqual([]);
  });
});
