import { createColumnBuffer, takeRows, type Arena, type RecordBatch, type Schema } from '@ticklake/columnar';
import type { ByteSink } from '@ticklake/core';
import { memorySpill } from '@ticklake/merge/testing';
import {
  createParquetSink,
  openParquet,
  openRowGroupEncoder,
  type ParquetReader,
  type ParquetSink,
  type ParquetSinkOptions,
  USUAL_LIMITS,
} from '@ticklake/parquet';
import { fileSource, memorySink } from '@ticklake/parquet/testing';
import { withSequence } from '@ticklake/merge';
import type { MergeFile } from '../merge-file.js';
import { mergeFiles, type MergedFiles, type MergeFilesOptions } from '../merge-files.js';
import { scanKeys } from '../scan-keys.js';
import { ARENA } from './test-arena.js';
import { SCHEMA, whole } from './test-rows.js';

/** Small numbers, so that a few rows make several row groups and pages. */
export const SMALL: ParquetSinkOptions = {
  compression: 'snappy',
  zstdLevel: 3,
  rowGroupRows: 4,
  pageRows: 3,
  dictionaryBytesMax: 1 << 16,
  sortingColumns: [],
  createdBy: 'ticklake test',
};

/** The file that a sink makes of a batch. With `groupRows`, its row groups have these sizes. */
export async function fileOf(
  batch: RecordBatch,
  { groupRows, ...given }: Partial<ParquetSinkOptions> & { readonly groupRows?: readonly number[] } = {},
): Promise<Uint8Array> {
  const target = memorySink();
  const options = { ...SMALL, ...given };
  const sink = createParquetSink({ target, arena: ARENA }, batch.schema, options);
  if (groupRows === undefined) await sink.write(batch);
  else await writeGroups(sink, batch, { options, groupRows });
  await sink.finish({});
  return target.bytes();
}

async function writeGroups(
  sink: ParquetSink,
  { schema, columns }: RecordBatch,
  { options, groupRows }: { readonly options: ParquetSinkOptions; readonly groupRows: readonly number[] },
): Promise<void> {
  const encoder = await openRowGroupEncoder(ARENA, schema, options);
  const buffers = schema.fields.map(({ type }) => createColumnBuffer(ARENA, type));
  let row = 0;
  for (const rowCount of groupRows) {
    buffers.forEach((buffer, i) => {
      buffer.clear();
      buffer.append(columns[i]!, row, row + rowCount);
    });
    const chunks = await encoder.encode(
      buffers.map((buffer) => buffer.placed()),
      rowCount,
    );
    await sink.writeRowGroup(chunks.flat(), rowCount);
    row += rowCount;
  }
  for (const one of [encoder, ...buffers]) one.release();
}

/** A file from memory. One that is `windowed` is read piece by piece, otherwise it is at hand as a whole. */
export function openBytes(
  bytes: Uint8Array,
  { windowed = false, arena = ARENA }: { readonly windowed?: boolean; readonly arena?: Arena } = {},
): Promise<ParquetReader> {
  const tools = windowed ? { wholeBytesMax: 0, windowBytes: 256 } : {};
  return openParquet({ source: fileSource(bytes), arena, ...tools }, USUAL_LIMITS);
}

/** Rows as the file has them. */
export async function readBack(bytes: Uint8Array): Promise<RecordBatch> {
  const reader = await openBytes(bytes);
  const batches: RecordBatch[] = [];
  // Views of the arena do not last.
  for await (const batch of reader.batches({ rowsMax: 1_000 })) batches.push(copied(batch));
  const { schema } = reader;
  reader.close();
  return whole(schema, batches);
}

/** A file of a merge that counts how often it is opened. */
export interface TestFile extends MergeFile {
  readonly bytes: Uint8Array;
  readonly calls: { open: number };
}

/** What {@link testFile} makes of bytes. */
export interface TestFileOptions {
  readonly orderBy: readonly string[];
  readonly windowed?: boolean;
  readonly place?: MergeFile['place'];
}

/** A file of a merge, with what a scan tells of its keys. */
export async function testFile(
  name: string,
  bytes: Uint8Array,
  { orderBy, windowed = false, place }: TestFileOptions,
): Promise<TestFile> {
  const reader = await openBytes(bytes);
  const { rowGroups, isSorted } = await scanKeys(ARENA, reader, orderBy);
  const { rowCount } = reader;
  reader.close();
  const calls = { open: 0 };
  return {
    ...{ name, bytes, calls, rowCount, rowGroups, isSorted },
    ...(place && { place }),
    open() {
      calls.open++;
      return openBytes(bytes, { windowed });
    },
  };
}

/** How {@link mergeOf} merges; what is left out has a small value. */
export type TestMerge = Partial<MergeFilesOptions> & { readonly target?: ByteSink };

/** Options of a merge in small numbers. */
export function mergeOptions(given: TestMerge = {}): MergeFilesOptions {
  const orderBy = given.orderBy ?? ['ts_event'];
  return {
    arena: ARENA,
    schema: SCHEMA,
    orderBy,
    sequence: undefined,
    encoding: SMALL,
    rowGroupRows: SMALL.rowGroupRows,
    copyRowsMin: undefined,
    proveWithout: ['seq'],
    limits: USUAL_LIMITS,
    windowBytes: 256,
    openMax: 8,
    sortRows: 100,
    spill: memorySpill({ arena: ARENA, orderBy, pieceRows: 3 }),
    signal: new AbortController().signal,
    ...given,
  };
}

/** The schema of what a merge writes. */
export function outputSchema({ schema, sequence }: MergeFilesOptions): Schema {
  return sequence === undefined ? schema : withSequence(schema, sequence);
}

/** What a merge wrote, and what it told. */
export interface MergedBytes {
  readonly bytes: Uint8Array;
  readonly merged: MergedFiles;
}

/** Merges files to one in memory. */
export async function mergeOf(files: readonly MergeFile[], given: TestMerge = {}): Promise<MergedBytes> {
  const options = mergeOptions(given);
  const { encoding, rowGroupRows } = options;
  const kept = memorySink();
  const target = given.target ?? kept;
  const sinkOptions = { ...encoding, rowGroupRows, createdBy: SMALL.createdBy };
  const sink = createParquetSink({ target, arena: options.arena }, outputSchema(options), sinkOptions);
  try {
    const merged = await mergeFiles(files, sink, options);
    await sink.finish({});
    return { bytes: kept.bytes(), merged };
  } finally {
    sink.close();
  }
}

/** That two merges came to the same; comparing long arrays with `expect` takes minutes. */
export function expectSameMerge(a: MergedBytes, b: MergedBytes): void {
  expect(a.merged).toEqual(b.merged);
  expect(Buffer.compare(a.bytes, b.bytes)).toBe(0);
}

function copied(batch: RecordBatch): RecordBatch {
  return takeRows(
    batch,
    Uint32Array.from({ length: batch.rowCount }, (_, row) => row),
  );
}
