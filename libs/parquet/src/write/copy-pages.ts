import type { ColumnBuffer } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { PageCodecName } from '../codec/page-codec.js';
import { CODEC_NAMES, ENCODING, PAGE, PHYSICAL } from '../format/constants.js';
import type { ChunkMeta, PageHeader } from '../format/metadata.js';
import type { PassingPage } from '../read/chunk-reader.js';
import type { ParquetReader } from '../read/open-parquet.js';
import { heldColumn, type HeldColumn, type HeldColumns } from '../read/hold-columns.js';
import { partsOf, type StoredChunks } from '../read/reader-parts.js';
import type { Leaf as StoredLeaf } from '../read/schema-tree.js';
import type { EncodedPage } from './chunk-notes.js';
import type { CopiedPages } from './column-chunk.js';
import type { Leaf } from './leaf.js';
import type { PageWriter } from './page-writer.js';

/**
 * Rows of a column as a file stores them: one row group of it. They are read to `into`, and every check that reading makes is made.
 * Their pages are kept as they are stored, where that is how they would be stored again.
 */
export interface StoredColumn {
  readonly layout: 'stored';
  readonly reader: ParquetReader;
  readonly rowGroup: number;
  readonly name: string;
  /** Its bytes, where they have been read already, with those of other columns; they are read by themselves when left out. */
  readonly held?: HeldColumns;
  /** What it held is forgotten. Holds no rows afterwards where pages were copied without being decoded. */
  readonly into: ColumnBuffer;
  /**
   * Is shown the bytes of the column's chunks, page headers included, one after another, of neighbours at once. Whoever gives one answers for the values, by
   * what those bytes hash to: pages of a nested column without lists are then copied without being decoded. Their headers, sizes, counts
   * and checksums are checked all the same. A flat column is decoded either way, for its statistics.
   */
  readonly witness?: (bytes: Uint8Array) => void;
}

/** What pages are to be stored as. */
interface Target {
  readonly leaf: Leaf;
  readonly writer: PageWriter;
  readonly codec: PageCodecName;
  readonly rowCount: number;
}

/**
 * Reads the rows, and copies their pages as they go by; `undefined` when they cannot be kept, so that rows are there and pages are
 * not. Headers are written anew: with a checksum, and without what only their file can know.
 */
export async function copyColumnPages(
  stored: StoredColumn,
  target: Target,
): Promise<CopiedPages | undefined> {
  const { reader, rowGroup, name, into, witness } = stored;
  const column = storedChunks(stored);
  const [chunk, leaf] = [column.chunks[0] as ChunkMeta, column.leaves[0] as StoredLeaf];
  const isFlat = column.shape === undefined;
  assert(!isFlat || chunk.valueCount === target.rowCount, 'a row group is copied as a whole');
  const copy = isFlat && isKept(chunk, leaf, target) ? beginCopy(target) : undefined;
  const source = witness === undefined ? undefined : await holdStored(stored, column);
  try {
    if (source !== undefined && witness !== undefined) showBytes(source, witness);
    into.clear();
    const cursor =
      copy === undefined
        ? reader.column(name, { rowGroup })
        : column.openCursor({
            onPage: (page) => copy.take(page),
            context: source?.held.context(source.firstChunk),
          });
    try {
      await cursor.read(into, target.rowCount);
    } finally {
      cursor.close();
    }
    return copy?.finish();
  } finally {
    source?.release();
  }
}

/** What the footer tells of a stored column. */
export function storedChunks({ held, reader, name, rowGroup }: StoredColumn): StoredChunks {
  if (held !== undefined) return heldColumn(held, name).stored;
  return partsOf(reader).storedColumn(name, rowGroup);
}

/** The bytes of a column, until they are released. */
export interface StoredBytes extends Pick<HeldColumn, 'held' | 'firstChunk'> {
  readonly chunkCount: number;
  release(): void;
}

/** The bytes of a stored column: those at hand, or they are read. */
export async function holdStored(
  { held: columns, name }: StoredColumn,
  { chunks, hold }: StoredChunks,
): Promise<StoredBytes> {
  const chunkCount = chunks.length;
  // Whoever holds others beside them releases them all.
  if (columns !== undefined) return { ...heldColumn(columns, name), chunkCount, release: () => undefined };
  const held = await hold();
  return { held, firstChunk: 0, chunkCount, release: () => held.release() };
}

