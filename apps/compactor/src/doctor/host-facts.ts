import { isLakeError } from '@ticklake/core';
import { nodeFileSystem, volumeSpace, type FileSystem, type VolumeSpace } from '@ticklake/storage';

/** What `doctor` asks of the machine; tests answer with another one. */
export interface HostFacts {
  /** `v20.19.0` */
  readonly nodeVersion: string;
  /** Name of the time zone of the machine, e.g. `Europe/Istanbul`. */
  readonly timeZone: string;
  /** A clock that only goes forward, in milliseconds. */
  monotonicMs(): number;
  /** The beginning of a text file, as of /proc; `undefined` where there is none or it may not be read. */
  readText(path: string): Promise<string | undefined>;
  /** @throws LakeError `missing`, `denied` or `unavailable`. */
  volumeSpace(path: string): Promise<VolumeSpace>;
  readonly fileSystem: FileSystem;
}

/** Much more than any file that is asked for. */
const TEXT_BYTES_MAX = 256 * 1024;

/** This machine. */
export const nodeHostFacts: HostFacts = {
  nodeVersion: process.version,
  timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  monotonicMs: () => performance.now(),
  readText,
  volumeSpace,
  fileSystem: nodeFileSystem,
};

/** Whether anything is at `path`. @throws LakeError `denied` or `unavailable`. */
export async function isThere(facts: HostFacts, path: string): Promise<boolean> {
  try {
    await facts.volumeSpace(path);
    return true;
  } catch (error) {
    if (isLakeError(error, 'missing')) return false;
    throw error;
  }
}

/** Files of /proc say that they have no bytes, so they are read until they end. */
async function readText(path: string): Promise<string | undefined> {
  const bytes = new Uint8Array(TEXT_BYTES_MAX);
  let length = 0;
  try {
    const file = await nodeFileSystem.open(path, 'read');
    try {
      for (let count = -1; count !== 0 && length < bytes.length; length += count) {
        count = await file.read(bytes.subarray(length), length);
      }
    } finally {
      await file.close();
    }
  } catch {
    // What this machine does not tell is unknown, which is an answer.
    return undefined;
  }
  return new TextDecoder().decode(bytes.subarray(0, length));
}
