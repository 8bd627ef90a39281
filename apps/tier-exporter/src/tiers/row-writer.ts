import {
  createColumnBuffer,
  createRowHasher,
  type Arena,
  type ColumnBuffer,
  type RowDigests,
  type RowHasher,
  type Schema,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { ShreddedColumn, ShreddedRows } from '@ticklake/jsonl';
import {
  openRowGroupEncoder,
  type ParquetSink,
  type ParquetSinkOptions,
  type RowGroupEncoder,
} from '@ticklake/parquet';
import type { ProjectionWriter } from './projection.js';

/** Puts shredded rows to a sink as full row groups, however they were cut. */
export interface RowWriter {
  /** Rows that the row group at hand still takes. */
  readonly room: number;
  /** Appends at most {@link RowWriter.room} rows. What they hash to holds until the next call. */
  add(rows: ShreddedRows): Promise<RowDigests>;
  /** Writes what is no full row group; the next row begins one. */
  finish(): Promise<void>;
  release(): void;
}

/** Where rows go to, and how. */
export interface RowWriterTarget {
  readonly sink: ParquetSink;
  readonly parquet: ParquetSinkOptions;
  /** Takes note of columns that will be copied from the file. */
  readonly projection?: ProjectionWriter;
}

/** A writer for rows of `schema`. Nested rows stay striped from the shredder to the file. */
export async function openRowWriter(
  arena: Arena,
  schema: Schema,
  { sink, parquet, projection }: RowWriterTarget,
): Promise<RowWriter> {
  const encoder = await openRowGroupEncoder(arena, schema, parquet);
  return new GroupWriter({ arena, schema, sink, encoder, projection, rowGroupRows: parquet.rowGroupRows });
}

interface GroupParts {
  readonly arena: Arena;
  readonly schema: Schema;
  readonly sink: ParquetSink;
  readonly encoder: RowGroupEncoder;
  readonly projection: ProjectionWriter | undefined;
  readonly rowGroupRows: number;
}

class GroupWriter implements RowWriter {
  private readonly group: readonly ColumnBuffer[];
  /** Rows are hashed as they come: a row group would be hashed from its beginning each time. */
  private readonly batch: readonly ColumnBuffer[];
  private readonly hasher: RowHasher;
  private pending = 0;

  constructor(private readonly parts: GroupParts) {
    const { arena, schema } = parts;
    const buffers = () => schema.fields.map(({ type }) => createColumnBuffer(arena, type));
    this.group = buffers();
    this.batch = buffers();
    this.hasher = createRowHasher(arena, schema, { exclude: [] });
  }

  get room(): number {
    return this.parts.rowGroupRows - this.pending;
  }

  async add({ rowCount, columns }: ShreddedRows): Promise<RowDigests> {
    assert(rowCount <= this.room, 'rows fit in their row group');
    columns.forEach((column, i) => {
      const batch = this.batch[i] as ColumnBuffer;
      batch.clear();
      append(batch, column, rowCount);
      append(this.group[i] as ColumnBuffer, column, rowCount);
    });
    const placed = this.batch.map((buffer) => buffer.placedAsRead());
    const { projection } = this.parts;
    const digests =
      projection === undefined
        ? this.hasher.digest(placed, { start: 0, end: rowCount })
        : projection.digest(placed, rowCount);
    this.pending += rowCount;
    if (this.room === 0) await this.flush();
    return digests;
  }

  async finish(): Promise<void> {
    if (this.pending > 0) await this.flush();
  }

  release(): void {
    for (const one of [...this.group, ...this.batch, this.hasher, this.parts.encoder]) one.release();
  }

  private async flush(): Promise<void> {
    const { encoder, sink, projection } = this.parts;
    const chunks = await encoder.encode(
      this.group.map((buffer) => buffer.placed()),
      this.pending,
    );
    projection?.addChunks(chunks);
    await sink.writeRowGroup(chunks.flat(), this.pending);
    for (const buffer of this.group) buffer.clear();
    this.pending = 0;
  }
}

function append(buffer: ColumnBuffer, shredded: ShreddedColumn, rowCount: number): void {
  if (shredded.kind === 'flat') return buffer.append(shredded.column, 0, rowCount);
  assert(buffer.kind === 'nested', 'striped rows are of a nested column');
  buffer.putStriped(shredded.rows);
}
