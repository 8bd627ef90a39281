import { assert, isLakeError, LakeError } from '@ticklake/core';
import type { ParquetReader } from '@ticklake/parquet';

/** The files that one thread has open. */
export interface OpenFiles {
  /** The reader of a file, opened when it is first asked for. */
  reader(file: number): Promise<ParquetReader>;
  /** An error that came of reading a file, with the file's name where it tells of damage. */
  named(file: number, error: unknown): unknown;
  /** Begins to open a file that will be asked for, so that whoever asks need not wait for it; fails when it is asked for. */
  expect(file: number): void;
  /** One use of a file is over: with the last it is closed. */
  release(file: number): void;
  closeAll(): Promise<void>;
}

/** How files are opened. */
export interface OpenFilesOptions {
  /** How often each file will be released. */
  readonly uses: readonly number[];
  readonly nameOf: (file: number) => string;
}

/** No file open. */
export function createOpenFiles(
  open: (file: number) => Promise<ParquetReader>,
  { uses, nameOf }: OpenFilesOptions,
): OpenFiles {
  const left = [...uses];
  const readers = new Map<number, ParquetReader>();
  const expected = new Map<number, Promise<ParquetReader>>();
  const named = (file: number, error: unknown): unknown => {
    if (!isLakeError(error, 'corrupt') || 'source' in error.details) return error;
    const { code, message, details, cause } = error;
    return new LakeError('corrupt', message, { code, details: { source: nameOf(file), ...details }, cause });
  };
  return {
    async reader(file) {
      let reader = readers.get(file);
      if (reader !== undefined) return reader;
      try {
        reader = await (expected.get(file) ?? open(file));
      } catch (error) {
        throw named(file, error);
      }
      assert(!readers.has(file), 'a file is opened by one asker at a time');
      expected.delete(file);
      readers.set(file, reader);
      return reader;
    },
    expect(file) {
      if (readers.has(file) || expected.has(file)) return;
      const opening = open(file);
      // It may be that nobody asks any more.
      opening.catch(() => undefined);
      expected.set(file, opening);
    },
    named,
    release(file) {
      const usesLeft = (left[file] as number) - 1;
      assert(usesLeft >= 0, 'a file is released once for every use');
      left[file] = usesLeft;
      if (usesLeft > 0) return;
      readers.get(file)?.close();
      readers.delete(file);
    },
    async closeAll() {
      for (const reader of readers.values()) reader.close();
      readers.clear();
      for (const outcome of await Promise.allSettled(expected.values())) {
        if (outcome.status === 'fulfilled') outcome.value.close();
      }
      expected.clear();
    },
  };
}
