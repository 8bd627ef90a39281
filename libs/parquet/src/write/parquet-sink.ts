import {
  columnAt,
  columnLength,
  typeText,
  type Arena,
  type Column,
  type Field,
  type PlacedColumn,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { assert, LakeError, type ByteSink } from '@ticklake/core';
import type { PageCodec } from '../codec/page-codec.js';
import { createCodecs } from './codecs.js';
import { createChunkEncoder, type ChunkEncoder } from './column-chunk.js';
import type { EncodedChunk } from './encoded-chunk.js';
import { createFileWriter, type FileWriter } from './file-writer.js';
import { createFlatCollector, flatRows, type ColumnCollector } from './flat-leaf.js';
import { guardSink } from './guard-sink.js';
import type { Leaf } from './leaf.js';
import type { LeafRows } from './leaf-rows.js';
import { createNestedCollector } from './nested-column.js';
import { createPageWriter, type PageWriter } from './page-writer.js';
import type { EncodingOptions } from './row-group-encoder.js';
import type { TreeField } from './schema-tree.js';

/** How a {@link ParquetSink} stores rows. Every number is the caller's choice; all of them change the bytes. */
export interface ParquetSinkOptions extends EncodingOptions {
  /** Rows of every row group but the last. One row group is the sink's memory. */
  readonly rowGroupRows: number;
  /**
   * Flat columns by which the rows are sorted, ascending, the first first. The sink records this in every row group
   * and writes a column index for them; it does not check it.
   */
  readonly sortingColumns: readonly string[];
  /** Who made the file. Must not name a time or a host, which would change the bytes. */
  readonly createdBy: string;
}

/** What a finished file came to. */
export interface ParquetSinkSummary {
  readonly rowCount: number;
  readonly rowGroupCount: number;
  readonly sizeBytes: number;
}

/** What a sink works with. */
export interface SinkTools {
  /** Takes the file front to back. What it is given is the sink's: it holds until the write has resolved. */
  readonly target: ByteSink;
  readonly arena: Arena;
}

/**
 * Writes one Parquet file. Calls must not overlap. The first error makes the sink unusable: every later call fails,
 * and what the target has received is not a file.
 */
export interface ParquetSink {
  /**
   * Appends the rows of `batch`, which is copied and may be changed afterwards. Resolves when the target has taken
   * every row group that became full.
   *
   * @throws LakeError `invalid` when `batch` is not of the sink's schema, a required column has a null, or a value
   * does not fit its type; and whatever the target throws.
   */
  write(batch: RecordBatch): Promise<void>;
  /**
   * Appends `rowCount` rows that stand in the sink's arena, a column for each field. As many as make a row group, where one begins,
   * are encoded where they stand. Otherwise as {@link ParquetSink.write}; rows are trusted to be of their types.
   */
  writePlaced(columns: readonly PlacedColumn[], rowCount: number): Promise<void>;
  /**
   * Appends a row group that was encoded elsewhere, with this sink's options: a chunk for every leaf, in the sink's arena.
   * Rows that were appended otherwise and are not yet a row group become one of their own before.
   */
  writeRowGroup(chunks: readonly EncodedChunk[], rowCount: number): Promise<void>;
  /**
   * Writes the last row group and the footer, with `metadata` in it, sorted by key. Does not close the target.
   *
   * @throws LakeError `invalid` after an earlier failure; and whatever the target throws.
   */
  finish(metadata: Readonly<Record<string, string>>): Promise<ParquetSinkSummary>;
  /** Gives its memory back. Without it, that happens with `finish`, or with the first failure. */
  close(): void;
}

/**
 * A sink for rows of `schema` that writes to a target front to back.
 *
 * The bytes depend on the schema, the rows, the options and the metadata: not on how the rows were cut into batches,
 * nor on the layout of their columns. Every page carries a checksum.
 *
 * @throws LakeError `invalid` when the schema cannot be stored, an option is out of range, a sorting column is missing or
 * nested, or a column with options is missing.
 */
export function createParquetSink(
  tools: SinkTools,
  schema: Schema,
  options: ParquetSinkOptions,
): ParquetSink {
  requireOptions(options);
  return guardSink(
    new Sink(tools.arena, { schema, options, file: createFileWriter(tools, schema, options) }),
  );
}

/** What a sink is made of. */
interface SinkParts {
  readonly schema: Schema;
  readonly options: ParquetSinkOptions;
  readonly file: FileWriter;
}

class Sink implements ParquetSink {
  /** For rows that come as batches; `undefined` until they do. */
  private columns: readonly ColumnCollector[] | undefined;
  private readonly isBatch: (batch: RecordBatch) => void;
  private pendingRows = 0;
  private encoder: ChunkEncoder | undefined;
  private writers: readonly PageWriter[] | undefined;

  constructor(
    private readonly arena: Arena,
    private readonly parts: SinkParts,
  ) {
    this.isBatch = createBatchCheck(parts.schema);
  }

  async write(batch: RecordBatch): Promise<void> {
    this.isBatch(batch);
    const { options, file } = this.parts;
    const { rowGroupRows } = options;
    const columns = (this.columns ??= file.tree.fields.map((field) =>
      createCollector(this.arena, field, rowGroupRows),
    ));
    for (let start = 0; start < batch.rowCount; ) {
      const end = Math.min(batch.rowCount, start + rowGroupRows - this.pendingRows);
      columns.forEach((column, i) => column.append(batch.columns[i] as Column, start, end));
      this.pendingRows += end - start;
      start = end;
      if (this.pendingRows === rowGroupRows) await this.flush();
    }
  }

  async writePlaced(columns: readonly PlacedColumn[], rowCount: number): Promise<void> {
    const { file, options, schema } = this.parts;
    const isFlat = file.tree.fields.every(({ field }) => field.type.kind !== 'nested');
    if (isFlat && this.pendingRows === 0 && rowCount === options.rowGroupRows) {
      const rows = columns.map((column, i) => flatRows(file.leaves[i] as Leaf, column));
      return this.putRows(rows, rowCount);
    }
    const views = columns.map((column, i) => columnAt(this.arena, (schema.fields[i] as Field).type, column));
    return this.write({ schema, rowCount, columns: views });
  }

  async writeRowGroup(chunks: readonly EncodedChunk[], rowCount: number): Promise<void> {
    if (this.pendingRows > 0) await this.flush();
    await this.parts.file.putChunks(chunks, rowCount);
  }

  async finish(metadata: Readonly<Record<string, string>>): Promise<ParquetSinkSummary> {
    if (this.pendingRows > 0) await this.flush();
    return this.parts.file.finish(metadata);
  }

  close(): void {
    this.encoder?.release();
    for (const writer of new Set(this.writers)) writer.release();
    this.parts.file.release();
    for (const column of this.columns ?? []) column.release();
  }

  private async flush(): Promise<void> {
    const { columns = [] } = this;
    await this.putRows(collectedLeaves(columns), this.pendingRows);
    for (const column of columns) column.clear();
    this.pendingRows = 0;
  }

  private async putRows(group: Iterable<LeafRows>, rowCount: number): Promise<void> {
    const { options, file } = this.parts;
    const writers = await this.openWriters();
    this.encoder ??= createChunkEncoder(this.arena, options);
    await file.putGroup(encoded(group, { encoder: this.encoder, writers, file }), rowCount);
  }

  /** One for each way of compression, by leaf. */
  private async openWriters(): Promise<readonly PageWriter[]> {
    if (this.writers !== undefined) return this.writers;
    const { file } = this.parts;
    const codecs = createCodecs();
    const known = new Map<PageCodec, PageWriter>();
    const writers: PageWriter[] = [];
    for (const leaf of file.leaves.keys()) {
      const codec = await codecs.open(file.storedAs(leaf));
      const writer = known.get(codec) ?? createPageWriter(this.arena, codec);
      known.set(codec, writer);
      writers.push(writer);
    }
    return (this.writers = writers);
  }
}

/** A leaf at a time, so that no more than one is held in both forms. */
function* encoded(
  group: Iterable<LeafRows>,
  tools: {
    readonly encoder: ChunkEncoder;
    readonly writers: readonly PageWriter[];
    readonly file: FileWriter;
  },
): Iterable<EncodedChunk> {
  const { encoder, writers, file } = tools;
  let leaf = 0;
  for (const rows of group) {
    const task = {
      ...file.storedAs(leaf),
      writer: writers[leaf] as PageWriter,
      pageBounds: file.hasBounds(leaf),
    };
    leaf++;
    yield encoder.encode(rows, task);
  }
}

/** One column's leaves at a time, so that no more than one column is brought into shape at once. */
function* collectedLeaves(columns: readonly ColumnCollector[]): Iterable<LeafRows> {
  for (const column of columns) yield* column.leaves();
}

function createCollector(arena: Arena, { field, leaves }: TreeField, rowsMax: number): ColumnCollector {
  const [first] = leaves;
  assert(first !== undefined, 'a field has a leaf');
  return field.type.kind === 'nested'
    ? createNestedCollector(arena, field, leaves)
    : createFlatCollector(arena, { field, leaf: first, rowsMax });
}

function createBatchCheck(schema: Schema): (batch: RecordBatch) => void {
  let known: Schema | undefined = schema;
  const shapeOf = (one: Schema) => JSON.stringify(one.fields.map(({ name, type }) => [name, typeText(type)]));
  const shape = shapeOf(schema);
  return (batch) => {
    if (batch.schema !== known && batch.schema !== schema && shapeOf(batch.schema) !== shape) {
      throw new LakeError('invalid', 'the batch has another schema than the file', {
        details: { expected: shape, found: shapeOf(batch.schema) },
      });
    }
    known = batch.schema;
    const lengths = batch.columns.map(columnLength);
    if (lengths.length === schema.fields.length && lengths.every((length) => length === batch.rowCount))
      return;
    throw new LakeError('invalid', 'the columns of the batch do not have its number of rows', {
      details: { rowCount: batch.rowCount, lengths: lengths.join() },
    });
  };
}

function requireOptions(options: ParquetSinkOptions): void {
  const least = { rowGroupRows: 1, pageRows: 1, dictionaryBytesMax: 0 } as const;
  const given = [options, ...Object.values(options.columns ?? {})] as Partial<ParquetSinkOptions>[];
  for (const one of given) {
    for (const name of ['rowGroupRows', 'pageRows', 'dictionaryBytesMax'] as const) {
      const value = one[name];
      if (one !== options && value === undefined) continue;
      if (Number.isSafeInteger(value) && (value as number) >= least[name]) continue;
      throw new LakeError('invalid', 'an option of the parquet sink is out of range', {
        details: { [name]: value },
      });
    }
    const { codecSavesMin = 0 } = one;
    if (codecSavesMin >= 0 && codecSavesMin < 1) continue;
    throw new LakeError('invalid', 'an option of the parquet sink is out of range', {
      details: { codecSavesMin },
    });
  }
}
