import type { Arena, ColumnBuffer } from '@ticklake/columnar';
import type { MergeSource } from '@ticklake/merge';
import type { ColumnCursor, ParquetReader } from '@ticklake/parquet';
import { readKeys } from './key-columns.js';
import { createKeyQueue } from './key-queue.js';
import type { OpenFiles } from './open-files.js';
import type { FileRange } from './segments.js';

/** Columns of a range of a file, each read from its first row on. */
export interface RangeColumns {
  read(column: string, into: ColumnBuffer, rowCount: number): Promise<void> | undefined;
  /** Opens the file, and has the first rows of these columns ready to be read. */
  open(columns: readonly string[]): Promise<void>;
  /** The range is not read any further. */
  close(): void;
}

/** The columns of `range`; the file is opened when they are first read. */
export function rangeColumns(files: OpenFiles, range: Pick<FileRange, 'file' | 'rowGroup'>): RangeColumns {
  const cursors = new Map<string, ColumnCursor>();
  let reader: ParquetReader | undefined;
  const fail = (error: unknown): never => {
    throw files.named(range.file, error);
  };
  const cursorOf = (opened: ParquetReader, name: string): ColumnCursor => {
    let cursor = cursors.get(name);
    if (cursor === undefined) cursors.set(name, (cursor = opened.column(name, range)));
    return cursor;
  };
  const columns: RangeColumns = {
    read(name, into, rowCount) {
      if (reader === undefined) {
        return files.reader(range.file).then((opened) => {
          reader = opened;
          return columns.read(name, into, rowCount);
        });
      }
      try {
        return cursorOf(reader, name).read(into, rowCount)?.catch(fail);
      } catch (error) {
        return fail(error);
      }
    },
    async open(names) {
      reader ??= await files.reader(range.file);
      try {
        for (const name of names) await cursorOf(reader, name).open();
      } catch (error) {
        fail(error);
      }
    },
    close() {
      for (const cursor of cursors.values()) cursor.close();
      cursors.clear();
      // Thousands of ranges outlive what they were read from.
      reader = undefined;
      files.release(range.file);
    },
  };
  return columns;
}

/** How {@link rangeSource} reads. */
export interface RangeSourceOptions {
  readonly arena: Arena;
  readonly name: string;
  readonly orderBy: readonly string[];
  /** Whether the first order column is decoded once, and read from its keys: only of rows of which those have been asked for. */
  readonly readsFromKeys?: boolean;
}

/** A range of a file as an input of a merge. */
export function rangeSource(
  files: OpenFiles,
  range: FileRange,
  { arena, name, orderBy, readsFromKeys = false }: RangeSourceOptions,
): MergeSource {
  const columns = rangeColumns(files, range);
  const queue = readsFromKeys ? createKeyQueue(arena) : undefined;
  return {
    name,
    rowCount: range.rowCount,
    lowerBound: range.min,
    upperBound: range.max,
    async *keys() {
      const reader = await files.reader(range.file);
      try {
        for await (const piece of readKeys(arena, reader, orderBy, range)) {
          queue?.put(piece.first, piece.rowCount);
          yield piece;
        }
      } catch (error) {
        throw files.named(range.file, error);
      }
    },
    read(column, into, rowCount) {
      if (queue === undefined || column !== orderBy[0]) return columns.read(column, into, rowCount);
      queue.read(into, rowCount);
      return undefined;
    },
    close() {
      columns.close();
      queue?.release();
      return Promise.resolve();
    },
  };
}
