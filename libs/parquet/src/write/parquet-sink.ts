import {
  typeText,
  columnLength,
  type Column,
  type Field,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { assert, LakeError, type ByteSink } from '@ticklake/core';
import { openPageCodec } from '../codec/page-codec.js';
import { createChunkEncoder } from './column-chunk.js';
import { encodeFooter, factsOf, MAGIC, type RowGroupSummary } from './footer.js';
import { createFlatAppender, type ColumnAppender } from './flat-column.js';
import { clearLeaf, createLeafBuffer, type LeafBuffer } from './leaf-buffer.js';
import { createNestedAppender } from './nested-column.js';
import { layOutSchema, type SchemaTree } from './schema-tree.js';

/** How a {@link ParquetSink} stores rows. Every number is the caller's choice; all of them change the bytes. */
export interface ParquetSinkOptions {
  readonly compression: 'none' | 'snappy' | 'zstd';
  /** 1 to 22; matters to `zstd` only. */
  readonly zstdLevel: number;
  /** Rows of every row group but the last. One row group is the sink's memory. */
  readonly rowGroupRows: number;
  /** Rows of every page but a row group's last. A page of long values may have fewer. */
  readonly pageRows: number;
  /** A column chunk whose distinct values take more is stored without a dictionary; 0 = never one. */
  readonly dictionaryBytesMax: number;
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
   * Writes the last row group and the footer, with `metadata` in it, sorted by key. Does not close the target.
   *
   * @throws LakeError `invalid` after an earlier failure; and whatever the target throws.
   */
  finish(metadata: Readonly<Record<string, string>>): Promise<ParquetSinkSummary>;
}

/**
 * A sink for rows of `schema` that writes to `target` front to back.
 *
 * The bytes depend on the schema, the rows, the options and the metadata: not on how the rows were cut into batches,
 * nor on the layout of their columns. Every page carries a checksum.
 *
 * @throws LakeError `invalid` when the schema cannot be stored, an option is out of range, or a sorting column is
 * missing or nested.
 */
export function createParquetSink(
  target: ByteSink,
  schema: Schema,
  options: ParquetSinkOptions,
): ParquetSink {
  requireOptions(options);
  const tree = layOutSchema(schema);
  const leaves = tree.fields.flatMap((field) => field.leaves);
  const sortingLeaves = options.sortingColumns.map((name) => requireSortingLeaf(tree, name));
  const columns = tree.fields.map(({ field, leaves: own }) =>
    createColumn(field, own, options.dictionaryBytesMax),
  );
  const buffers = columns.flatMap((column) => column.buffers);
  const isBatch = createBatchCheck(schema);
  const rowGroups: RowGroupSummary[] = [];
  let offset = 0;
  let pendingRows = 0;
  let encoder: ReturnType<typeof createChunkEncoder> | undefined;

  const put = async (bytes: Uint8Array) => {
    await target.write(bytes);
    offset += bytes.length;
  };
  const open = async () => {
    if (encoder !== undefined) return encoder;
    encoder = createChunkEncoder({ ...options, codec: await openPageCodec(options.compression, options) });
    await put(MAGIC.slice());
    return encoder;
  };
  const flush = async () => {
    const encode = await open();
    const chunks: RowGroupSummary['chunks'][number][] = [];
    for (const [index, buffer] of buffers.entries()) {
      const indexed = isIndexed(buffer, sortingLeaves.includes(index));
      const chunk = encode(buffer, indexed);
      chunks.push(factsOf(chunk, { offset, compression: options.compression, indexed }));
      await put(chunk.bytes);
      clearLeaf(buffer);
    }
    for (const column of columns) column.appender.clear();
    rowGroups.push({ rowCount: pendingRows, chunks });
    pendingRows = 0;
  };

  return guarded({
    async write(batch) {
      isBatch(batch);
      for (let start = 0; start < batch.rowCount; ) {
        const end = Math.min(batch.rowCount, start + options.rowGroupRows - pendingRows);
        columns.forEach(({ appender }, i) => appender.append(batch.columns[i] as Column, start, end));
        pendingRows += end - start;
        start = end;
        if (pendingRows === options.rowGroupRows) await flush();
      }
    },
    async finish(metadata) {
      if (pendingRows > 0) await flush();
      await open();
      const file = {
        elements: tree.elements,
        leaves,
        rowGroups,
        sortingLeaves,
        metadata,
        createdBy: options.createdBy,
      };
      for (const piece of encodeFooter(file, offset)) await put(piece);
      const rowCount = rowGroups.reduce((sum, group) => sum + group.rowCount, 0);
      return { rowCount, rowGroupCount: rowGroups.length, sizeBytes: offset };
    },
  });
}

/** Lets nothing happen after a failure, after `finish`, or while another call runs. */
function guarded(sink: ParquetSink): ParquetSink {
  let failure: { readonly cause: unknown } | undefined;
  let isFinished = false;
  let isBusy = false;
  const run = async <T>(step: () => Promise<T>): Promise<T> => {
    assert(!isBusy, 'calls of a parquet sink do not overlap');
    assert(!isFinished, 'a finished parquet sink is not used again');
    if (failure !== undefined) throw new LakeError('invalid', 'the parquet sink failed before', failure);
    isBusy = true;
    try {
      return await step();
    } catch (cause) {
      failure = { cause };
      throw cause;
    } finally {
      isBusy = false;
    }
  };
  return {
    write: (batch) => run(() => sink.write(batch)),
    async finish(metadata) {
      const summary = await run(() => sink.finish(metadata));
      isFinished = true;
      return summary;
    },
  };
}

function createColumn(
  field: Field,
  leaves: SchemaTree['fields'][number]['leaves'],
  dictionaryBytesMax: number,
): { readonly buffers: readonly LeafBuffer[]; readonly appender: ColumnAppender } {
  const buffers = leaves.map((leaf) => createLeafBuffer(leaf, dictionaryBytesMax));
  const [first] = buffers;
  assert(first !== undefined, 'a field has a leaf');
  const appender =
    field.type.kind === 'nested' ? createNestedAppender(field, buffers) : createFlatAppender(field, first);
  return { buffers, appender };
}

/** Page bounds come with the pass over numbers; for text they are worth their cost only where rows are sorted by it. */
function isIndexed({ leaf, values }: LeafBuffer, isSorting: boolean): boolean {
  return leaf.path.length === 1 && (values.kind === 'words' || isSorting);
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

function requireSortingLeaf(tree: SchemaTree, name: string): number {
  const index = tree.fields.findIndex(({ field }) => field.name === name);
  const leavesBefore = tree.fields.slice(0, index).reduce((sum, field) => sum + field.leaves.length, 0);
  if (index >= 0 && tree.fields[index]?.field.type.kind !== 'nested') return leavesBefore;
  throw new LakeError('invalid', 'a sorting column is not a flat column of the schema', {
    details: { column: name },
  });
}

function requireOptions(options: ParquetSinkOptions): void {
  const least = { rowGroupRows: 1, pageRows: 1, dictionaryBytesMax: 0 } as const;
  for (const name of ['rowGroupRows', 'pageRows', 'dictionaryBytesMax'] as const) {
    const value = options[name];
    if (Number.isSafeInteger(value) && value >= least[name]) continue;
    throw new LakeError('invalid', 'an option of the parquet sink is out of range', {
      details: { [name]: value },
    });
  }
}
