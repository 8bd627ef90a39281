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

/** Of the first row group that was read last: files of one writer say the same of their columns, but for places and numbers. */
let knownChunks: readonly ChunkMeta[] | undefined;

/** Longer footers are not worth keeping. */
const KNOWN_BYTES_MAX = 16 * 1024;

/**
 * The row groups of a footer, every one of which is read. Whoever has looked at all of it lets go of most: {@link forgetChunks}.
 *
 * @throws LakeError `corrupt` (`THRIFT_ERROR`, `LIMIT`, `UNSUPPORTED`).
 */
export function parseRowGroups(reader: ThriftReader): RowGroupMeta[] {
  let before: ParsedRowGroup | undefined;
  return fieldStructs(reader, (at) => {
    const group = parseRowGroup(at, before?.chunks ?? knownChunks);
    if (before === undefined && reader.bytes.length <= KNOWN_BYTES_MAX) knownChunks = group.chunks;
    const sortedLike = before?.sortingColumns ?? [];
    // Nearly always those of the row group before.
    if (isSameOrder(sortedLike, group.sortingColumns)) group.sortingColumns = sortedLike;
    before = group;
    return new RowGroup(reader.bytes, group);
  });
}

/**
 * Chunks take ten times as much memory as objects than as they stand in the footer, and the file of a whole day has ten thousand: beyond
 * the first `keptMax` they are bytes from now on, to be read again when they are asked for.
 */
export function forgetChunks(rowGroups: readonly RowGroupMeta[], keptMax: number): void {
  let keptChunks = 0;
  for (const group of rowGroups) {
    keptChunks += group.chunks.length;
    if (keptChunks > keptMax) group.forgetChunks();
  }
}

interface ParsedRowGroup {
  readonly chunks: readonly ChunkMeta[];
  /** Where each chunk begins in the footer. */
  readonly starts: readonly number[];
  readonly rowCount: number;
  sortingColumns: readonly SortingColumn[];
}

function parseRowGroup(reader: ThriftReader, before: readonly ChunkMeta[] | undefined): ParsedRowGroup {
  const starts: number[] = [];
  let chunks: ChunkMeta[] | undefined;
  let rowCount: number | undefined;
  let sortingColumns: SortingColumn[] = [];
  for (let id = nextField(reader, 0); id !== 0; id = nextField(reader, id)) {
    if (id === 1) {
      chunks = fieldStructs(reader, (at) => {
        const like = before?.[starts.length];
        starts.push(at.position);
        return parseChunk(at, like);
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

class RowGroup implements RowGroupMeta {
  readonly rowCount: number;
  readonly sortingColumns: readonly SortingColumn[];
  readonly onlyCodec: number | undefined;
  private readonly starts: readonly number[];
  private kept: readonly ChunkMeta[] | undefined;

  constructor(
    private readonly footer: Uint8Array,
    { chunks, starts, rowCount, sortingColumns }: ParsedRowGroup,
  ) {
    this.rowCount = rowCount;
    this.sortingColumns = sortingColumns;
    this.starts = starts;
    this.kept = chunks;
    const codec = chunks[0]?.codec;
    this.onlyCodec = chunks.every((chunk) => chunk.codec === codec) ? codec : undefined;
  }

  get chunks(): readonly ChunkMeta[] {
    return this.kept ?? this.starts.map((start) => this.chunkAt(start));
  }

  chunk(leaf: number): ChunkMeta | undefined {
    if (this.kept !== undefined) return this.kept[leaf];
    const start = this.starts[leaf];
    return start === undefined ? undefined : this.chunkAt(start);
  }

  forgetChunks(): void {
    this.kept = undefined;
  }

  /** Bytes that have been read once within their limits, so that they are now. */
  private chunkAt(position: number): ChunkMeta {
    const { footer } = this;
    return parseChunk(thriftReader(footer, { position, end: footer.length, nodesMax: Infinity }));
  }
}
