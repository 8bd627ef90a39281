import { allocFixed, isFixedType, type Field, type FixedColumn, type FixedValues } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { createScratchFile, type ScratchFile, type SealedScratch } from '@ticklake/storage';

/** Rows that were put to a {@link Spill} together. */
export interface SpilledRows {
  readonly offset: number;
  readonly rowCount: number;
}

/**
 * Rows on their way from sources to partitions: one local file, whatever the number of partitions, since what is put to it is found again
 * by its place. Its bytes are values side by side, column after column; that they come back as they went in is proved where the rows of a
 * published file add up to those of its sources.
 */
export interface Spill {
  /** Appends rows, a column for each field. */
  put(rowCount: number, columns: readonly FixedColumn[]): Promise<SpilledRows>;
  /** No rows are put any more; all are read from now on. */
  seal(): Promise<void>;
  /** Rows that were put. */
  read(rows: SpilledRows): Promise<readonly FixedColumn[]>;
  /** Removes the file. Idempotent. */
  dispose(): Promise<void>;
}

/** Values begin at multiples of it. */
const ALIGN_BYTES = 8;

/** A spill of rows of `fields`, in a scratch file in `directory`. @throws LakeError `unavailable` or `denied` when the disk refuses. */
export async function createSpill(directory: string, fields: readonly Field[]): Promise<Spill> {
  return new FileSpill(await createScratchFile(directory), fields.map(placeOf));
}

/** A spill that holds its rows: for few of them, such as the bars of a day. */
export function createMemorySpill(): Spill {
  const parts: (readonly FixedColumn[])[] = [];
  return {
    put: (rowCount, columns) => Promise.resolve({ offset: parts.push(columns) - 1, rowCount }),
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

interface SpillColumn {
  readonly nullable: boolean;
  readonly width: number;
  view(bytes: Uint8Array, start: number, rowCount: number): FixedValues;
}

function placeOf({ type, nullable }: Field): SpillColumn {
  assert(isFixedType(type), 'the values of a unified dataset have a fixed width');
  const sample = allocFixed(type, 0);
  const ArrayType = sample.constructor as new (
    buffer: ArrayBufferLike,
    at: number,
    count: number,
  ) => FixedValues;
  return {
    nullable,
    width: sample.BYTES_PER_ELEMENT,
    view: (bytes, start, rowCount) => new ArrayType(bytes.buffer, bytes.byteOffset + start, rowCount),
  };
}

class FileSpill implements Spill {
  private offset = 0;
  private sealed: SealedScratch | undefined;

  constructor(
    private readonly file: ScratchFile,
    private readonly columns: readonly SpillColumn[],
  ) {}

  async put(rowCount: number, columns: readonly FixedColumn[]): Promise<SpilledRows> {
    const bytes = new Uint8Array(this.sizeOf(rowCount));
    let at = 0;
    this.columns.forEach(({ nullable, width }, i) => {
      const { values, validity } = columns[i] as FixedColumn;
      bytes.set(new Uint8Array(values.buffer, values.byteOffset, rowCount * width), at);
      at += padded(rowCount * width);
      if (nullable) {
        if (validity === undefined) bytes.fill(1, at, at + rowCount);
        else bytes.set(validity.subarray(0, rowCount), at);
        at += padded(rowCount);
      }
    });
    const rows = { offset: this.offset, rowCount };
    await this.file.write(bytes);
    this.offset += bytes.length;
    return rows;
  }

  async seal(): Promise<void> {
    this.sealed = await this.file.seal();
  }

  async read({ offset, rowCount }: SpilledRows): Promise<readonly FixedColumn[]> {
    assert(this.sealed !== undefined, 'a spill is sealed before it is read');
    const sizeBytes = this.sizeOf(rowCount);
    const bytes = await this.sealed.read(offset, sizeBytes, new Uint8Array(sizeBytes));
    let at = 0;
    return this.columns.map(({ nullable, width, view }): FixedColumn => {
      const values = view(bytes, at, rowCount);
      at += padded(rowCount * width);
      const validity = nullable ? bytes.subarray(at, at + rowCount) : undefined;
      if (nullable) at += padded(rowCount);
      return { layout: 'fixed', values, validity: validity?.includes(0) === true ? validity : undefined };
    });
  }

  dispose(): Promise<void> {
    return this.file.dispose();
  }

  private sizeOf(rowCount: number): number {
    const sizes = this.columns.map(
      ({ nullable, width }) => padded(rowCount * width) + (nullable ? padded(rowCount) : 0),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / ALIGN_BYTES) * ALIGN_BYTES;
}
