import {
  close as closeFile,
  closeSync,
  constants,
  fstatSync,
  fsync,
  futimes,
  lstatSync,
  open as openPath,
  openSync,
  read as readBytes,
  readSync,
  write as writeFile,
  writeSync,
  type BigIntStats,
} from 'node:fs';
import { link, lstat, mkdir, readdir, readlink, rename, symlink, unlink } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createCallHere } from './call-here.js';
import { readFully } from './disk-file.js';
import { isAlive, thisOwner, type Owner } from './owner.js';
import { bufferFor } from './read-body.js';

/** What stands at a path. `other`: FIFO, socket, device. */
export type EntryKind = 'file' | 'directory' | 'symlink' | 'other';

/** The facts of lstat(2) and fstat(2) that this library uses. */
export interface FileStat {
  readonly kind: EntryKind;
  readonly size: number;
  readonly inode: bigint;
  /** Nanoseconds since 1970. */
  readonly modifiedNs: bigint;
}

/** One line of a directory. */
export interface DirectoryEntry {
  readonly name: string;
  /** `undefined` where the file system does not say. */
  readonly kind: EntryKind | undefined;
}

/** An open file or directory. Reads and writes may be short, as the system's are. */
export interface OpenFile {
  stat(): Promise<FileStat>;
  /** Bytes read into the start of `target`; 0 at the end. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Bytes of `bytes` written at `position`. */
  write(bytes: Uint8Array, position: number): Promise<number>;
  setModifiedNs(modifiedNs: bigint): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * `read`: an existing entry, never following a link, never waiting for a FIFO. `create`: a new file, for reading and
 * writing, failing when the name is taken. `directory`: to sync it.
 */
export type OpenMode = 'read' | 'create' | 'directory';

/** What {@link FileSystem.readFile} reads. */
export interface FileRange {
  readonly offset: number;
  readonly length: number;
}

/** What {@link FileSystem.readFile} found. */
export interface ReadFile {
  readonly stat: FileStat;
  /** As many as were asked for, or as `stat` says; `undefined` of what is no file, and where the file ended before. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * The one seam to the disk: every call the local backend and scratch files make, one system call each but for `readFile`, so that a test
 * can fail or stop any of them. Failures are Node's own, with an errno `code`.
 */
export interface FileSystem {
  /** In whose name temporaries and locks are made. */
  readonly owner: Owner;
  /** Whether the process that is `owner` still runs; `undefined` when that cannot be known from here. */
  isAlive(owner: Owner): boolean | undefined;
  open(path: string, mode: OpenMode): Promise<OpenFile>;
  /**
   * Opens a file as `read` does, and gives all of it, or `range`: at the start of `into`, where there is room. It changes nothing, so it is
   * one call.
   */
  readFile(path: string, into: Uint8Array | undefined, range?: FileRange): Promise<ReadFile>;
  lstat(path: string): Promise<FileStat>;
  readdir(path: string): Promise<readonly DirectoryEntry[]>;
  mkdir(path: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** A link whose target is `text`: a file with content made in one step, which is what a lock needs. */
  symlink(text: string, path: string): Promise<void>;
  readlink(path: string): Promise<string>;
}

const FLAGS: Readonly<Record<OpenMode, number>> = {
  read: constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
  directory: constants.O_RDONLY | constants.O_DIRECTORY,
};

/** Up to so much is read or written on this thread. */
const HERE_BYTES = 256 * 1024;

/** Of all file systems of this process: they share its thread pool. */
const callHere = createCallHere({ nowMs: () => performance.now(), nextTurn: () => setImmediate() });

const open = promisify(openPath);
const read = promisify(readBytes);
const write = promisify(writeFile);
const sync = promisify(fsync);
const setTimes = promisify(futimes);
const close = promisify(closeFile);

/** The disk of this machine. New files and directories get the mode the umask leaves. */
export const nodeFileSystem: FileSystem = {
  get owner() {
    return thisOwner();
  },
  isAlive,
  async open(path, mode) {
    const descriptor =
      mode === 'read'
        ? await callHere(
            () => openSync(path, FLAGS.read),
            () => open(path, FLAGS.read),
          )
        : await open(path, FLAGS[mode], 0o666);
    return openFile(descriptor, mode);
  },
  readFile: (path, into, range) =>
    callHere(
      () => readHere(path, into, range),
      () => readInPool(path, into, range),
    ),
  async lstat(path) {
    const stats = await callHere(
      () => lstatSync(path, { bigint: true }),
      () => lstat(path, { bigint: true }),
    );
    return fileStat(stats);
  },
  async readdir(path) {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, kind: entryKind(entry) }));
  },
  async mkdir(path) {
    await mkdir(path);
  },
  link,
  rename,
  unlink,
  symlink: (text, path) => symlink(text, path),
  readlink: (path) => readlink(path),
};

