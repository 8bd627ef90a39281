import type { ByteSource } from '@ticklake/core';
import type { FileStat } from '../file-system.js';

/** Where a sealed scratch file lies, and what it was when it was sealed. */
export interface SealedFile {
  readonly path: string;
  readonly stat: FileStat;
}

const sealedFiles = new WeakMap<object, SealedFile>();

/** Lets the local backend link `source` instead of copying it. Wrapped sources are not known here and are copied. */
export function rememberSealed(source: ByteSource, file: SealedFile): void {
  sealedFiles.set(source, file);
}

/** The file behind `body` when it is a sealed scratch file itself. */
export function sealedFileOf(body: object): SealedFile | undefined {
  return sealedFiles.get(body);
}
