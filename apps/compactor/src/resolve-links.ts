import { dirname, join, resolve } from 'node:path';
import { LakeError } from '@ticklake/core';
import type { FileSystem } from '@ticklake/storage';

/** As many as the system follows. */
const LINKS_MAX = 40;

/**
 * The absolute `path` with every symbolic link in it followed. What is not there yet is taken as it is written.
 *
 * @throws LakeError `invalid` (`ROOTS`) for links that lead in a circle.
 */
export async function resolveLinks(fileSystem: FileSystem, path: string): Promise<string> {
  let found = '/';
  const left = resolve(path)
    .split('/')
    .filter((name) => name !== '');
  for (let links = 0, name = left.shift(); name !== undefined; name = left.shift()) {
    const at = join(found, name);
    const target = await linkTarget(fileSystem, at);
    if (target === undefined) {
      found = at;
      continue;
    }
    if (++links > LINKS_MAX) {
      throw new LakeError('invalid', 'symbolic links lead in a circle', { code: 'ROOTS', details: { path } });
    }
    left.unshift(
      ...resolve(dirname(at), target)
        .split('/')
        .filter((part) => part !== ''),
    );
    found = '/';
  }
  return found;
}

async function linkTarget(fileSystem: FileSystem, path: string): Promise<string | undefined> {
  try {
    const { kind } = await fileSystem.lstat(path);
    return kind === 'symlink' ? await fileSystem.readlink(path) : undefined;
  } catch {
    // Not there, or not to be looked at: whoever works there is told by the system.
    return undefined;
  }
}
