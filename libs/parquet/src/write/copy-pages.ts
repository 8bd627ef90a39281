import type { ColumnBuffer } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { PageCodecName } from '../codec/page-codec.js';
import { CODEC_NAMES, ENCODING, PAGE, PHYSICAL } from '../format/constants.js';
import type { PageHeader } from '../format/metadata.js';
import type { PassingPage } from '../read/chunk-reader.js';
import type { ParquetReader } from '../read/open-parquet.js';
import { partsOf, type StoredChunk } from '../read/reader-parts.js';
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
  /** What it held is forgotten. */
  readonly into: ColumnBuffer;
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
  const { reader, rowGroup, name, into } = stored;
  const chunk = partsOf(reader).storedChunk(name, rowGroup);
  assert(
    chunk === undefined || chunk.chunk.valueCount === target.rowCount,
    'a row group is copied as a whole',
  );
  const copy = chunk !== undefined && isKept(chunk, target) ? createCopy(target) : undefined;
  into.clear();
  const cursor =
    chunk === undefined || copy === undefined
      ? reader.column(name, { rowGroup })
      : chunk.openCursor(copy.take);
  try {
    await cursor.read(into, target.rowCount);
  } finally {
    cursor.close();
  }
  return copy?.finish();
}

/** Pages mean the same elsewhere when values and levels are stored the same way. */
function isKept({ chunk, leaf: stored }: StoredChunk, { leaf, codec }: Target): boolean {
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

function createCopy({ writer, leaf, codec }: Target) {
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
