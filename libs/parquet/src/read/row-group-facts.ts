import { CODEC_NAMES, ENCODING, nameOf } from '../format/constants.js';
import type { ChunkMeta, FileMeta } from '../format/metadata.js';
import { chunkStart } from './check-metadata.js';
import type { FileSchema } from './schema-tree.js';

/** A column chunk as the footer tells it. Nested columns have one for each leaf. */
export interface ColumnChunkFacts {
  /** Top-level column. */
  readonly name: string;
  /** Names from the top to the leaf. */
  readonly path: readonly string[];
  /** As the format calls it, e.g. `SNAPPY`. */
  readonly codec: string;
  /** As the format calls them, e.g. `RLE_DICTIONARY`. */
  readonly encodings: readonly string[];
  readonly offset: number;
  readonly sizeBytes: number;
  readonly uncompressedSizeBytes: number;
  readonly valueCount: number;
  readonly nullCount: number | undefined;
  /** `min_value` and `max_value` as stored, little-endian for numbers. */
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
}

/** A row group as the footer tells it. */
export interface RowGroupFacts {
  readonly rowStart: number;
  readonly rowCount: number;
  /** Of all column chunks as stored. */
  readonly sizeBytes: number;
  /** Columns the writer says the rows are sorted by, ascending; what follows a descending one is left out. */
  readonly sortingColumns: readonly string[];
  readonly columns: readonly ColumnChunkFacts[];
}

/** The row groups of a footer that has been checked. */
export function rowGroupFacts(meta: FileMeta, { columns, leaves }: FileSchema): RowGroupFacts[] {
  const names: string[] = [];
  for (const column of columns) {
    for (let i = column.leafStart; i < column.leafEnd; i++) names[i] = column.field.name;
  }
  let rowStart = 0;
  return meta.rowGroups.map(({ rowCount, chunks, sortingColumns }) => {
    const sorted: string[] = [];
    for (const { leaf, descending } of sortingColumns) {
      const name = leaves[leaf]?.path.join('.');
      if (descending || name === undefined) break;
      sorted.push(name);
    }
    const facts = {
      rowStart,
      rowCount,
      sizeBytes: chunks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      sortingColumns: sorted,
      columns: chunks.map((chunk, i) => chunkFacts(chunk, names[i] ?? '')),
    };
    rowStart += rowCount;
    return facts;
  });
}

function chunkFacts(chunk: ChunkMeta, name: string): ColumnChunkFacts {
  return {
    name,
    path: chunk.path,
    codec: CODEC_NAMES[chunk.codec] ?? String(chunk.codec),
    encodings: chunk.encodings.map((encoding) => nameOf(ENCODING, encoding)),
    offset: chunkStart(chunk),
    sizeBytes: chunk.sizeBytes,
    uncompressedSizeBytes: chunk.uncompressedSizeBytes,
    valueCount: chunk.valueCount,
    nullCount: chunk.statistics?.nullCount,
    min: chunk.statistics?.minValue,
    max: chunk.statistics?.maxValue,
  };
}
