import { isLakeError, LakeError, type ErrorKind } from '@ticklake/core';

/**
 * The errno name of a failed system call, e.g. `ENOENT`; `undefined` for any other error.
 * Asks for the shape, not the class: errors of Node's core may come from another realm.
 */
export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('syscall' in error) || !('code' in error))
    return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * `error` as a LakeError of the kind that tells who acts; what is neither a failed system call nor a LakeError is a
 * bug (or a simulated crash) and is returned as it is.
 */
export function diskError(error: unknown, details: Readonly<Record<string, unknown>>): unknown {
  const errno = errnoOf(error);
  if (isLakeError(error) || errno === undefined) return error;
  const known = KINDS[errno];
  const [kind, message] = known ?? ['unavailable', 'the disk failed'];
  const code = kind === 'corrupt' ? 'NAME' : undefined;
  return new LakeError(kind, message, { code, cause: error, details: { ...details, errno } });
}

/** Everything that is not here (ENOSPC, EDQUOT, EIO, EMFILE, ENFILE, ESTALE, …) may work later: `unavailable`. */
const KINDS: Readonly<Record<string, readonly [ErrorKind, string]>> = {
  ENOENT: ['missing', 'nothing is there'],
  ENOTDIR: ['missing', 'nothing is there'],
  EACCES: ['denied', 'the file system denies access'],
  EPERM: ['denied', 'the file system denies access'],
  EROFS: ['denied', 'the file system is read-only'],
  ELOOP: ['corrupt', 'a symbolic link is not an object'],
  ENXIO: ['corrupt', 'a socket is not an object'],
  ENAMETOOLONG: ['invalid', 'the path is too long for this file system'],
  EISDIR: ['invalid', 'a directory stands at the key'],
};
