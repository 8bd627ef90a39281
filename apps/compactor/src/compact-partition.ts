import { assert, LakeError, mapBounded } from '@ticklake/core';
import { createMultisetHash, type Arena, type Schema } from '@ticklake/columnar';
import {
  collectGarbage,
  createScratchSpill,
  createSourceFiles,
  mergeFiles,
  openSizes,
  sourceChanged,
  type MergedFiles,
  type MergeFile,
  type OpenSizes,
  type SourceFiles,
} from '@ticklake/engine';
import {
  balanceReceipt,
  publishParquet,
  receiptFooter,
  type FileFacts,
  type Publication,
  type Receipt,
  type ReceiptOutput,
  type SourceReceipt,
} from '@ticklake/manifest';
import { datasetOf, type Dataset } from '@ticklake/market';
import { withSequence, type SequenceOptions } from '@ticklake/merge';
import type { ParquetSink, ParquetSinkOptions } from '@ticklake/parquet';
import type { FileSystem, ObjectStore } from '@ticklake/storage';
import { agreeOnSchema } from './agree-on-schema.js';
import { requireNothingLost } from './leave-out.js';
import type { Meta } from './documents.js';
import { inspectSource, SEQUENCE, type InspectedSource, type InspectOptions } from './inspect-source.js';
import {
  COLLECT_ROWS_MIN,
  INSPECT_CONCURRENCY,
  MEMORY_SHARES,
  PUBLISHED_LIMITS,
  SPOOL_LIMITS,
} from './limits.js';
import { dayBounds, describeMeta, META_VERSION, sourceReceipts, timeUnitOf } from './meta.js';
import { partitionId } from './partition-key.js';
import {
  baseReceipt,
  openBase,
  requireSameBase,
  withoutSequence,
  type PublishedBase,
} from './published-base.js';
import { publishedDataset, readMeta } from './published-dataset.js';
import type { CompactTask, Settings } from './settings.js';
import { coversPublished } from './standing.js';

/** What a compacted partition came to. */
export interface Compacted {
  readonly status: 'published' | 'unchanged' | 'replaced';
  readonly facts: FileFacts;
  readonly meta: Meta;
}

/** Where a partition is read from and published to, and how the rest of the run hears of it. */
export interface CompactContext {
  /** Holds everything that is read and written, within the budget of one partition. */
  readonly arena: Arena;
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
  const { arena, raw, settings, signal } = context;
  const dataset = datasetOf(task.key.stream);
  const files = createSourceFiles(raw, {
    arena,
    limits: SPOOL_LIMITS,
    keptBytesMax: arena.bytesMax * MEMORY_SHARES.kept,
    wholeBytesMax: (arena.bytesMax * MEMORY_SHARES.atHand) / INSPECT_CONCURRENCY,
  });
  const dayOf = (schema: Schema) => {
    const unit = timeUnitOf(schema, settings.tsUnit);
    return unit && dayBounds(task.key, unit);
  };
  const options: InspectOptions = { arena, dataset, dayOf };
  const base =
    task.base === undefined
      ? undefined
      : await openBase(task.key, task.base, { compact: context.compact, ...options });
  try {
    const sources = await mapBounded(task.sources, INSPECT_CONCURRENCY, async (object) => {
      if (signal.aborted) throw new LakeError('cancelled', 'cancelled before the merge');
      return files.inspect(object, (file) => inspectSource(file, object, options));
    });
    const inspected = base === undefined ? sources : [base.inspected, ...sources.map(withoutSequence)];
    const plan = planMerge(inspected, dataset, base);
    return await mergeAndPublish({ task, context, dataset, files, base, inspected, plan });
  } finally {
    files.dispose();
    base?.files.dispose();
  }
}

interface MergePlan {
  readonly schema: Schema;
  readonly orderBy: readonly [string] | readonly [string, string];
}

/**
 * By (`ts_event`, `seq`) when every file has its `seq`, else by `ts_event`; then by file name and row (decision C-01). Published
 * rows come before those that came after them, and keep their order.
 */
