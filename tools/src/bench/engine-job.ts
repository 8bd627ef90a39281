#!/usr/bin/env node
// The job by our libraries alone, in a process of its own: `node engine-job.js TASK`, an EngineTask as JSON.
import { open } from 'node:fs/promises';
import { createArena, type Arena, type Schema } from '@ticklake/columnar';
import { isLakeError, mapBounded, writeBehind } from '@ticklake/core';
import {
  claimedKeys,
  compileLightly,
  createScratchSpill,
  createSourceFiles,
  helperPays,
  limitGarbage,
  mergeFiles,
  openSizes,
  scanKeys,
  startHelper,
  type MergedFiles,
  type MergeFile,
  type OpenSizes,
  type SourceFiles,
} from '@ticklake/engine';
import { withSequence } from '@ticklake/merge';
import { createParquetSink, USUAL_LIMITS, type ParquetSinkOptions } from '@ticklake/parquet';
import {
  nodeFileSystem,
  openStore,
  type ObjectMeta,
  type ObjectStore,
  USUAL_REQUESTS,
} from '@ticklake/storage';
import type { EngineTask } from './engine-task.js';

const MIB = 1024 * 1024;

const ORDER = ['ts_event'] as const;
const SEQUENCE = { after: 'ts_event', name: 'seq' };
const ROW_GROUP_ROWS = 100_000;
const OPEN_MAX = 500;
const ENCODING: Omit<ParquetSinkOptions, 'rowGroupRows' | 'createdBy'> = {
  compression: 'snappy',
  zstdLevel: 3,
  pageRows: 20_000,
  dictionaryBytesMax: MIB,
  sortingColumns: ['ts_event', 'seq'],
};

compileLightly();
await mergePartition(JSON.parse(process.argv[2] ?? '') as EngineTask);

/** Looks at all files, merges them, and writes down what went in and what came out. */
async function mergePartition(task: EngineTask): Promise<void> {
  const arena = createArena({ bytesMax: 1536 * MIB });
  const store = openStore(task.raw, { env: {}, requests: USUAL_REQUESTS });
  const objects: ObjectMeta[] = [];
  for await (const object of store.list(`${task.partition}/`)) {
    if (object.key.endsWith('.parquet')) objects.push(object);
  }
  const isShared = task.threads === 2 && helperPays(objects);
  const helper = isShared ? startHelper(arena, { bytesMax: 512 * MIB }) : undefined;
  const sources = createSourceFiles(store, {
    ...{ arena, limits: USUAL_LIMITS },
    keptBytesMax: 128 * MIB,
    wholeBytesMax: MIB / 4,
  });
  const spool = { objects, store, sources };
  try {
    await mergeOnce({ task, arena, helper, ...(await inspect(arena, spool, { believes: true })) });
  } catch (error) {
    // It may be that a footer claimed what is not so; what is damaged will be so again.
    if (!isLakeError(error, 'corrupt')) throw error;
    await mergeOnce({ task, arena, helper, ...(await inspect(arena, spool, { believes: false })) });
  } finally {
    sources.dispose();
    await helper?.close();
  }
}

interface Spool {
  readonly objects: readonly ObjectMeta[];
  readonly store: ObjectStore;
  readonly sources: SourceFiles;
}

/**
 * What a merge is planned by: the bounds that the footers claim, if they are believed, which the merge holds every row to; otherwise, and
 * where a footer claims none, the keys of every row.
 */
async function inspect(
  arena: Arena,
  { objects, store, sources }: Spool,
  { believes }: { readonly believes: boolean },
): Promise<Inspected> {
  let schema: Schema | undefined;
  const sizes = { wholeBytesMax: 0, windowBytes: 0 };
  const files = await mapBounded(objects, 4, (object) =>
    sources.inspect(object, async ({ reader }): Promise<MergeFile> => {
      schema ??= reader.schema;
      const claimed = believes ? claimedKeys(reader, ORDER) : undefined;
      const { isSorted, rowGroups } = claimed ?? (await scanKeys(arena, reader, ORDER));
      return {
        name: object.key,
        place: { storeUrl: store.url, key: object.key, etag: object.etag },
        rowCount: reader.rowCount,
        isSorted,
        rowGroups,
        open: () => sources.open(object, sizes),
      };
    }),
  );
  if (schema === undefined) throw new Error('there are no files');
  // No row is without a time: that is seen before one is written.
  const fields = schema.fields.map((field) => ({ ...field, nullable: field.name !== ORDER[0] }));
  const share = { bytesMax: 128 * MIB, openMax: OPEN_MAX, columnCount: fields.length };
  Object.assign(sizes, openSizes(files, share));
  return { files, schema: { fields }, sizes };
}

interface Inspected {
  readonly files: readonly MergeFile[];
  readonly schema: Schema;
  /** What each file may have at hand when it is merged. */
  readonly sizes: OpenSizes;
}

interface Merge extends Inspected {
  readonly task: EngineTask;
  readonly arena: Arena;
  readonly helper: ReturnType<typeof startHelper> | undefined;
}

async function mergeOnce({ task, arena, files, schema, sizes, helper }: Merge): Promise<void> {
  // Not before: thousands of files make room for new objects, and with it are merged in less time.
  limitGarbage();
  const output = await open(task.output, 'w');
  const file = {
    async write(bytes: Uint8Array) {
      for (let done = 0; done < bytes.length; ) done += (await output.write(bytes, done)).bytesWritten;
    },
  };
  const target = writeBehind(file, { pieceBytes: MIB });
  const sink = createParquetSink({ target, arena }, withSequence(schema, SEQUENCE), {
    ...ENCODING,
    rowGroupRows: ROW_GROUP_ROWS,
    createdBy: 'ticklake engine',
  });
  const directory = task.scratch;
  const spill = createScratchSpill({
    ...{ arena, directory, limits: USUAL_LIMITS },
    fileSystem: nodeFileSystem,
    orderBy: ORDER,
  });
  try {
    const merged = await mergeFiles(files, sink, {
      ...{ arena, schema, helper, spill },
      orderBy: ORDER,
      sequence: SEQUENCE,
      encoding: ENCODING,
      rowGroupRows: ROW_GROUP_ROWS,
      copyRowsMin: task.pages === 'copy' ? ROW_GROUP_ROWS / 2 : undefined,
      proveWithout: task.receipts ? [SEQUENCE.name] : undefined,
      limits: USUAL_LIMITS,
      windowBytes: sizes.windowBytes,
      openMax: OPEN_MAX,
      sortRows: 1_000_000,
      signal: new AbortController().signal,
    });
    await sink.finish(receiptOf(files, merged));
    await target.flush();
  } finally {
    await spill.dispose();
    sink.close();
    await target.settle();
    await output.close();
  }
}

/** What was taken from every file and what the order of all rows came to, for the footer. */
function receiptOf(files: readonly MergeFile[], { proof, rowCount }: MergedFiles): Record<string, string> {
  if (proof === undefined) return {};
  const sources = files.map(({ name }, file) => ({ name, ...proof.files[file] }));
  return { receipt: JSON.stringify({ rowCount, ordered: proof.ordered, sources }) };
}
