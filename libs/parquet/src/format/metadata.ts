import type { TimeUnit } from '@ticklake/columnar';

/** What a schema element says its values mean; logical and converted types in one form. */
export type Annotation =
  | { readonly kind: 'string' | 'map' | 'list' | 'date' | 'bson' | 'uuid' | 'float16' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'timestamp' | 'time'; readonly unit: TimeUnit; readonly utc: boolean }
  | { readonly kind: 'integer'; readonly bits: number; readonly signed: boolean };

/** One element of the flattened schema tree. Numbers are those of `constants.ts`. */
export interface SchemaElement {
  readonly name: string;
  /** Absent on groups. */
  readonly physical: number | undefined;
  readonly typeLength: number | undefined;
  readonly repetition: number | undefined;
  readonly childCount: number;
  readonly annotation: Annotation | undefined;
}

/** Statistics of a column chunk as stored; `min` and `max` are the deprecated pair. */
export interface Statistics {
  readonly min: Uint8Array | undefined;
  readonly max: Uint8Array | undefined;
  readonly minValue: Uint8Array | undefined;
  readonly maxValue: Uint8Array | undefined;
  readonly minExact: boolean | undefined;
  readonly maxExact: boolean | undefined;
  readonly nullCount: number | undefined;
}

/** A column chunk as the footer tells it; offsets count from the start of the file. */
export interface ChunkMeta {
  readonly filePath: string | undefined;
  readonly physical: number;
  readonly encodings: readonly number[];
  readonly path: readonly string[];
  readonly codec: number;
  readonly valueCount: number;
  readonly uncompressedSizeBytes: number;
  readonly sizeBytes: number;
  readonly dataPageOffset: number;
  readonly dictionaryPageOffset: number | undefined;
  readonly statistics: Statistics | undefined;
  /** Also where its size is not said, which it was not at first. */
  readonly bloomFilterOffset: number | undefined;
  /** Where the chunk has something elsewhere in the file: a page index or a bloom filter. */
  attachment(kind: AttachmentKind): Attachment | undefined;
  /** The same as a number: thousands of chunks are asked for all three. */
  attachmentOffset(kind: AttachmentKind): number | undefined;
  /** What belongs to {@link ChunkMeta.attachmentOffset}. */
  attachmentSize(kind: AttachmentKind): number;
}

/** What a column chunk may have that is no page of it. */
export type AttachmentKind = 'bloom filter' | 'offset index' | 'column index';

/** Bytes that belong to a column chunk and are not pages of it. */
export interface Attachment {
  readonly kind: AttachmentKind;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A declared sort order of a row group. */
export interface SortingColumn {
  /** Position among the leaf columns. */
  readonly leaf: number;
  readonly descending: boolean;
}

/** A row group as the footer tells it. */
export interface RowGroupMeta {
  /** Of every leaf. In a long footer they are read whenever they are asked for, so that all of it never stands in memory as objects. */
  readonly chunks: readonly ChunkMeta[];
  /** One of them, of which alone it then costs the reading; `undefined` when there are not as many. */
  chunk(leaf: number): ChunkMeta | undefined;
  /** Number of the codec of all chunks; `undefined` where they have several. */
  readonly onlyCodec: number | undefined;
  readonly rowCount: number;
  readonly sortingColumns: readonly SortingColumn[];
  /** Holds chunks no longer as objects. */
  forgetChunks(): void;
}

/** The footer. */
export interface FileMeta {
  readonly schema: readonly SchemaElement[];
  readonly rowCount: number;
  readonly rowGroups: readonly RowGroupMeta[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly createdBy: string | undefined;
}

/** What stands before a page. */
export interface PageHeader {
  readonly type: number;
  readonly uncompressedSizeBytes: number;
  readonly compressedSizeBytes: number;
  readonly crc: number | undefined;
  readonly valueCount: number;
  readonly encoding: number;
  readonly definitionEncoding: number;
  readonly repetitionEncoding: number;
  /** Version 2 only. */
  readonly v2:
    | {
        readonly nullCount: number;
        readonly rowCount: number;
        readonly definitionSizeBytes: number;
        readonly repetitionSizeBytes: number;
        readonly compressed: boolean;
      }
    | undefined;
}
