import { LakeError } from '@ticklake/core';
import type { ChunkMeta } from '../format/metadata.js';
import type { PassingPage } from './chunk-reader.js';
import type { ColumnCursor } from './column-cursor.js';
import type { ParquetReader } from './open-parquet.js';
import type { Leaf } from './schema-tree.js';

/** What this library knows of an open file and does not show. Internal. */
export interface ReaderParts {
  /** What the footer tells of a flat column in a row group; `undefined` for a nested one. @throws LakeError `invalid` where there is none. */
  storedChunk(name: string, rowGroup: number): StoredChunk | undefined;
}

/** One chunk of a flat column. */
export interface StoredChunk {
  readonly chunk: ChunkMeta;
  readonly leaf: Leaf;
  /** A cursor at its first row, which shows every page it opens. */
  openCursor(onPage: (page: PassingPage) => void): ColumnCursor;
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
