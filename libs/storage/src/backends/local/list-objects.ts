import { compareUtf8, mapBounded } from '@ticklake/core';
import { join } from 'node:path';
import { errnoOf } from '../../errno.js';
import type { DirectoryEntry, EntryKind } from '../../file-system.js';
import { isReservedName } from '../../key.js';
import type { Children, ObjectMeta } from '../../object-store.js';
import { statOf } from './put-object.js';
import { metaOf, type Volume } from './volume.js';

/** How many entries are looked up at once, and how many before the first is given out. */
const LOOKUPS = 16;
const AHEAD = 256;

/** Everything below `prefix`, which has been checked, in byte order of key. */
export async function* listObjects(
  volume: Volume,
  prefix: string,
): AsyncGenerator<ObjectMeta, void, undefined> {
  const entries = await readLevel(volume, prefix);
  for (let start = 0; start < entries.length; ) {
    const end = endOfFiles(entries, start);
    yield* await lookUp(volume, prefix, entries.slice(start, end));
    const directory = entries[end];
    if (directory?.kind === 'directory') yield* listObjects(volume, `${prefix}${directory.name}/`);
    start = directory?.kind === 'directory' ? end + 1 : end;
  }
}

/** One level below `prefix`, which has been checked. A directory without objects is not there. */
export async function childrenOf(volume: Volume, prefix: string): Promise<Children> {
  const entries = await readLevel(volume, prefix);
  const directories = entries.filter(({ kind }) => kind === 'directory');
  const files = entries.filter(({ kind }) => kind !== 'directory');
  const prefixes = directories.map(({ name }) => `${prefix}${name}/`);
  const holding = await mapBounded(prefixes, LOOKUPS, (below) => holdsObjects(volume, below));
  return {
    prefixes: prefixes.filter((_, index) => holding[index]),
    objects: await lookUp(volume, prefix, files),
  };
}

interface Entry {
  readonly name: string;
  readonly kind: EntryKind;
}

/**
 * Whatever has a name that is not reserved is listed, even if its name is no key or it is a link or a FIFO: reading
 * it fails then, and nothing is passed over in silence. Directories stand where their keys do: `a.b` before `a/…`.
 */
async function readLevel(volume: Volume, prefix: string): Promise<readonly Entry[]> {
  const directory = join(volume.root, prefix);
  const raw = await readDirectory(volume, directory);
  const entries: Entry[] = [];
  for (const { name, kind } of raw) {
    if (isReservedName(name)) continue;
    const known = isUndecodable(name) ? 'other' : (kind ?? (await statOf(volume, prefix + name))?.kind);
    if (known !== undefined) entries.push({ name, kind: known });
  }
  return entries.sort((a, b) => compareUtf8(sortName(a), sortName(b)));
}

/** A name that is not UTF-8 cannot be opened by its text, but it is there and somebody must be told. */
function isUndecodable(name: string): boolean {
  return name.includes('\ufffd');
}

function sortName({ name, kind }: Entry): string {
  return kind === 'directory' ? `${name}/` : name;
}

async function readDirectory(volume: Volume, directory: string): Promise<readonly DirectoryEntry[]> {
  try {
    return (await volume.directories.exists(trimmed(directory)))
      ? await volume.fileSystem.readdir(directory)
      : [];
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** `path.join` keeps the slash at the end of a prefix; directories are remembered without it. */
function trimmed(directory: string): string {
  return directory.length > 1 && directory.endsWith('/') ? directory.slice(0, -1) : directory;
}

function endOfFiles(entries: readonly Entry[], start: number): number {
  let end = start;
  while (end < entries.length && end - start < AHEAD && entries[end]?.kind !== 'directory') end++;
  return end;
}

/** What vanished since the directory was read is left out. */
async function lookUp(volume: Volume, prefix: string, entries: readonly Entry[]): Promise<ObjectMeta[]> {
  const metas = await mapBounded(entries, LOOKUPS, async ({ name }) => {
    if (isUndecodable(name)) return { key: prefix + name, size: 0, etag: 'unreadable', modifiedAtMs: 0 };
    const stat = await statOf(volume, prefix + name);
    return stat === undefined || stat.kind === 'directory' ? undefined : metaOf(prefix + name, stat);
  });
  return metas.filter((meta) => meta !== undefined);
}

async function holdsObjects(volume: Volume, prefix: string): Promise<boolean> {
  const entries = await readLevel(volume, prefix);
  if (entries.some(({ kind }) => kind !== 'directory')) return true;
  for (const { name } of entries) if (await holdsObjects(volume, `${prefix}${name}/`)) return true;
  return false;
}