/** What is small on this thread, and what is not, as the open file tells, in the thread pool. */
function readHere(
  path: string,
  into: Uint8Array | undefined,
  range: FileRange | undefined,
): ReadFile | Promise<ReadFile> {
  const descriptor = openSync(path, FLAGS.read);
  let isOurs = true;
  try {
    const stat = fileStat(fstatSync(descriptor, { bigint: true }));
    if (stat.kind !== 'file') return { stat, bytes: undefined };
    const { offset, length } = range ?? { offset: 0, length: stat.size };
    if (length > HERE_BYTES) {
      isOurs = false;
      return readOpened(openFile(descriptor, 'read'), into, range);
    }
    const bytes = bufferFor(length, into);
    for (let done = 0; done < length; ) {
      const size = readSync(descriptor, bytes, done, length - done, offset + done);
      if (size === 0) return { stat, bytes: undefined };
      done += size;
    }
    return { stat, bytes };
  } finally {
    if (isOurs) closeSync(descriptor);
  }
}

async function readInPool(
  path: string,
  into: Uint8Array | undefined,
  range: FileRange | undefined,
): Promise<ReadFile> {
  return readOpened(openFile(await open(path, FLAGS.read), 'read'), into, range);
}

/** Closes the file, however that ends. */
async function readOpened(
  file: OpenFile,
  into: Uint8Array | undefined,
  range: FileRange | undefined,
): Promise<ReadFile> {
  try {
    const stat = await file.stat();
    if (stat.kind !== 'file') return { stat, bytes: undefined };
    const { offset, length } = range ?? { offset: 0, length: stat.size };
    return { stat, bytes: await readFully(file, offset, length, bufferFor(length, into)) };
  } finally {
    await file.close();
  }
}

function openFile(descriptor: number, mode: OpenMode): OpenFile {
  return {
    stat: async () => fileStat(fstatSync(descriptor, { bigint: true })),
    read(target, position) {
      const range = [target, 0, target.length, position] as const;
      const inPool = async () => (await read(descriptor, ...range)).bytesRead;
      return target.length > HERE_BYTES ? inPool() : callHere(() => readSync(descriptor, ...range), inPool);
    },
    write(bytes, position) {
      const range = [bytes, 0, bytes.length, position] as const;
      const inPool = async () => (await write(descriptor, ...range)).bytesWritten;
      return bytes.length > HERE_BYTES ? inPool() : callHere(() => writeSync(descriptor, ...range), inPool);
    },
    async setModifiedNs(modifiedNs) {
      const seconds = Number(modifiedNs) / 1e9;
      await setTimes(descriptor, seconds, seconds);
    },
    sync: () => sync(descriptor),
    async close() {
      // Only what was written may have to wait for a disk.
      if (mode === 'read') closeSync(descriptor);
      else await close(descriptor);
    },
  };
}

function fileStat(stats: BigIntStats): FileStat {
  return {
    kind: entryKind(stats) ?? 'other',
    size: Number(stats.size),
    inode: stats.ino,
    modifiedNs: stats.mtimeNs,
  };
}

/** The questions that both stat results and directory entries answer. */
interface KindTests {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
  isBlockDevice(): boolean;
  isCharacterDevice(): boolean;
}

function entryKind(entry: KindTests): EntryKind | undefined {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  if (entry.isSymbolicLink()) return 'symlink';
  const special = entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice();
  return special ? 'other' : undefined;
}
