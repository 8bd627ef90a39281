import { createOrderedHash, createRowHasher, type Arena, type RecordBatch } from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import {
  balanceReceipt,
  publishParquet,
  receiptFooter,
  writeVerified,
  type ProvenFile,
  type Publication,
  type PublishOutcome,
  type Receipt,
  type VerifiedFile,
} from '@ticklake/manifest';
import type { ParquetSink } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import { PARQUET, PARQUET_LIMITS } from '../limits.js';
import { batchHashes } from './batch-hashes.js';
import {
  describePartition,
  partitionDataset,
  PARTITION_VERSION,
  type DerivedFrom,
  type PartitionManifest,
  type ViewCopy,
} from './manifest.js';
import { storedColumns, type StoredColumns } from './materialized-columns.js';
import type { PartitionContent } from './partition-content.js';
import type { PartitionNames } from './partition-names.js';
import { putCopies, type CopyPlan } from './view-copies.js';

/** How partitions are published, whichever they are. */
export interface PublishSettings {
  readonly arena: Arena;
  /** The root of the tier. */
  readonly store: ObjectStore;
  readonly scratchDirectory: string;
  /** Columns of {@link storedColumns} that files are to hold too. */
  readonly materialized: readonly string[];
  /** When the run began, as manifests spell it. */
  readonly createdAt: string;
  readonly tool: string;
  readonly signal: AbortSignal;
}

/** One partition to be published. */
export interface PartitionTask {
  readonly names: PartitionNames;
  /** In the primary view, from the root of the tier. */
  readonly path: string;
  readonly content: PartitionContent;
  /** What the other views get. */
  readonly copies: readonly CopyPlan[];
  /** Whether other rows may take the place of those that are published. */
  readonly replace: boolean;
  readonly derivedFrom: DerivedFrom | undefined;
}

/**
 * Publishes a partition in all of its views: rows are written, read back and balanced against what each source has of them; copies are put
 * where the other views have them, and then the manifest, which names every one of them, commits them together (AP-14, AP-29, D-27).
 *
 * @throws LakeError as `publishParquet`; `conflict` (`SOURCE_CHANGED`) where a source changed meanwhile.
 */
export function publishPartition(
  task: PartitionTask,
  settings: PublishSettings,
): Promise<PublishOutcome<PartitionManifest>> {
  return new PartitionPublication(task, settings).publish();
}

class PartitionPublication {
  private ordered: string | undefined;
  private receipt: Receipt | undefined;
  private copies: readonly ViewCopy[] = [];
  private readonly stored: StoredColumns;

  constructor(
    private readonly task: PartitionTask,
    private readonly settings: PublishSettings,
  ) {
    this.stored = storedColumns(task.content.schema, task.names, settings.materialized);
  }

  publish(): Promise<PublishOutcome<PartitionManifest>> {
    const { path, replace, copies } = this.task;
    const { arena, store, scratchDirectory, tool, signal } = this.settings;
    const { orderBy } = this.task.content;
    const publication: Publication<PartitionManifest> = {
      ...partitionDataset(store, path),
      ...{ arena, scratchDirectory, replace, limits: PARQUET_LIMITS, signal },
      schema: this.stored.schema,
      parquet: { ...PARQUET, createdBy: tool, sortingColumns: orderBy },
      orderBy,
      sequence: undefined,
      hashExclude: this.stored.constants,
      write: (sink) => this.write(sink),
      conclude: () => this.conclude(),
      describe: (facts, place) => {
        assert(this.receipt !== undefined, 'a manifest is made when the rows are written');
        const proof = { schema: this.stored.schema, receipt: this.receipt, facts, place, writer: tool };
        return describePartition(this.claims(), { ...proof, sources: this.task.content.sources });
      },
    };
    const proveSome = (rows: RecordBatch, file: ProvenFile) => this.proveSome(rows, file, publication);
    const prepare = async (file: ProvenFile) => {
      this.copies = await putCopies(copies, file, { store, path, signal, proveSome });
    };
    return publishParquet(publication, { prepare });
  }

  /** A file of some of the rows, whose receipt says which file they are of. */
  private proveSome(
    rows: RecordBatch,
    { facts }: ProvenFile,
    publication: Publication<PartitionManifest>,
  ): Promise<VerifiedFile> {
    const { multiset, ordered } = batchHashes(this.settings.arena, rows);
    const { rowCount } = rows;
    const source = { name: this.task.path, size: facts.sizeBytes, sha256: facts.sha256, sorted: true };
    const sources = [{ ...source, rows: rowCount, multiset }];
    const receipt = balanceReceipt(sources, { rows: rowCount, multiset, ordered });
    const footer = receiptFooter({ receipt, sources, schemaVersion: PARTITION_VERSION });
    return writeVerified({
      ...publication,
      write: (sink) => sink.write(this.stored.batch(rows)),
      conclude: () => Promise.resolve({ rowCount, multiset, footer }),
    });
  }

  private async write(sink: ParquetSink): Promise<void> {
    const { content } = this.task;
    const { schema } = content;
    const hasher = createRowHasher(this.settings.arena, schema, { exclude: [] });
    const hash = createOrderedHash();
    try {
      for await (const rows of content.batches()) {
        if (this.settings.signal.aborted)
          throw new LakeError('cancelled', 'cancelled while a partition was written');
        hash.add(hasher.digestBatch(rows));
        await sink.write(this.stored.batch(rows));
      }
    } finally {
      hasher.release();
    }
    this.ordered = hash.hex();
  }

  private async conclude() {
    const { content, derivedFrom } = this.task;
    await content.checkSources();
    assert(this.ordered !== undefined, 'rows are written before they are added up');
    const { rowCount: rows, multiset, sources, base } = content;
    const receipt = balanceReceipt(sources, { rows, multiset, ordered: this.ordered }, [], base);
    this.receipt = receipt;
    const footer = {
      ...receiptFooter({ receipt, sources, schemaVersion: PARTITION_VERSION }),
      ...(derivedFrom === undefined ? {} : { 'ticklake.derived_from': JSON.stringify(derivedFrom) }),
    };
    return { rowCount: rows, multiset, footer };
  }

  private claims() {
    const { names, content, derivedFrom } = this.task;
    const { tier, dataType, timeframe, day, venue, instrument } = names;
    return {
      ...{ tier, data_type: dataType, timeframe, date: day, venue, instrument_id: instrument },
      ...{ row_order: content.rowOrder, compression: PARQUET.compression },
      materialized: [...this.stored.constants],
      copies: [...this.copies],
      derived_from: derivedFrom,
      created_at: this.settings.createdAt,
    };
  }
}
