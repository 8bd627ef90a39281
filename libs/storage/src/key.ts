import { LakeError } from '@ticklake/core';

/** Names below a prefix that the local backend keeps for itself: temporaries and locks. */
const RESERVED = ['.tmp-', '.lock-'] as const;

const SEGMENT_BYTES_MAX = 200;
const KEY_BYTES_MAX = 900;

/** Letters, marks, numbers, punctuation, symbols and the plain space: no controls, no format characters, no surrogates. */
const ALLOWED = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]+$/u;

/** The backslash is a separator elsewhere; U+FFFD is what bytes that are not UTF-8 decode to. */
const FORBIDDEN = /[\\\ufffd]/;

/**
 * Returns `key` when every backend can hold it, and hold it apart from every other key: segments joined by single
 * slashes, none empty, `.` or `..`, none reserved (`.tmp-…`, `.lock-…`), at most 200 bytes of UTF-8 each and 900 in
 * all; characters are those of `ALLOWED` above, so `:` `=` `%` `+` `@` and spaces are fine and a dotfile is a key.
 *
 * @throws LakeError `invalid` (`NAME`) for any other text.
 */
export function checkKey(key: string): string {
  const problem = problemOf(key);
  if (problem === undefined) return key;
  throw new LakeError('invalid', `not an object key: ${problem}`, {
    code: 'NAME',
    details: { key: JSON.stringify(key.slice(0, KEY_BYTES_MAX)) },
  });
}

/**
 * Returns `prefix` when it is `''` or a key followed by `/`. Half segments are refused, so `foo/ba` never lists `foo/bar`.
 *
 * @throws LakeError `invalid` (`NAME`) for any other text.
 */
export function checkPrefix(prefix: string): string {
  if (prefix === '') return prefix;
  if (!prefix.endsWith('/')) {
    throw new LakeError('invalid', 'a prefix is empty or ends in a slash', {
      code: 'NAME',
      details: { prefix: JSON.stringify(prefix.slice(0, KEY_BYTES_MAX)) },
    });
  }
  checkKey(prefix.slice(0, -1));
  return prefix;
}

/** Whether a file of this name belongs to the local backend and is no object. */
export function isReservedName(name: string): boolean {
  return RESERVED.some((start) => name.startsWith(start));
}

/** The directory, with its slash, of the last key that had no problem: thousands of keys in a row have the same. */
let knownDirectory = '';

function problemOf(key: string): string | undefined {
  // A character is three bytes at most.
  if (key.length * 3 > KEY_BYTES_MAX && Buffer.byteLength(key) > KEY_BYTES_MAX)
    return 'longer than 900 bytes';
  const { length } = knownDirectory;
  if (key.startsWith(knownDirectory) && !key.includes('/', length))
    return problemOfSegment(key.slice(length));
  for (const segment of key.split('/')) {
    const problem = problemOfSegment(segment);
    if (problem !== undefined) return problem;
  }
  knownDirectory = key.slice(0, key.lastIndexOf('/') + 1);
  return undefined;
}

/** What nearly every name is: nothing to look closer at. */
const PLAIN = /^[\w=-][\w=.-]{0,99}$/;

function problemOfSegment(segment: string): string | undefined {
  if (PLAIN.test(segment)) return undefined;
  if (segment === '') return 'an empty segment';
  if (segment === '.' || segment === '..') return 'a relative segment';
  if (isReservedName(segment)) return 'a reserved segment';
  if (Buffer.byteLength(segment) > SEGMENT_BYTES_MAX) return 'a segment longer than 200 bytes';
  return !ALLOWED.test(segment) || FORBIDDEN.test(segment) ? 'a character that keys may not hold' : undefined;
}
