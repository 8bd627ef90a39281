import { nodeFileSystem, type FileSystem } from '../file-system.js';
import { randomToken } from '../owner.js';
import { createCrashPoint, type CrashState, type CrashWhen } from './crash.js';
import { interceptFileSystem } from './intercept-file-system.js';

/**
 * A process that dies at its system call number `failAt` (1-based): before the call, after it, or with a write half
 * done. Its open files are closed, as the system would, and everything it asks for afterwards fails. It runs under an owner
 * of its own, one that everybody else finds dead, so its locks and temporaries are those of a crashed process.
 */
export function crashingFileSystem(
  failAt: number,
  when: CrashWhen,
  fileSystem: FileSystem = nodeFileSystem,
): FileSystem & CrashState {
  const open = new Set<() => Promise<void>>();
  const point = createCrashPoint(failAt, when, async () => {
    for (const close of open) await close().catch(() => undefined);
  });
  const tracking: FileSystem = {
    ...fileSystem,
    owner: fileSystem.owner,
    async open(path, mode) {
      const file = await fileSystem.open(path, mode);
      const close = () => {
        open.delete(close);
        return file.close();
      };
      open.add(close);
      return { ...file, close };
    },
  };
  const owner = { ...fileSystem.owner, startTicks: `crash${randomToken()}` };
  const crashing = interceptFileSystem(tracking, owner, (_operation, work, half) => point.pass(work, half));
  return {
    ...crashing,
    get crashed() {
      return point.crashed;
    },
  };
}
