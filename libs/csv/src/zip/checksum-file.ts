import { basename } from 'node:path';
import { corrupt } from '../corrupt.js';

/**
 * The SHA-256 in a `.CHECKSUM` file as `sha256sum` writes it: 64 digits and the name of the file.
 *
 * @param fileName - The file that it should be of; its folder does not matter.
 * @throws LakeError `corrupt` (`BAD_MAGIC`) for other text, or for another file's.
 */
export function parseChecksum(text: string, fileName: string): string {
  const match = /^([0-9a-fA-F]{64})[ \t]+\*?(\S+)\s*$/.exec(text);
  if (match?.[1] !== undefined && basename(match[2] ?? '') === basename(fileName))
    return match[1].toLowerCase();
  throw corrupt('BAD_MAGIC', 'not a checksum of this file', { file: fileName, text: text.slice(0, 100) });
}
