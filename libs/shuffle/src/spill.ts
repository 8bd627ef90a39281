import type { Column, Field } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { createScratchFile, type FileSystem, type ScratchFile, type SealedScratch } from '@ticklake/storage';
import { blockReader, blockWriter } from './spill-block.js';
import { spillColumn, type SpillColumn } from './spill-column.js';

/** Rows that were put to a {@link Spill} together. */
export interface SpilledRows {
  readonly offset: number;
  readonly rowCount: number;
  /** Of them on disk; 0 in memory. */
  readonly sizeBytes: number;
}

/**
 * Rows on their way from sources to partitions: one local file, whatever the number of partitions, since what is put to it is found again
 * by its place. Its bytes are values side by side, column after column; that they come back as they went in is proved where the rows of a
 * published file add up to those of its sources.
 */
export interface Spill {
  /** Appends rows, a column for each field. One put at a time. */
  put(rowCount: number, columns: readonly Column[]): Promise<SpilledRows>;
  /** No rows are put any more; all are read from now on. */
  seal(): Promise<void>;
  /** Rows that were put. */
  read(rows: SpilledRows): Promise<readonly Column[]>;
  /** Removes the file. Idempotent. */
  dispose(): Promise<void>;
}

/**
 * A spill of rows of flat `fields`, in a scratch file in `directory`. Byte strings that come as codes are written and read as codes, with
 * only those entries of their dictionary that the rows have, once each; everything else as plain values.
 *
 * @throws LakeError `invalid` (`NESTED`) for a nested field; `unavailable` or `denied` when the disk refuses, then or later.
 */
export async function createSpill(
  directory: string,
  fields: readonly Field[],
  options: { readonly fileSystem?: FileSystem } = {},
): Promise<Spill> {
  const columns = fields.map(spillColumn);
  return new FileSpill(await createScratchFile(directory, options), columns);
}

/** A spill that holds its rows: for few of them, such as the bars of a day. */
export function createMemorySpill(): Spill {
  const parts: (readonly Column[])[] = [];
  return {
    put: (rowCount, columns) => Promise.resolve({ offset: parts.push(columns) - 1, rowCount, sizeBytes: 0 }),
    seal: () => Promise.resolve(),
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
  private sealed: SealedScratch | undefined;

  constructor(
    private readonly file: ScratchFile,
    private readonly columns: readonly SpillColumn[],
  ) {}

  async put(rowCount: number, columns: readonly Column[]): Promise<SpilledRows> {
    assert(columns.length === this.columns.length, 'rows have a column for each field');
    const ready = this.columns.map((own, i) => own.ready(columns[i] as Column, rowCount));
    const sizeBytes = ready.reduce((sum, column) => sum + column.sizeBytes, 0);
    const block = blockWriter(sizeBytes);
    for (const column of ready) column.write(block);
    assert(block.at === sizeBytes, 'rows take the bytes that they said');
    const rows = { offset: this.offset, rowCount, sizeBytes };
    await this.file.write(block.bytes);
    this.offset += sizeBytes;
    return rows;
  }

  async seal(): Promise<void> {
    this.sealed = await this.file.seal();
  }

  async read({ offset, rowCount, sizeBytes }: SpilledRows): Promise<readonly Column[]> {
    assert(this.sealed !== undefined, 'a spill is sealed before it is read');
    const bytes = await this.sealed.read(offset, sizeBytes, new Uint8Array(sizeBytes));
    const block = blockReader(bytes);
    return this.columns.map((column) => column.read(block, rowCount));
  }

  dispose(): Promise<void> {
    return this.file.dispose();
  }
}
