import { createHash } from 'node:crypto';
import { bytesSource, isLakeError, LakeError } from '@ticklake/core';
import { gunzip, readLines, type Line } from '@ticklake/jsonl';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { GUNZIP, HOUR_FILE_BYTES_MAX, LINES } from '../limits.js';
import type { ArchiveFile } from './archive-day.js';

/** The bytes of an hour, as they are stored. */
export interface HourBytes {
  readonly object: ObjectMeta;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * Gets an hour, whole. `into` is memory to put it in, where that is large enough.
 *
 * @throws LakeError `corrupt` (`LIMIT`) when it is larger than any; what the store throws.
 */
export async function getHour(
  archive: ObjectStore,
  { object }: ArchiveFile,
  into?: Uint8Array,
): Promise<HourBytes> {
  if (object.size > HOUR_FILE_BYTES_MAX) {
    throw new LakeError('corrupt', 'an hour of the archive is too large', {
      code: 'LIMIT',
      details: { file: object.key, sizeBytes: object.size, max: HOUR_FILE_BYTES_MAX },
    });
  }
  const { meta, bytes } = await archive.get(object.key, into);
  return { object: meta, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** The lines of an hour. @throws LakeError `corrupt` as `gunzip` and `readLines`. */
export function hourLines({ bytes }: Pick<HourBytes, 'bytes'>): AsyncGenerator<Line> {
  return readLines(gunzip(bytesSource(bytes), GUNZIP), LINES);
}

/** Whether a failure means that an hour is not all there, or not yet: somebody may still be writing it (C-24). */
export function isUnfinished(error: unknown): boolean {
  return isLakeError(error, 'corrupt') && error.code === 'TRUNCATED';
}

/** Whether a failure is one of the bytes of the file, whose lines before it can be read. */
export function isDamage(error: unknown): boolean {
  return (
    isUnfinished(error) ||
    (isLakeError(error, 'corrupt') && /^(GZIP_CORRUPT|BAD_MAGIC)$/.test(error.code ?? ''))
  );
}

/** A failure with the file that it concerns. */
export function inFile(error: unknown, file: string): unknown {
  if (!isLakeError(error, 'corrupt')) return error;
  const { code, message, details, cause } = error;
  return new LakeError('corrupt', message, { code, details: { file, ...details }, cause });
}

/** Whether an hour reads to its end. @throws LakeError what is wrong with it otherwise. */
export async function isWhole(hour: HourBytes): Promise<boolean> {
  try {
    const lines = hourLines(hour);
    while (!(await lines.next()).done);
    return true;
  } catch (error) {
    if (isUnfinished(error)) return false;
    throw inFile(error, hour.object.key);
  }
}