/** Shows a witness all bytes of a column. */
export function showBytes(
  { held, firstChunk, chunkCount }: StoredBytes,
  witness: (bytes: Uint8Array) => void,
): void {
  for (const bytes of held.bytesOf(firstChunk, firstChunk + chunkCount)) witness(bytes);
}

function beginCopy(target: Target): PageCopy {
  target.writer.begin({ isCompressed: true });
  return new PageCopy(target);
}

/** Pages mean the same elsewhere when values and levels are stored the same way. */
export function isKept(
  chunk: ChunkMeta,
  stored: StoredLeaf,
  { leaf, codec }: Pick<Target, 'leaf' | 'codec'>,
): boolean {
  return (
    CODEC_NAMES[chunk.codec] === CODECS[codec] &&
    stored.physical === PHYSICAL[leaf.physical] &&
    (leaf.physical !== 'FIXED_LEN_BYTE_ARRAY' || stored.typeLength === leaf.sizeBytes) &&
    stored.repetitionMax === 0 &&
    stored.definitionMax === leaf.definitionMax
  );
}

const CODECS: Partial<Record<PageCodecName, string>> = {
  none: 'UNCOMPRESSED',
  snappy: 'SNAPPY',
  zstd: 'ZSTD',
};

/** Puts pages of a chunk to a writer as they are stored, behind what is there, and notes what a footer says of them. */
export class PageCopy {
  private readonly pages: Omit<EncodedPage, 'bounds'>[] = [];
  private readonly kinds: { type: number; encoding: number; count: number }[] = [];
  private readonly start: number;
  private dictionarySizeBytes = 0;
  private entryCount: number | undefined;
  private rowStart = 0;
  private isRefused = false;

  constructor(private readonly target: Omit<Target, 'rowCount'>) {
    this.start = target.writer.sizeBytes;
  }

  take({ header, stored, nullCount }: PassingPage): void {
    const { writer, leaf, codec } = this.target;
    const { type, encoding, valueCount } = header;
    if (hasOddLevels(header, leaf) || isUnproven(header, codec)) this.isRefused = true;
    if (type !== PAGE.DICTIONARY && valueCount === 0) return;
    const offset = writer.sizeBytes - this.start;
    writer.copy(stored, header);
    const sizeBytes = writer.sizeBytes - this.start - offset;
    this.count(type, encoding);
    if (type === PAGE.DICTIONARY) {
      assert(offset === 0, 'a dictionary stands first');
      this.dictionarySizeBytes = sizeBytes;
      this.entryCount = valueCount;
      return;
    }
    if (encoding !== ENCODING.RLE_DICTIONARY && encoding !== ENCODING.PLAIN_DICTIONARY)
      this.entryCount = undefined;
    this.pages.push({ offset, sizeBytes, rowStart: this.rowStart, slotCount: valueCount, nullCount });
    this.rowStart += valueCount;
  }

  /** `undefined` where one of the pages cannot be kept as it is. */
  finish(): CopiedPages | undefined {
    const { dictionarySizeBytes, entryCount, kinds, pages } = this;
    return this.isRefused ? undefined : { dictionarySizeBytes, entryCount, kinds, pages };
  }

  private count(type: number, encoding: number): void {
    const known = this.kinds.find((kind) => kind.type === type && kind.encoding === encoding);
    if (known === undefined) this.kinds.push({ type, encoding, count: 1 });
    else known.count++;
  }
}

/**
 * Levels that this library reads and few others do, so that it does not write them: bit-packed ones of old files, and those of version 2
 * that stand where the column has none.
 */
function hasOddLevels({ type, definitionEncoding, v2 }: PageHeader, { definitionMax }: Leaf): boolean {
  if (v2 !== undefined) {
    return v2.repetitionSizeBytes > 0 || (definitionMax === 0 && v2.definitionSizeBytes > 0);
  }
  return type === PAGE.DATA && definitionMax > 0 && definitionEncoding !== ENCODING.RLE;
}

/**
 * What damaged zstd decodes to, where that goes unnoticed, differs from one decoder to the next; snappy leaves them no choice. Without
 * a checksum nothing tells that a page is not damaged, so that others could read from it other rows than went by.
 */
function isUnproven({ crc }: PageHeader, codec: PageCodecName): boolean {
  return codec === 'zstd' && crc === undefined;
}
