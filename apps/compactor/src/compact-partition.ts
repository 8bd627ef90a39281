import { assert, LakeError, mapBounded } from '@ticklake/core';
import { createMultisetHash, type Schema } from '@ticklake/columnar';
import {
  balanceReceipt,
  publishParquet,
  receiptFooter,
  type FileFacts,
  type Publication,
  type Receipt,
  type SourceReceipt,
} from '@ticklake/manifest';
import { datasetOf, type Dataset } from '@ticklake/market';
import { withSequence } from '@ticklake/merge';
import type { ParquetSinkOptions } from '@ticklake/parquet';
import type { FileSystem, ObjectStore } from '@ticklake/storage';
import { agreeOnSchema } from './agree-on-schema.js';
import { metaSchema, type Meta } from './documents.js';
import { inspectSource, SEQUENCE, type InspectedSource } from './inspect-source.js';
import { INSPECT_CONCURRENCY, KEPT_SHARE, PUBLISHED_LIMITS } from './limits.js';
import { dayBounds, describeMeta, META_VERSION, placeOf, sourceReceipts, timeUnitOf } from './meta.js';
import { mergedRows } from './merged-rows.js';
import { spoolMergeSource, type CountedSource } from './merge-source.js';
import { partitionDirectory } from './partition-key.js';
import type { CompactTask, Settings } from './settings.js';
import { createSpillDirectory, type SpillDirectory } from './spill.js';
import { sourceChanged } from './spool-file.js';
import { createSpoolFiles, type SpoolFiles } from './spool-files.js';
import { createTally } from './tally.js';

/** What a compacted partition came to. */
export interface Compacted {
  readonly status: 'published' | 'unchanged' | 'replaced';
  readonly facts: FileFacts;
  readonly meta: Meta;
}

/** Where a partition is read from and published to, and how the rest of the run hears of it. */
export interface CompactContext {
  readonly raw: ObjectStore;
  readonly compact: ObjectStore;
  readonly settings: Settings;
  /** Holds the scratch files; tests pass one that fails. */
  readonly fileSystem: FileSystem;
  /** Of the run, for `created_at`. */
  readonly createdAt: string;
  readonly signal: AbortSignal;
  onRows(rowsDone: number): void;
}

/**
 * The main job: the spool files of one partition become one `data.parquet`, ordered by (`ts_event`, `seq`), with a
 * receipt whose inputs add up to its output (spec rows CM-01, MG-01…13).
 *
 * @throws LakeError `corrupt` when an input is damaged or the receipt does not balance: nothing is published.
 * @throws LakeError `conflict` when an input changed meanwhile or another run published something else.
 */
export async function compactPartition(task: CompactTask, context: CompactContext): Promise<Compacted> {
  const dataset = datasetOf(task.key.stream);
  const files = createSpoolFiles(context.raw, { keptBytesMax: context.settings.memory * KEPT_SHARE });
  const inspected = await mapBounded(task.sources, INSPECT_CONCURRENCY, async (object) => {
    if (context.signal.aborted) throw new LakeError('cancelled', 'cancelled before the merge');
    return inspectSource(await files.openFirst(object), object, dataset);
  });
  const plan = planMerge(inspected, dataset);
  const spills = createSpillDirectory(context, plan.orderBy);
  try {
    return await mergeAndPublish({ task, context, dataset, files, inspected, plan, spills });
  } finally {
    await spills.dispose();
  }
}

interface MergePlan {
  readonly schema: Schema;
  readonly orderBy: readonly [string] | readonly [string, string];
}

/** By (`ts_event`, `seq`) when every file has its `seq`, else by `ts_event`; then by file name and row (decision C-01). */
function planMerge(inspected: readonly InspectedSource[], dataset: Dataset): MergePlan {
  const sequenced = inspected.every((source) => source.sequenced);
  const orderBy = sequenced ? ([dataset.timeColumn, SEQUENCE] as const) : ([dataset.timeColumn] as const);
  const { schema, strangers } = agreeOnSchema(inspected, orderBy);
  const [stranger] = strangers;
  if (stranger !== undefined) throw stranger.error;
  return { schema, orderBy };
}

