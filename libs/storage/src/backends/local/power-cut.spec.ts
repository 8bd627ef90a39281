import type { FileSystem, OpenFile } from '../../file-system.js';
import { createScratchFile } from '../../scratch/create-scratch-file.js';
import {
  crashingFileSystem,
  interceptFileSystem,
  powerCutFileSystem,
  type FileOperation,
  type PowerCutFileSystem,
  type PowerCutLeaves,
} from '../../testing/index.js';
import { localStore } from './local-store.js';

const OLD = Buffer.from('the old content');
const NEW = Buffer.from('the new and longer content');
const KEY = 'a/b/data.parquet';

type Change = (fileSystem: FileSystem) => Promise<unknown>;

const creating: Change = (fileSystem) =>
  localStore('/lake/compact', { fileSystem }).put(KEY, NEW, { onlyIf: 'absent' });

const replacing: Change = (fileSystem) => localStore('/lake/compact', { fileSystem }).put(KEY, NEW);

const publishing: Change = async (fileSystem) => {
  const scratch = await createScratchFile('/scratch', { fileSystem });
  await scratch.write(NEW);
  await localStore('/lake/compact', { fileSystem }).put(KEY, await scratch.seal(), { onlyIf: 'absent' });
  await scratch.dispose();
};

/** What the store holds once the power is back; a torn object is an error. */
async function afterPowerCut(
  disk: PowerCutFileSystem,
  leaves: PowerCutLeaves,
): Promise<'old' | 'new' | 'none'> {
  const store = localStore('/lake/compact', { fileSystem: disk.powerCut(leaves) });
  if ((await store.head(KEY)) === undefined) return 'none';
  const { bytes } = await store.get(KEY);
  if (OLD.equals(bytes)) return 'old';
  if (NEW.equals(bytes)) return 'new';
  throw new Error(`torn object of ${bytes.length} bytes`);
}

/** A disk with `KEY` holding the old content, or without it. */
async function diskWith(before: 'old' | 'none'): Promise<PowerCutFileSystem> {
  const disk = powerCutFileSystem();
  if (before === 'old') await localStore('/lake/compact', { fileSystem: disk }).put(KEY, OLD);
  return disk;
}

/** Every way in which `change` breaks its word when the power goes at any system call, or right after success. */
async function violations(
  change: Change,
  before: 'old' | 'none',
  process: (fileSystem: FileSystem) => FileSystem = (fileSystem) => fileSystem,
): Promise<{ readonly points: number; readonly broken: readonly string[] }> {
  const broken: string[] = [];
  let points = 0;
  for (let failAt = 1, ended = false; !ended; failAt++) {
    for (const when of ['before', 'half', 'after'] as const) {
      for (const leaves of ['nothing', 'names'] as const) {
        const disk = await diskWith(before);
        const dying = crashingFileSystem(failAt, when, process(disk));
        const returned = await change(dying).then(
          () => true,
          () => false,
        );
        ended = !dying.crashed;
        points++;
        const found = await afterPowerCut(disk, leaves).catch((error: Error) => error.message);
        const allowed = returned ? ['new'] : [before, 'new'];
        if (!allowed.includes(found))
          broken.push(`${failAt} ${when} ${leaves}: ${found}, returned ${returned}`);
      }
    }
  }
  return { points, broken };
}

/** A disk that says it synced and did not, where `lies` says so. */
function lying(lies: (operation: FileOperation) => boolean): (fileSystem: FileSystem) => FileSystem {
  return (fileSystem) =>
    interceptFileSystem(fileSystem, fileSystem.owner, (operation, work) =>
      operation.name === ('sync' satisfies keyof OpenFile) && lies(operation)
        ? (Promise.resolve() as ReturnType<typeof work>)
        : work(),
    );
}

describe('a power cut at any system call', () => {
  it.each([
    ['creating', creating, 'none'],
    ['replacing', replacing, 'old'],
    ['publishing a scratch file', publishing, 'none'],
  ] as const)(
    '%s leaves the old or the new, and the new once it was promised',
    async (_name, change, before) => {
      const { points, broken } = await violations(change, before);
      expect(broken).toEqual([]);
      expect(points).toBeGreaterThan(60);
    },
  );

  const isFile = ({ path }: FileOperation) => path.includes('.tmp-');
  it.each([
    ['of the file', creating, 'none', isFile],
    ['of the file', replacing, 'old', isFile],
    ['of the scratch file', publishing, 'none', isFile],
    ['of the directory', creating, 'none', ({ path }: FileOperation) => path === '/lake/compact/a/b'],
    ['of the directory', replacing, 'old', ({ path }: FileOperation) => path === '/lake/compact/a/b'],
    ['of a directory above', creating, 'none', ({ path }: FileOperation) => path === '/lake/compact/a'],
    ['of the root', creating, 'none', ({ path }: FileOperation) => path === '/lake/compact'],
    ['of the directory of the root', creating, 'none', ({ path }: FileOperation) => path === '/lake'],
    ['of what the root was made in', creating, 'none', ({ path }: FileOperation) => path === '/'],
  ] as const)('is noticed here when the fsync %s is left out', async (_name, change, before, lies) => {
    const { broken } = await violations(change, before, lying(lies));
    expect(broken).not.toEqual([]);
  });

  it('does not trust a directory that a dead process made and never synced', async () => {
    const disk = powerCutFileSystem();
    for (let failAt = 1; ; failAt++) {
      const dying = crashingFileSystem(failAt, 'after', disk);
      await creating(dying).catch(() => undefined);
      if (!dying.crashed) break;
      const store = localStore('/lake/compact', { fileSystem: disk });
      await store.put(KEY, NEW);
      expect(await afterPowerCut(disk, 'nothing')).toBe('new');
      await store.delete(KEY);
    }
  });
});
