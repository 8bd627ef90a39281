import type { Column, Field } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import {
  createSpillFile,
  openSpillFile,
  type FileSystem,
  type SealedSpill,
  type SpillFile,
} from '@ticklake/storage';
import { blockReader, blockWriter } from './spill-block.js';
import type { SpillColumn } from './spill-column.js';
import { spillColumn } from './spill-columns.js';

/** Rows that were put to a {@link Spill} together. */
export interface SpilledRows {
  readonly offset: number;
  readonly rowCount: number;
  /** Of them on disk; 0 in memory. */
  readonly sizeBytes: number;
}

/**
 * Rows on their way from sources to partitions: one local file, whatever the number of partitions, since what is put to it is found again
 * by its place. Its bytes are values side by side, column after column, integers of 64 bits in half of them where that says the same. That
 * rows come back as they went in is proved where those of a published file add up to those of its sources.
 */
export interface Spill {
  /** Appends rows, a column for each field. One put at a time. */
  put(rowCount: number, columns: readonly Column[]): Promise<SpilledRows>;
  /** No rows are put any more; all are read from now on. */
  seal(): Promise<void>;
  /**
   * Rows that were put.
   *
   * @param into - Where they may be put to; rows that were read into it before are gone then.
   */
  read(rows: SpilledRows, into?: SpillRoom): Promise<readonly Column[]>;
  /** Where its file is, once it is sealed; `undefined` where there is none. */
  readonly path: string | undefined;
  /** Removes the file. Idempotent. */
  dispose(): Promise<void>;
}

/** Memory for rows of one read after another. */
export type SpillRoom = ReturnType<typeof createSpillRoom>;

/** Memory that grows to what the most rows took that were read into it. */
export function createSpillRoom() {
  return {
    /** For their bytes as they stand in the file. */
    block: growingBytes(),
    /** For values that stand there in fewer bytes. */
    values: growingBytes(),
  };
}

/** So many bytes, of whatever was there before. */
function growingBytes() {
  let bytes = new Uint8Array(0);
  return (sizeBytes: number): Uint8Array<ArrayBuffer> => {
    if (bytes.length < sizeBytes) bytes = new Uint8Array(sizeBytes);
    return bytes.subarray(0, sizeBytes);
  };
}

/**
 * A spill of rows of flat `fields`, in a scratch file in `directory`. Byte strings that come as codes are written and read as codes, with
 * only those entries of their dictionary that the rows have, once each; 64-bit integers in half of their bytes where those of a put are near
 * each other, everything else as plain values.
 *
 * @throws LakeError `invalid` (`NESTED`) for a nested field; `unavailable` or `denied` when the disk refuses, then or later.
 */
export async function createSpill(
  directory: string,
  fields: readonly Field[],
  options: { readonly fileSystem?: FileSystem } = {},
): Promise<Spill> {
  const columns = fields.map(spillColumn);
  return new FileSpill(await createSpillFile(directory, options), columns);
}

/** What reads a sealed spill. */
export type SpillReader = Pick<Spill, 'read'>;

/**
 * A sealed spill once more, by the {@link Spill.path} of its file: another thread reads what one has put.
 *
 * @throws LakeError `missing` where it is not there any more; `unavailable` or `denied` when the disk refuses, then or later.
 */
export async function openSpill(
  path: string,
  fields: readonly Field[],
): Promise<SpillReader & { close(): Promise<void> }> {
  const columns = fields.map(spillColumn);
  const file = await openSpillFile(path);
  return { read: (rows, into) => readRows({ file, columns }, rows, into), close: () => file.close() };
}

/** A spill that holds its rows: for few of them, such as the bars of a day. */
export function createMemorySpill(): Spill {
  const parts: (readonly Column[])[] = [];
  return {
    put: (rowCount, columns) => Promise.resolve({ offset: parts.push(columns) - 1, rowCount, sizeBytes: 0 }),
    seal: () => Promise.resolve(),
    path: undefined,
    read({ offset }) {
      const columns = parts[offset];
      assert(columns !== undefined, 'rows are read that were put');
      return Promise.resolve(columns);
    },
    dispose() {
      parts.length = 0;
      return Promise.resolve();
    },
  };
}

class FileSpill implements Spill {
  private offset = 0;
  private sealed: SealedSpill | undefined;
  private readonly room = growingBytes();

  constructor(
    private readonly file: SpillFile,
    private readonly columns: readonly SpillColumn[],
  ) {}

  get path(): string | undefined {
    return this.sealed?.path;
  }

  async put(rowCount: number, columns: readonly Column[]): Promise<SpilledRows> {
    assert(columns.length === this.columns.length, 'rows have a column for each field');
    const ready = this.columns.map((own, i) => own.ready(columns[i] as Column, rowCount));
    const block = blockWriter(this.room(ready.reduce((sum, column) => sum + column.bytesMax, 0)));
    for (const column of ready) column.write(block);
    const { bytes, at: sizeBytes } = block;
    assert(sizeBytes <= bytes.length, 'rows take no more bytes than they said');
    const rows = { offset: this.offset, rowCount, sizeBytes };
    await this.file.write(bytes.subarray(0, sizeBytes));
    this.offset += sizeBytes;
    return rows;
  }

  async seal(): Promise<void> {
    this.sealed = await this.file.seal();
  }

  async read(rows: SpilledRows, into?: SpillRoom): Promise<readonly Column[]> {
    const { sealed: file, columns } = this;
    assert(file !== undefined, 'a spill is sealed before it is read');
    return readRows({ file, columns }, rows, into);
  }

  dispose(): Promise<void> {
    return this.file.dispose();
  }
}

async function readRows(
  { file, columns }: { readonly file: SealedSpill; readonly columns: readonly SpillColumn[] },
  { offset, rowCount, sizeBytes }: SpilledRows,
  into = createSpillRoom(),
): Promise<readonly Column[]> {
  const block = blockReader(await file.read(offset, sizeBytes, into.block(sizeBytes)));
  const widened = blockReader(
    into.values(columns.reduce((sum, column) => sum + column.widenedBytes(rowCount), 0)),
  );
  return columns.map((column) => column.read(block, rowCount, widened));
}
