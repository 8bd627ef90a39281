import {
  createArena,
  createOrderedHash,
  createRowHasher,
  type Arena,
  type RecordBatch,
  type Schema,
} from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import {
  createScratchSpill,
  mergeFiles,
  scanKeys,
  startHelper,
  type Helper,
  type MergeFile,
} from '@ticklake/engine';
import { withSequence, type Spill } from '@ticklake/merge';
import { createParquetSink, openParquet, type ParquetSinkOptions } from '@ticklake/parquet';
import { nodeFileSystem, openStore, USUAL_REQUESTS } from '@ticklake/storage';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { PARQUET_LIMITS } from '../peers/read-ticklake.js';
import type { MergeWay } from './dimensions.js';

/** What is merged, and what to. */
export interface MergeTask {
  /** Of the files. */
  readonly directory: string;
  readonly output: string;
  /** For intermediate files. */
  readonly scratch: string;
  readonly codec: ParquetSinkOptions['compression'];
  readonly copyRowsMin: number | undefined;
}

/** What a merge came to. */
export interface MergeOutcome {
  readonly sha256: string;
  readonly rowCount: number;
  readonly copiedRows: number;
  /** Content hash of the rows as they came out of the files, and as they are read from the output. */
  readonly ordered: string;
  readonly readBack: string;
  /** How often the second thread was asked for something, and rows were spilled. */
  readonly helperRequests: number;
  readonly spills: number;
}

const ORDER_BY = ['ts_event'];
const SEQUENCE = { after: 'ts_event', name: 'seq' };
/** With what a block has around it, no more than the size of block that it comes from. */
const HELPER_BYTES = 128 * 2 ** 20 - 4096;
const READ_BYTES = 512 * 2 ** 20;

/** Merges the files of a task in one of the ways that must not matter. */
export async function mergeInWay(task: MergeTask, way: MergeWay): Promise<MergeOutcome> {
  const { kernels, hasHelper, arenaBytes } = way;
  const arena = createArena({ bytesMax: arenaBytes + (hasHelper ? 2 ** 27 : 0), kernels });
  const helper = hasHelper
    ? countedHelper(startHelper(arena, { bytesMax: HELPER_BYTES, kernels }))
    : undefined;
  const spill = createScratchSpill({
    ...{ arena, directory: task.scratch, fileSystem: nodeFileSystem, orderBy: ORDER_BY },
    limits: PARQUET_LIMITS,
  });
  const counted = countedSpill(spill);
  try {
    const { files, schema } = await findFiles(arena, task.directory, way);
    const pieces: Uint8Array[] = [];
    const options = sinkOptions(task);
    const target = {
      write: (piece: Uint8Array) => {
        pieces.push(piece.slice());
        return Promise.resolve();
      },
    };
    const sink = createParquetSink({ target, arena }, withSequence(schema, SEQUENCE), options);
    const merged = await mergeFiles(files, sink, {
      ...{ arena, schema, helper, spill: counted },
      ...{ orderBy: ORDER_BY, sequence: SEQUENCE, encoding: options, rowGroupRows: options.rowGroupRows },
      ...{ copyRowsMin: task.copyRowsMin, proveWithout: [SEQUENCE.name], limits: PARQUET_LIMITS },
      ...{ windowBytes: way.windowBytes, openMax: way.openMax, sortRows: way.sortRows },
      signal: new AbortController().signal,
    });
    await sink.finish({});
    const bytes = new Uint8Array(Buffer.concat(pieces));
    await writeFile(task.output, bytes);
    return {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      rowCount: merged.rowCount,
      copiedRows: merged.copiedRows,
      ordered: merged.proof?.ordered ?? '',
      readBack: await orderedHashOf(bytes),
      helperRequests: helper?.requests ?? 0,
      spills: counted.writes,
    };
  } finally {
    await helper?.close();
    await spill.dispose();
  }
}

/** Small, so that the output has several row groups and pages. */
function sinkOptions({ codec }: MergeTask): ParquetSinkOptions {
  return {
    compression: codec,
    zstdLevel: 3,
    rowGroupRows: 3000,
    pageRows: 700,
    dictionaryBytesMax: 64 * 1024,
    sortingColumns: [...ORDER_BY, SEQUENCE.name],
    createdBy: 'ticklake determinism',
  };
}

/** The files of a directory, with what reading their keys tells of them. */
async function findFiles(
  arena: Arena,
  directory: string,
  { wholeBytesMax, windowBytes }: MergeWay,
): Promise<{ readonly files: readonly MergeFile[]; readonly schema: Schema }> {
  const store = openStore(directory, { env: {}, requests: USUAL_REQUESTS });
  const files: MergeFile[] = [];
  let schema: Schema | undefined;
  for await (const { key, etag } of store.list('')) {
    const open = async () =>
      openParquet({ source: await store.open(key), arena, wholeBytesMax, windowBytes }, PARQUET_LIMITS);
    const reader = await open();
    try {
      const { rowGroups, isSorted } = await scanKeys(arena, reader, ORDER_BY);
      schema ??= reader.schema;
      const place = { storeUrl: directory, key, etag };
      files.push({ name: key, open, place, rowCount: reader.rowCount, isSorted, rowGroups });
    } finally {
      reader.close();
    }
  }
  if (schema === undefined) throw new Error('there are no files');
  return { files, schema };
}

/** In an arena of its own: what is read does not depend on what the merge has left in memory. */
async function orderedHashOf(bytes: Uint8Array): Promise<string> {
  const arena = createArena({ bytesMax: READ_BYTES });
  const reader = await openParquet({ source: bytesSource(bytes), arena }, PARQUET_LIMITS);
  const hasher = createRowHasher(arena, reader.schema, { exclude: [SEQUENCE.name] });
  const ordered = createOrderedHash();
  const batches: AsyncIterable<RecordBatch> = reader.batches({ rowsMax: 3000 });
  for await (const batch of batches) ordered.add(hasher.digestBatch(batch));
  hasher.release();
  reader.close();
  return ordered.hex();
}

function countedHelper(helper: Helper) {
  const counted = {
    requests: 0,
    ask(request: Parameters<Helper['ask']>[0]) {
      counted.requests++;
      return helper.ask(request);
    },
    close: () => helper.close(),
  };
  return counted;
}

function countedSpill(spill: Spill) {
  const counted = {
    writes: 0,
    write(...given: Parameters<Spill['write']>) {
      counted.writes++;
      return spill.write(...given);
    },
  };
  return counted;
}
