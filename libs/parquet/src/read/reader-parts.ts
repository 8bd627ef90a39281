import type { Field, NestedShape } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { ChunkMeta } from '../format/metadata.js';
import type { PassingPage } from './chunk-reader.js';
import type { ColumnCursor } from './column-cursor.js';
import type { HeldChunks } from './held-chunks.js';
import type { ParquetReader } from './open-parquet.js';
import type { Leaf } from './schema-tree.js';

/** What this library knows of an open file and does not show. Internal. */
export interface ReaderParts {
  /** What the footer tells of a column in a row group. @throws LakeError `invalid` where there is none. */
  storedColumn(name: string, rowGroup: number): StoredChunks;
}

/** A column of one row group. */
export interface StoredChunks {
  readonly field: Field;
  /** How leaves fit together; `undefined` for a flat column. */
  readonly shape: NestedShape | undefined;
  readonly leaves: readonly Leaf[];
  /** One for each leaf. */
  readonly chunks: readonly ChunkMeta[];
  /** Reads them all. */
  hold(): Promise<HeldChunks>;
  /**
   * A cursor at the first row of a flat column, which shows every page it opens. `held`: where its bytes are at hand; it is closed before
   * they are released.
   */
  openCursor(onPage: (page: PassingPage) => void, held?: HeldChunks): ColumnCursor;
}

/** Where a reader of this library has its parts. A map beside it, however weak, would keep what is short-lived for long. Internal. */
export const PARTS = Symbol('parts');

/** A reader of this library. Internal. */
export interface OwnReader extends ParquetReader {
  readonly [PARTS]: ReaderParts;
}

/** The parts of a reader that this library made. Internal. */
export function partsOf(reader: ParquetReader): ReaderParts {
  const { [PARTS]: parts } = reader as Partial<OwnReader>;
  if (parts === undefined)
    throw new LakeError('invalid', 'pages are copied from readers of this library only');
  return parts;
}
