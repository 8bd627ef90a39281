import { copyWholeFile, type Copying } from './copy-whole-file.js';
import { readWholeFile, type Reading } from './read-whole-file.js';

/** Everything that is done with a file. */
export interface Trial {
  /** Of the file, batch by batch. */
  readonly reading: Reading;
  readonly copying: Copying;
  /** Of the copy; `undefined` when there is none. */
  readonly copyReading: Reading | undefined;
}

/** Reads a file, copies it, and reads the copy. Never fails. */
export async function tryFile(bytes: Uint8Array): Promise<Trial> {
  const reading = await readWholeFile(bytes);
  const copying = await copyWholeFile(bytes);
  const copyReading = copying.kind === 'copy' ? await readWholeFile(copying.bytes) : undefined;
  return { reading, copying, copyReading };
}
