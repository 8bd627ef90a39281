import { thisOwner } from '../owner.js';
import { bufferFor } from '../read-body.js';
import type { EntryKind, FileStat, FileSystem, OpenFile } from '../file-system.js';

/**
 * What a power cut leaves of work that was not synced: `nothing` of it; or the `names` but not the bytes, which is what
 * a journal of metadata does when an unrelated fsync flushes it; or `everything`, when the system had just written it
 * all back, which makes a copy of the disk as it is.
 */
export type PowerCutLeaves = 'nothing' | 'names' | 'everything';

/** A disk in memory that tells apart what programs see and what would survive. */
export interface PowerCutFileSystem extends FileSystem {
  /** The disk after the power came back. Handles of before are not to be used. */
  powerCut(leaves: PowerCutLeaves): PowerCutFileSystem;
}

/**
 * An empty disk in memory, `/` only. Bytes survive a power cut once their file was synced, names once their directory
 * was. Modification times come from a counter, so two versions never share one.
 */
export function powerCutFileSystem(): PowerCutFileSystem {
  return fileSystemOver(newNode('directory', 1n));
}

interface Node {
  readonly kind: EntryKind;
  readonly inode: bigint;
  modifiedNs: bigint;
  bytes: Uint8Array;
  syncedBytes: Uint8Array;
  /** Of a symbolic link. */
  target: string;
  names: Map<string, Node>;
  syncedNames: Map<string, Node>;
}

let inodes = 1n;
let ticks = 1_700_000_000_000_000_000n;

function fileSystemOver(root: Node): PowerCutFileSystem {
  const add = (path: string, node: Node) => {
    const { parent, name } = parentOf(root, path);
    if (parent.names.has(name)) throw errno('EEXIST', path);
    parent.names.set(name, node);
  };
  const remove = (path: string): Node => {
    const node = find(root, path);
    if (node.kind === 'directory') throw errno('EISDIR', path);
    const { parent, name } = parentOf(root, path);
    parent.names.delete(name);
    return node;
  };
  return {
    owner: thisOwner(),
    isAlive: (owner) => owner.startTicks === thisOwner().startTicks,
    open: async (path, mode) => {
      if (mode === 'create') add(path, newNode('file', ++inodes));
      const node = find(root, path);
      if (node.kind === 'symlink') throw errno('ELOOP', path);
      if (mode === 'directory' && node.kind !== 'directory') throw errno('ENOTDIR', path);
      return openNode(node);
    },
    readFile: async (path, into, range) => {
      const node = find(root, path);
      if (node.kind === 'symlink') throw errno('ELOOP', path);
      if (node.kind !== 'file') return { stat: statOf(node), bytes: undefined };
      const { offset, length } = range ?? { offset: 0, length: node.bytes.length };
      if (offset + length > node.bytes.length) return { stat: statOf(node), bytes: undefined };
      const bytes = bufferFor(length, into);
      bytes.set(node.bytes.subarray(offset, offset + length));
      return { stat: statOf(node), bytes };
    },
    lstat: async (path) => statOf(find(root, path)),
    readdir: async (path) =>
      [...find(root, path, 'directory').names].map(([name, { kind }]) => ({ name, kind })),
    mkdir: async (path) => add(path, newNode('directory', ++inodes)),
    link: async (existing, path) => add(path, find(root, existing)),
    rename: async (from, to) => {
      find(root, from);
      const { parent, name } = parentOf(root, to);
      parent.names.set(name, remove(from));
    },
    unlink: async (path) => void remove(path),
    symlink: async (text, path) => add(path, { ...newNode('symlink', ++inodes), target: text }),
    readlink: async (path) => find(root, path, 'symlink').target,
    powerCut: (leaves) => fileSystemOver(survivorOf(root, leaves, new Map())),
  };
}

function openNode(node: Node): OpenFile {
  return {
    stat: async () => statOf(node),
    read: async (target, position) => {
      const bytes = node.bytes.subarray(position, position + target.length);
      target.set(bytes);
      return bytes.length;
    },
    write: async (bytes, position) => {
      const grown = new Uint8Array(Math.max(node.bytes.length, position + bytes.length));
      grown.set(node.bytes);
      grown.set(bytes, position);
      node.bytes = grown;
      node.modifiedNs = ++ticks;
      return bytes.length;
    },
    setModifiedNs: async (modifiedNs) => {
      node.modifiedNs = modifiedNs;
    },
    sync: async () => {
      node.syncedBytes = node.bytes;
      node.syncedNames = new Map(node.names);
    },
    close: async () => undefined,
  };
}

/** Links to one node stay links to one node. */
function survivorOf(node: Node, leaves: PowerCutLeaves, done: Map<Node, Node>): Node {
  const known = done.get(node);
  if (known !== undefined) return known;
  const names = leaves === 'nothing' ? node.syncedNames : node.names;
  const bytes = leaves === 'everything' ? node.bytes : node.syncedBytes;
  const survivor = { ...node, bytes, syncedBytes: bytes, names: new Map<string, Node>() };
  done.set(node, survivor);
  for (const [name, below] of names) survivor.names.set(name, survivorOf(below, leaves, done));
  survivor.syncedNames = new Map(survivor.names);
  return survivor;
}

function newNode(kind: EntryKind, inode: bigint): Node {
  const none = new Uint8Array();
  return {
    kind,
    inode,
    modifiedNs: ++ticks,
    bytes: none,
    syncedBytes: none,
    target: '',
    names: new Map(),
    syncedNames: new Map(),
  };
}

function find(root: Node, path: string, kind?: EntryKind): Node {
  let node = root;
  for (const name of path.split('/').filter((part) => part !== '')) {
    if (node.kind !== 'directory') throw errno('ENOTDIR', path);
    const below = node.names.get(name);
    if (below === undefined) throw errno('ENOENT', path);
    node = below;
  }
  if (kind !== undefined && node.kind !== kind)
    throw errno(kind === 'directory' ? 'ENOTDIR' : 'EINVAL', path);
  return node;
}

function parentOf(root: Node, path: string): { readonly parent: Node; readonly name: string } {
  const slash = path.lastIndexOf('/');
  return { parent: find(root, path.slice(0, slash), 'directory'), name: path.slice(slash + 1) };
}

function statOf({ kind, inode, modifiedNs, bytes }: Node): FileStat {
  return { kind, inode, modifiedNs, size: bytes.length };
}

function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, syscall: 'simulated', path });
}
