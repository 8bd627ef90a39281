import type { Field, NestedShape } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { ChunkMeta } from '../format/metadata.js';
import type { PassingPage } from './chunk-reader.js';
import type { ColumnCursor } from './column-cursor.js';
import type { HeldChunks } from './held-chunks.js';
import type { ParquetReader } from './open-parquet.js';
import type { PageContext } from './page-walk.js';
import type { Leaf } from './schema-tree.js';

/** What this library knows of an open file and does not show. Internal. */
export interface ReaderParts {
  /** What the footer tells of a column in a row group. @throws LakeError `invalid` where there is none. */
  storedColumn(name: string, rowGroup: number): StoredChunks;
  /** Reads chunks of a row group. */
  hold(task: { readonly chunks: readonly ChunkMeta[]; readonly rowGroup: number }): Promise<HeldChunks>;
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
   * A cursor over a flat column, from its first row in the row group to its last. `onPage` is shown every page it opens. `context`: of
   * chunks that are held; it is closed before they are released.
   */
  openCursor(tools: {
    readonly onPage?: (page: PassingPage) => void;
    readonly context?: PageContext | undefined;
  }): ColumnCursor;
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
  if (parts === undefined) throw new LakeError('invalid', 'this takes readers of this library only');
  return parts;
}
