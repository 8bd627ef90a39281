import { assert } from '@ticklake/core';
import type { ParquetReader } from '@ticklake/parquet';

/** The files that one thread has open. */
export interface OpenFiles {
  /** The reader of a file, opened when it is first asked for. */
  reader(file: number): Promise<ParquetReader>;
  /** One use of a file is over: with the last it is closed. */
  release(file: number): void;
  closeAll(): void;
}

/** No file open. `uses` tells how often each file will be released. */
export function createOpenFiles(
  open: (file: number) => Promise<ParquetReader>,
  { uses }: { readonly uses: readonly number[] },
): OpenFiles {
  const left = [...uses];
  const readers = new Map<number, ParquetReader>();
  return {
    async reader(file) {
      let reader = readers.get(file);
      if (reader !== undefined) return reader;
      reader = await open(file);
      assert(!readers.has(file), 'a file is opened by one asker at a time');
      readers.set(file, reader);
      return reader;
    },
    release(file) {
      left[file] = (left[file] as number) - 1;
      if (left[file] > 0) return;
      readers.get(file)?.close();
      readers.delete(file);
    },
    closeAll() {
      for (const reader of readers.values()) reader.close();
      readers.clear();
    },
  };
}