interface Work {
  readonly task: CompactTask;
  readonly context: CompactContext;
  readonly dataset: Dataset;
  readonly files: SpoolFiles;
  readonly inspected: readonly InspectedSource[];
  readonly plan: MergePlan;
  readonly spills: SpillDirectory;
}

async function mergeAndPublish(work: Work): Promise<Compacted> {
  const { task, context, files, inspected, plan, dataset } = work;
  const { settings, signal } = context;
  const counted = inspected.map((source) => spoolMergeSource(files, source, plan));
  const schema = withSequence(plan.schema, { after: dataset.timeColumn, name: SEQUENCE });
  const timeUnit = timeUnitOf(schema, settings.tsUnit);
  const tally = createTally({
    timeColumn: dataset.timeColumn,
    day: timeUnit && dayBounds(task.key, timeUnit),
    onRows: context.onRows,
  });
  let proof: Proof | undefined;
  const publication: Publication<Meta> = {
    store: context.compact,
    directory: partitionDirectory(task.key),
    dataName: 'data.parquet',
    manifestName: 'meta.json',
    manifestSchema: metaSchema,
    schema,
    parquet: sinkOptions(settings, dataset),
    limits: PUBLISHED_LIMITS,
    orderBy: [dataset.timeColumn],
    sequence: SEQUENCE,
    hashExclude: [SEQUENCE],
    scratchDirectory: settings.scratch,
    replace: task.replace,
    signal,
    batches: tally.count(
      mergedRows({ ...work, ...plan, settings, signal, sources: counted, spill: work.spills.spill }),
    ),
    async conclude() {
      await requireUnchanged(context.raw, inspected);
      proof = proveMerge(inspected, counted, tally.ordered());
      const { rows: rowCount, multiset } = proof.receipt.output;
      return { rowCount, multiset, footer: receiptFooter({ ...proof, schemaVersion: META_VERSION }) };
    },
    describe(facts, place) {
      assert(proof !== undefined, 'a manifest is described after the merge is concluded');
      const outOfDayRows = tally.outOfDayRows();
      const { createdAt } = context;
      const writer = settings.createdBy;
      return describeMeta({
        ...{ key: task.key, facts, place, schema, timeUnit, outOfDayRows, createdAt, writer },
        ...proof,
      });
    },
    place: placeOf,
  };
  const result = await publishParquet(publication, context);
  return { status: result.status, facts: result.facts, meta: result.manifest };
}

function sinkOptions(settings: Settings, { timeColumn }: Dataset): ParquetSinkOptions {
  const { compression, zstdLevel, rowGroupRows, pageRows, dictionaryBytesMax, createdBy } = settings;
  const sortingColumns = [timeColumn, SEQUENCE];
  return { compression, zstdLevel, rowGroupRows, pageRows, dictionaryBytesMax, createdBy, sortingColumns };
}

interface Proof {
  readonly receipt: Receipt;
  readonly sources: readonly SourceReceipt[];
}

/** What the inputs add up to is what the output must hold; the order is the one the merge gave. */
function proveMerge(
  inspected: readonly InspectedSource[],
  counted: readonly CountedSource[],
  ordered: string,
): Proof {
  const sources = sourceReceipts(inspected, counted);
  const multiset = createMultisetHash();
  for (const source of sources) multiset.addHash(source.multiset);
  const rows = sources.reduce((sum, source) => sum + source.rows, 0);
  return { sources, receipt: balanceReceipt(sources, { rows, multiset: multiset.hex(), ordered }) };
}

/** @throws LakeError `conflict` when an input is no longer the version that was read. */
async function requireUnchanged(raw: ObjectStore, inspected: readonly InspectedSource[]): Promise<void> {
  await mapBounded(inspected, INSPECT_CONCURRENCY, async ({ object }) => {
    const now = await raw.head(object.key);
    if (now?.etag !== object.etag) throw sourceChanged(object.key);
  });
}
