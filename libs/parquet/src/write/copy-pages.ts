import type { ColumnBuffer } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { PageCodecName } from '../codec/page-codec.js';
import { CODEC_NAMES, ENCODING, PAGE, PHYSICAL } from '../format/constants.js';
import type { ChunkMeta, PageHeader } from '../format/metadata.js';
import type { PassingPage } from '../read/chunk-reader.js';
import type { ParquetReader } from '../read/open-parquet.js';
import type { HeldChunks } from '../read/held-chunks.js';
import { partsOf } from '../read/reader-parts.js';
import type { Leaf as StoredLeaf } from '../read/schema-tree.js';
import type { EncodedPage } from './chunk-notes.js';
import type { CopiedPages } from './column-chunk.js';
import type { PageKindCount } from './encoded-chunk.js';
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
  /** What it held is forgotten. Holds no rows afterwards where pages were copied without being decoded. */
  readonly into: ColumnBuffer;
  /**
   * Is shown the bytes of the column's chunks, page headers included, one after another. Whoever gives one answers for the values, by
   * what those bytes hash to: pages of a nested column without lists are then copied without being decoded. Their headers, sizes, counts
   * and checksums are checked all the same. A flat column is decoded either way, for its statistics.
   */
  readonly witness?: (chunk: Uint8Array) => void;
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
  const column = partsOf(reader).storedColumn(name, rowGroup);
  const [chunk, leaf] = [column.chunks[0] as ChunkMeta, column.leaves[0] as StoredLeaf];
  const isFlat = column.shape === undefined;
  assert(!isFlat || chunk.valueCount === target.rowCount, 'a row group is copied as a whole');
  const copy = isFlat && isKept(chunk, leaf, target) ? createCopy(target) : undefined;
  const held = witness === undefined ? undefined : await column.hold();
  try {
    column.chunks.forEach((_, i) => witness?.((held as HeldChunks).bytes(i)));
    into.clear();
    const cursor =
      copy === undefined
        ? reader.column(name, { rowGroup })
        : column.openCursor({ onPage: copy.take, context: held?.context(0) });
    try {
      await cursor.read(into, target.rowCount);
    } finally {
      cursor.close();
    }
    return copy?.finish();
  } finally {
    held?.release();
  }
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

/** Puts pages to a writer as they are stored, and notes what a footer says of them. */
export function createCopy({ writer, leaf, codec }: Omit<Target, 'rowCount'>) {
  const pages: Omit<EncodedPage, 'bounds'>[] = [];
  const counts = new Map<string, PageKindCount>();
  let dictionarySizeBytes = 0;
  let rowStart = 0;
  let isRefused = false;
  writer.begin();
  return {
    take({ header, stored, nullCount }: PassingPage): void {
      const { type, encoding, valueCount } = header;
      if (hasOddLevels(header, leaf) || isUnproven(header, codec)) isRefused = true;
      if (type !== PAGE.DICTIONARY && valueCount === 0) return;
      const offset = writer.sizeBytes;
      writer.copy(stored, header);
      const sizeBytes = writer.sizeBytes - offset;
      const key = `${type} ${encoding}`;
      counts.set(key, { type, encoding, count: (counts.get(key)?.count ?? 0) + 1 });
      if (type === PAGE.DICTIONARY) {
        assert(offset === 0, 'a dictionary stands first');
        dictionarySizeBytes = sizeBytes;
        return;
      }
      pages.push({ offset, sizeBytes, rowStart, slotCount: valueCount, nullCount });
      rowStart += valueCount;
    },
    finish(): CopiedPages | undefined {
      return isRefused ? undefined : { dictionarySizeBytes, kinds: [...counts.values()], pages };
    },
  };
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
