import { CODEC_NAMES, ENCODING, nameOf, PHYSICAL } from '../format/constants.js';
import type { AttachmentKind, ChunkMeta, FileMeta, RowGroupMeta } from '../format/metadata.js';
import { chunkStart } from './check-metadata.js';
import type { FileSchema, Leaf } from './schema-tree.js';
import { boundsOf, type Bounds } from './statistics.js';

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
  /** The same as the type's own numbers, bigint for 64 bits; `undefined` for other types. */
  readonly bounds: Bounds | undefined;
  /** Whether the file says, for every page of it, where it stands; and which values are in it. */
  readonly hasOffsetIndex: boolean;
  readonly hasColumnIndex: boolean;
  readonly hasBloomFilter: boolean;
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
export function rowGroupFacts(meta: FileMeta, schema: FileSchema): RowGroupFacts[] {
  let rowStart = 0;
  return meta.rowGroups.map((group) => {
    const facts = new Facts(rowStart, group, schema);
    rowStart += group.rowCount;
    return facts;
  });
}

/** Most are only asked for their rows, and a spool has thousands of files. */
class Facts implements RowGroupFacts {
  constructor(
    readonly rowStart: number,
    private readonly group: RowGroupMeta,
    private readonly fileSchema: FileSchema,
  ) {}

  get rowCount(): number {
    return this.group.rowCount;
  }

  get sizeBytes(): number {
    return this.group.chunks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  }

  get sortingColumns(): readonly string[] {
    const { leaves } = this.fileSchema;
    const sorted: string[] = [];
    for (const { leaf, descending } of this.group.sortingColumns) {
      const name = leaves[leaf]?.path.join('.');
      if (descending || name === undefined) break;
      sorted.push(name);
    }
    return sorted;
  }

  get columns(): readonly ColumnChunkFacts[] {
    const { columns, leaves } = this.fileSchema;
    const { chunks } = this.group;
    return columns.flatMap(({ field, leafStart, leafEnd }) =>
      chunks
        .slice(leafStart, leafEnd)
        .map((chunk, i) => chunkFacts(chunk, leaves[leafStart + i] as Leaf, field.name)),
    );
  }
}

function chunkFacts(chunk: ChunkMeta, { type, physical }: Leaf, name: string): ColumnChunkFacts {
  const has = (kind: AttachmentKind) => chunk.attachmentOffset(kind) !== undefined;
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
    bounds: boundsOf(type, physical === PHYSICAL.INT96, chunk.statistics),
    hasOffsetIndex: has('offset index'),
    hasColumnIndex: has('column index'),
    hasBloomFilter: chunk.bloomFilterOffset !== undefined,
  };
}