function planMerge(
  inspected: readonly InspectedSource[],
  dataset: Dataset,
  base: PublishedBase | undefined,
): MergePlan {
  const sequenced = inspected.every((source) => source.sequenced);
  const orderBy = sequenced ? ([dataset.timeColumn, SEQUENCE] as const) : ([dataset.timeColumn] as const);
  const { schema, strangers } = agreeOnSchema(inspected, orderBy, base?.inspected.schema);
  const [stranger] = strangers;
  if (stranger !== undefined) throw stranger.error;
  return { schema, orderBy };
}

interface Work {
  readonly task: CompactTask;
  readonly context: CompactContext;
  readonly dataset: Dataset;
  readonly files: SourceFiles;
  readonly base: PublishedBase | undefined;
  /** What is merged, the base first. */
  readonly inspected: readonly InspectedSource[];
  readonly plan: MergePlan;
}

async function mergeAndPublish(work: Work): Promise<Compacted> {
  const { task, context, base, inspected, plan, dataset } = work;
  const { arena, settings, signal } = context;
  const schema = withSequence(plan.schema, sequenceIn(dataset));
  const timeUnit = timeUnitOf(schema, settings.tsUnit);
  let merged: MergedFiles | undefined;
  let proof: Proof | undefined;
  const publication: Publication<Meta> = {
    ...publishedDataset(context.compact, task.key),
    arena,
    schema,
    parquet: sinkOptions(settings, dataset),
    limits: PUBLISHED_LIMITS,
    orderBy: [dataset.timeColumn],
    sequence: SEQUENCE,
    hashExclude: [SEQUENCE],
    scratchDirectory: settings.scratch,
    replace: task.replace,
    signal,
    async write(sink) {
      // What is published was read just before, and must still be there at the commit: this judges that very publication.
      if (task.quarantined !== undefined) await requireNothingLost(context.compact, task);
      if (base !== undefined) await requireSameBase(context, task.key, base);
      merged = await mergeInto(sink, work);
    },
    async conclude() {
      assert(merged !== undefined, 'rows are written before they are proved');
      if (merged.rowCount >= COLLECT_ROWS_MIN) collectGarbage();
      await requireUnchanged(context.raw, base === undefined ? inspected : inspected.slice(1));
      if (task.replace && base === undefined) await requireCovered(context.compact, task);
      proof = proveMerge(work, merged);
      requireExpected(proof.receipt.output, task.expected);
      const { rows: rowCount, multiset } = proof.receipt.output;
      return { rowCount, multiset, footer: receiptFooter({ ...proof, schemaVersion: META_VERSION }) };
    },
    describe(facts, place) {
      assert(proof !== undefined, 'a manifest is described after the merge is concluded');
      const { createdAt } = context;
      const writer = settings.createdBy;
      const outOfDayRows = outOfDayRowsOf(inspected);
      return describeMeta({
        ...{ key: task.key, facts, place, schema, timeUnit, outOfDayRows, createdAt, writer },
        ...proof,
      });
    },
  };
  const result = await publishParquet(publication, context);
  return { status: result.status, facts: result.facts, meta: result.manifest };
}

/** Writes the rows of all sources in order, numbered (spec rows MG-01…13, MG-16). */
async function mergeInto(
  sink: ParquetSink,
  { context, dataset, files, base, inspected, plan }: Work,
): Promise<MergedFiles> {
  const { arena, settings, fileSystem, signal, onRows } = context;
  const { orderBy, schema } = plan;
  const sizes = sizesFor(inspected, schema, context);
  const spill = createScratchSpill({
    ...{ arena, fileSystem, orderBy },
    directory: settings.scratch,
    limits: PUBLISHED_LIMITS,
  });
  const sources = inspected.map(
    (source): MergeFile => ({
      name: source.name,
      open: () => (source === base?.inspected ? base.files : files).open(source.object, sizes),
      rowCount: source.rowCount,
      isSorted: orderBy.length === 2 ? source.sortedBySequence : source.sortedByTime,
      rowGroups: source.rowGroups,
    }),
  );
  try {
    return await mergeFiles(sources, sink, {
      ...{ arena, schema, orderBy, signal, onRows, spill },
      sequence: sequenceIn(dataset),
      encoding: sinkOptions(settings, dataset),
      rowGroupRows: settings.rowGroupRows,
      copyRowsMin: settings.copyPages ? Math.ceil(settings.rowGroupRows / 2) : undefined,
      proveWithout: [SEQUENCE],
      openMax: sizes.openMax,
      limits: SPOOL_LIMITS,
      windowBytes: sizes.windowBytes,
      sortRows: settings.sortRows,
    });
  } finally {
    for (const source of inspected) source.rowGroups = [];
    await spill.dispose();
  }
}

