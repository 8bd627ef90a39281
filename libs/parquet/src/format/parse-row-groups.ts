import { corrupt } from './corrupt.js';
import type { ChunkMeta, RowGroupMeta, SortingColumn } from './metadata.js';
import { parseChunk } from './parse-chunk.js';
import {
  fieldBool,
  fieldInt,
  fieldStructs,
  nextField,
  skipField,
  thriftReader,
  type ThriftReader,
} from './thrift-reader.js';

/** Column chunks of one footer that are kept as objects: more than the files of any recorder have. */
const KEPT_CHUNKS_MAX = 512;

/**
 * The row groups of a footer, every one of which is read. Chunks take ten times as much memory as objects than as they stand in the
 * footer, and the file of a whole day has ten thousand: beyond the first they stay bytes, to be read again when they are asked for.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`, `UNSUPPORTED`).
 */
export function parseRowGroups(reader: ThriftReader): RowGroupMeta[] {
  let keptChunks = 0;
  let sortedLike: readonly SortingColumn[] = [];
  return fieldStructs(reader, (at) => {
    const { starts, chunks, rowCount, sortingColumns } = parseRowGroup(at);
    // Nearly always those of the row group before.
    if (!isSameOrder(sortedLike, sortingColumns)) sortedLike = sortingColumns;
    keptChunks += chunks.length;
    return keptChunks <= KEPT_CHUNKS_MAX
      ? new KeptRowGroup(chunks, rowCount, sortedLike)
      : new StoredRowGroup(reader.bytes, starts, rowCount, sortedLike);
  });
}

interface ParsedRowGroup extends Omit<RowGroupMeta, 'chunk'> {
  /** Where each chunk begins in the footer. */
  readonly starts: readonly number[];
}

function parseRowGroup(reader: ThriftReader): ParsedRowGroup {
  const starts: number[] = [];
  let chunks: ChunkMeta[] | undefined;
  let rowCount: number | undefined;
  let sortingColumns: SortingColumn[] = [];
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) {
      chunks = fieldStructs(reader, (at) => {
        starts.push(at.position);
        return parseChunk(at);
      });
    } else if (id === 3) rowCount = fieldInt(reader);
    else if (id === 4) sortingColumns = fieldStructs(reader, parseSortingColumn);
    else skipField(reader);
  }
  if (chunks === undefined || rowCount === undefined) {
    throw corrupt('THRIFT_ERROR', 'a row group lacks a required field');
  }
  return { starts, chunks, rowCount, sortingColumns };
}

function parseSortingColumn(reader: ThriftReader): SortingColumn {
  let leaf = -1;
  let descending = false;
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) leaf = fieldInt(reader);
    else if (id === 2) descending = fieldBool(reader);
    else skipField(reader);
  }
  return { leaf, descending };
}

function isSameOrder(a: readonly SortingColumn[], b: readonly SortingColumn[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ leaf, descending }, i) => leaf === b[i]?.leaf && descending === b[i].descending)
  );
}

class KeptRowGroup implements RowGroupMeta {
  constructor(
    readonly chunks: readonly ChunkMeta[],
    readonly rowCount: number,
    readonly sortingColumns: readonly SortingColumn[],
  ) {}

  chunk(leaf: number): ChunkMeta | undefined {
    return this.chunks[leaf];
  }
}

class StoredRowGroup implements RowGroupMeta {
  constructor(
    private readonly footer: Uint8Array,
    private readonly starts: readonly number[],
    readonly rowCount: number,
    readonly sortingColumns: readonly SortingColumn[],
  ) {}

  get chunks(): readonly ChunkMeta[] {
    return this.starts.map((start) => this.chunkAt(start));
  }

  chunk(leaf: number): ChunkMeta | undefined {
    const start = this.starts[leaf];
    return start === undefined ? undefined : this.chunkAt(start);
  }

  /** Bytes that have been read once within their limits, so that they are now. */
  private chunkAt(position: number): ChunkMeta {
    const { footer } = this;
    return parseChunk(thriftReader(footer, { position, end: footer.length, nodesMax: Infinity }));
  }
}
