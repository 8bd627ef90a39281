import { LakeError } from '@ticklake/core';
import type { FileSystem, OpenFile } from './file-system.js';

/** Writes all of `bytes` at `position`, however short the single writes are. */
export async function writeFully(file: OpenFile, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const written = await file.write(bytes.subarray(done), position + done);
    if (written <= 0) throw new LakeError('unavailable', 'the disk accepted no bytes');
    done += written;
  }
}

/** Exactly `length` bytes from `position`, at the start of `into`; `undefined` when the file ends before. */
export async function readFully(
  file: OpenFile,
  position: number,
  length: number,
  into: Uint8Array = new Uint8Array(length),
): Promise<Uint8Array | undefined> {
  const bytes = into.subarray(0, length);
  for (let done = 0; done < length; ) {
    const read = await file.read(bytes.subarray(done), position + done);
    if (read === 0) return undefined;
    done += read;
  }
  return bytes;
}

/** Makes what was created, renamed or removed in `directory` survive a power cut. */
export async function syncDirectory(fileSystem: FileSystem, directory: string): Promise<void> {
  const handle = await fileSystem.open(directory, 'directory');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The error of a read that asks for bytes outside `size`; `undefined` when the range is inside. */
export function rangeError(
  { offset, length, size }: { offset: number; length: number; size: number },
  details: Readonly<Record<string, unknown>>,
): LakeError | undefined {
  if (offset >= 0 && length >= 0 && offset + length <= size) return undefined;
  return new LakeError('corrupt', 'read past the end', {
    code: 'TRUNCATED',
    details: { ...details, offset, length, size },
  });
}
