import type { FileSystem, OpenFile } from '../file-system.js';
import type { Owner } from '../owner.js';

/** One system call, or the few that read a file. Calls on an open file carry the path it was opened with. */
export interface FileOperation {
  readonly name: keyof Omit<FileSystem, 'owner' | 'isAlive'> | keyof OpenFile;
  readonly path: string;
  /** For `open`, how. */
  readonly mode?: string;
}

/** Decides how one operation runs; `half` does a part of it, where there are parts. */
export type AroundFileOperation = <T>(
  operation: FileOperation,
  work: () => Promise<T>,
  half: () => Promise<unknown>,
) => Promise<T>;

/** `fileSystem` in the name of `owner`, with `around` deciding how each operation runs. */
export function interceptFileSystem(
  fileSystem: FileSystem,
  owner: Owner,
  around: AroundFileOperation,
): FileSystem {
  const call = <T>(operation: FileOperation, work: () => Promise<T>) => around(operation, work, nothing);
  return {
    owner,
    isAlive: (other) => fileSystem.isAlive(other),
    open: async (path, mode) => {
      const file = await call({ name: 'open', path, mode }, () => fileSystem.open(path, mode));
      return interceptFile(file, path, around);
    },
    readFile: (path, into, range) =>
      call({ name: 'readFile', path }, () => fileSystem.readFile(path, into, range)),
    lstat: (path) => call({ name: 'lstat', path }, () => fileSystem.lstat(path)),
    readdir: (path) => call({ name: 'readdir', path }, () => fileSystem.readdir(path)),
    mkdir: (path) => call({ name: 'mkdir', path }, () => fileSystem.mkdir(path)),
    link: (existing, path) => call({ name: 'link', path }, () => fileSystem.link(existing, path)),
    rename: (from, to) => call({ name: 'rename', path: to }, () => fileSystem.rename(from, to)),
    unlink: (path) => call({ name: 'unlink', path }, () => fileSystem.unlink(path)),
    symlink: (text, path) => call({ name: 'symlink', path }, () => fileSystem.symlink(text, path)),
    readlink: (path) => call({ name: 'readlink', path }, () => fileSystem.readlink(path)),
  };
}

function interceptFile(file: OpenFile, path: string, around: AroundFileOperation): OpenFile {
  const call = <T>(name: FileOperation['name'], work: () => Promise<T>) =>
    around({ name, path }, work, nothing);
  return {
    stat: () => call('stat', () => file.stat()),
    read: (target, position) => call('read', () => file.read(target, position)),
    write: (bytes, position) =>
      around(
        { name: 'write', path },
        () => file.write(bytes, position),
        () => file.write(bytes.subarray(0, bytes.length >> 1), position),
      ),
    setModifiedNs: (modifiedNs) => call('setModifiedNs', () => file.setModifiedNs(modifiedNs)),
    sync: () => call('sync', () => file.sync()),
    close: () => call('close', () => file.close()),
  };
}

const nothing = () => Promise.resolve();
