import type { FileFacts, Finding } from '@ticklake/manifest';
import type { ColumnChunkFacts } from '@ticklake/parquet';

/** Everything that a Parquet file of any writer tells about itself (spec rows MF-23, OP-17). Documented in the README. */
export interface FileReport {
  readonly sizeBytes: number;
  readonly rowCount: number;
  /** The writer, as it calls itself. */
  readonly createdBy: string | undefined;
  readonly schemaSha256: string;
  readonly columns: readonly LeafReport[];
  readonly rowGroups: readonly RowGroupReport[];
  /** Of the whole file; absent where page headers were not looked at. */
  readonly pages: PageCounts | undefined;
  /** Key-values of the footer, in its order. Long ones are cut. */
  readonly metadata: readonly MetadataReport[];
  /** What the file says of its own making, where it says it. */
  readonly receipt: ReceiptReport | undefined;
  /** Of every row, where the file was read through and could be. */
  readonly facts: FileFacts | undefined;
  readonly findings: readonly Finding[];
}

/** A leaf column. */
export interface LeafReport {
  readonly path: string;
  readonly type: string;
  readonly physical: string;
  readonly nullable: boolean;
  readonly repeated: boolean;
  /** Over the whole file; `null` where it does not tell, and of text and bytes in several row groups. */
  readonly min: string | null;
  readonly max: string | null;
}

/** A row group. */
export interface RowGroupReport {
  readonly rowStart: number;
  readonly rowCount: number;
  readonly sizeBytes: number;
  readonly sortingColumns: readonly string[];
  /** In the order of {@link FileReport.columns}. */
  readonly columns: readonly ChunkReport[];
}

/** A column of a row group. */
export interface ChunkReport
  extends Pick<
    ColumnChunkFacts,
    | 'codec'
    | 'encodings'
    | 'offset'
    | 'sizeBytes'
    | 'uncompressedSizeBytes'
    | 'valueCount'
    | 'hasOffsetIndex'
    | 'hasColumnIndex'
    | 'hasBloomFilter'
  > {
  readonly path: string;
  /** `null` where the file does not tell. Bounds as text: integers in decimal, bytes as `0x…`. */
  readonly nullCount: number | null;
  readonly min: string | null;
  readonly max: string | null;
  readonly pages: PageCounts | undefined;
}

/** How many pages there are, and how many of them are protected. */
export interface PageCounts {
  readonly count: number;
  readonly dictionaries: number;
  readonly withCrc: number;
}

/** A key-value of the footer. */
export interface MetadataReport {
  readonly key: string;
  readonly characters: number;
  /** The first 200 characters. */
  readonly value: string;
}

/** The receipt of a published file, without its list of sources. */
export interface ReceiptReport {
  readonly rows: number;
  readonly sources: number;
  readonly multiset: string;
  readonly ordered: string;
  readonly sourcesSha256: string;
  readonly schemaVersion: string;
}