/** How many files may be open at once, and how much of each may be at hand; the merge goes hierarchical beyond. */
function sizesFor(
  inspected: readonly InspectedSource[],
  { fields }: Schema,
  { arena: { bytesMax: memory }, settings }: CompactContext,
): OpenSizes & { readonly openMax: number } {
  const groupBytes = inspected.reduce((most, source) => Math.max(most, source.groupBytes), 1);
  const affordable = Math.floor((memory * MEMORY_SHARES.pages) / groupBytes);
  const openMax = Math.max(2, Math.min(settings.openMax, affordable));
  const share = { bytesMax: memory * MEMORY_SHARES.atHand, openMax, columnCount: fields.length };
  return { openMax, ...openSizes(inspected, share) };
}

/** Rows of another UTC day than the partition's; `undefined` while the unit of time is not known (decision C-02). */
function outOfDayRowsOf(inspected: readonly InspectedSource[]): number | undefined {
  let rows = 0;
  for (const { rowCount, inDayRows } of inspected) {
    if (inDayRows === undefined) return undefined;
    rows += rowCount - inDayRows;
  }
  return rows;
}

function sequenceIn({ timeColumn }: Dataset): SequenceOptions {
  return { after: timeColumn, name: SEQUENCE };
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
function proveMerge({ task: { quarantined }, base, inspected }: Work, merged: MergedFiles): Proof {
  assert(merged.proof !== undefined, 'the merge proves its rows');
  const { files, ordered } = merged.proof;
  const sources =
    base === undefined
      ? sourceReceipts(inspected, files)
      : [...base.meta.sources, ...sourceReceipts(inspected.slice(1), files.slice(1))];
  const multiset = createMultisetHash();
  for (const source of sources) multiset.addHash(source.multiset);
  const rows = sources.reduce((sum, source) => sum + source.rows, 0);
  const output = { rows, multiset: multiset.hex(), ordered };
  const stated = base && baseReceipt(base, files[0]);
  return { sources, receipt: balanceReceipt(sources, output, quarantined, stated) };
}

/** @throws LakeError `corrupt` (`REBUILD_DIFFERS`) when the rows are not those that were expected. */
function requireExpected(output: ReceiptOutput, expected: ReceiptOutput | undefined): void {
  if (expected === undefined) return;
  const { rows, multiset, ordered } = expected;
  if (output.rows === rows && output.multiset === multiset && output.ordered === ordered) return;
  throw new LakeError('corrupt', 'the sources do not come to the rows that were published', {
    code: 'REBUILD_DIFFERS',
    details: {
      ...{ rows: output.rows, multiset: output.multiset, ordered: output.ordered },
      ...{ publishedRows: rows, publishedMultiset: multiset, publishedOrdered: ordered },
    },
  });
}

/** @throws LakeError `conflict` when an input is no longer the version that was read. */
async function requireUnchanged(raw: ObjectStore, inspected: readonly InspectedSource[]): Promise<void> {
  await mapBounded(inspected, INSPECT_CONCURRENCY, async ({ object }) => {
    const now = await raw.head(object.key);
    if (now?.etag !== object.etag) throw sourceChanged(object.key);
  });
}

/**
 * Since this run has chosen its inputs, another one may have published more, which is never replaced by less, or a rollback may have
 * held the partition. Asked while
 * publishing, which replaces nothing that came later than it began.
 *
 * @throws LakeError `conflict` (`PUBLISHED_MEANWHILE`) when what is published has files that this run does not, or is held.
 */
async function requireCovered(compact: ObjectStore, { key, sources, overwrite }: CompactTask): Promise<void> {
  const meta = await readMeta(compact, key);
  const undoesRollback =
    meta?.held !== undefined && overwrite !== true && sources.length > meta.sources.length;
  if (meta === undefined || (coversPublished(sources, meta) && !undoesRollback)) return;
  throw new LakeError('conflict', 'another run has published something else meanwhile', {
    code: 'PUBLISHED_MEANWHILE',
    details: { partition: partitionId(key), generation: meta.generation },
  });
}
