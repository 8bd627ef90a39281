import { statfs } from 'node:fs/promises';
import { diskError } from './errno.js';

/** What is left on the volume of a path, for a process without privileges. */
export interface VolumeSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly freeInodes: number;
  /** 0 where the file system makes inodes as they are needed. */
  readonly totalInodes: number;
}

/** statfs(2) of `path`, which has to exist. @throws LakeError `missing`, `denied` or `unavailable`. */
export async function volumeSpace(path: string): Promise<VolumeSpace> {
  try {
    const { bavail, blocks, bsize, ffree, files } = await statfs(path);
    return {
      freeBytes: bavail * bsize,
      totalBytes: blocks * bsize,
      freeInodes: ffree,
      totalInodes: files,
    };
  } catch (error) {
    throw diskError(error, { path });
  }
}
