import {
  concatBatches,
  createOrderedHash,
  createRowHasher,
  type Arena,
  type RecordBatch,
} from '@ticklake/columnar';
import { assert, isLakeError, LakeError } from '@ticklake/core';
import {
  balanceReceipt,
  publishFile,
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
import { mendPublished, type MendTools, type PutCopy, type WholeFile } from './mend-published.js';
import { publishedRows, publishedState } from './open-rows.js';
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
  /** Has the tier's layout said, if nobody has yet, before a partition is published. @throws LakeError as `agreeOnLayout`. */
  agree(): Promise<void>;
}

/** One partition to be published. */
export interface PartitionTask {
  readonly names: PartitionNames;
  /** In the primary view, from the root of the tier. */
  readonly path: string;
  readonly content: PartitionContent;
  /** What the other views get. */
  readonly copies: readonly CopyPlan[];
  /** What the other views get of the rows of a partition, where each gets some of them only. */
  readonly subsets: ((all: RecordBatch) => readonly CopyPlan[]) | undefined;
  /** Whether other rows may take the place of those that are published. */
  readonly replace: boolean;
  readonly derivedFrom: DerivedFrom | undefined;
}

/**
 * Publishes a partition in all of its views: rows are written, read back and balanced against what each source has of them; copies are put
 * where the other views have them, and then the manifest, which names every one of them, commits them together (AP-14, AP-29, D-27). Where
 * somebody else publishes at the same time, copies are those of whoever came last.
 *
 * @throws LakeError as `publishParquet`; `conflict` (`SOURCE_CHANGED`) where a source changed meanwhile.
 */
export function publishPartition(
  task: PartitionTask,
  settings: PublishSettings,
): Promise<PublishOutcome<PartitionManifest>> {
  return new PartitionPublication(task, settings).publish();
}

/**
 * Publishes a partition whose file is there already, since it is one elsewhere: the file as it is, with the receipt that it has. Otherwise as
 * {@link publishPartition}.
 *
 * @param file - Proved to be what `manifest` describes.
 */
export function publishPartitionFile(
  task: PartitionTask,
  { file, manifest }: { readonly file: ProvenFile; readonly manifest: PartitionManifest },
  settings: PublishSettings,
): Promise<PublishOutcome<PartitionManifest>> {
  // What made the file made it, whoever publishes it.
  const own = { ...settings, materialized: manifest.materialized, tool: manifest.writer };
  return new PartitionPublication(task, own).publishFile(file, manifest.receipt);
}

/** As {@link mendPublished}, where views have some of the rows only. */
export function mendPartition(
  task: PartitionTask,
  manifest: PartitionManifest,
  settings: PublishSettings,
): Promise<PartitionManifest> {
  const { materialized } = manifest;
  return new PartitionPublication(task, { ...settings, materialized }).mend(manifest);
}

class PartitionPublication {
  private ordered: string | undefined;
  private receipt: Receipt | undefined;
  private copies: readonly ViewCopy[] = [];
  private readonly put = new Map<string, PutCopy>();
  private readonly stored: StoredColumns;

  constructor(
    private readonly task: PartitionTask,
    private readonly settings: PublishSettings,
  ) {
    this.stored = storedColumns(task.content.schema, task.names, settings.materialized);
  }

  publish(): Promise<PublishOutcome<PartitionManifest>> {
    return this.whole(() => publishParquet(this.publication(), { prepare: (file) => this.putCopies(file) }));
  }

  publishFile(file: ProvenFile, receipt: Receipt): Promise<PublishOutcome<PartitionManifest>> {
    this.receipt = receipt;
    return this.whole(async () => {
      await this.putCopies(file);
      return publishFile(this.publication(), file);
    });
  }

  /** Copies are those of what is published, whoever published it. */
  private async whole(
    publish: () => Promise<PublishOutcome<PartitionManifest>>,
  ): Promise<PublishOutcome<PartitionManifest>> {
    try {
      const outcome = await publish();
      return { ...outcome, manifest: await this.mend(outcome.manifest) };
    } catch (error) {
      if (this.put.size > 0 && isLakeError(error, 'conflict')) {
        const now = await publishedState(this.settings.store, this.task.path);
        if (now?.isDamaged === false) await this.mend(now.manifest);
      }
      throw error;
    }
  }

  mend(manifest: PartitionManifest): Promise<PartitionManifest> {
    const { arena, store, signal } = this.settings;
    const place = { store, path: this.task.path, manifest };
    const agree = () => this.settings.agree();
    const subset: MendTools['subset'] = (...of) => this.subset(...of);
    return mendPublished(place, { arena, signal, agree, put: this.put, subset });
  }

  private publication(): Publication<PartitionManifest> {
    const { path, replace } = this.task;
    const { arena, store, scratchDirectory, tool, signal } = this.settings;
    const { orderBy } = this.task.content;
    return {
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
  }

  private async putCopies(file: ProvenFile): Promise<void> {
    const { path, replace, copies } = this.task;
    const { store, signal, tool } = this.settings;
    await this.settings.agree();
    // A publication that is refused leaves the copies of what is published alone.
    const published = replace ? undefined : (await publishedState(store, path))?.manifest;
    if (published !== undefined && published.content.multiset !== file.facts.content.multiset) {
      throw new LakeError('conflict', 'other content is published here already', {
        code: 'ALREADY_PUBLISHED',
        details: { path, sha256: published.parquet_sha256 },
      });
    }
    const proveSome = (rows: RecordBatch) => this.proveSome(rows, file.facts, tool);
    const onPut = (copy: ViewCopy, etag: string) => this.put.set(copy.path, { etag, sha256: copy.sha256 });
    this.copies = await putCopies(copies, file, { store, path, signal, proveSome, onPut });
  }

  /** A file of some of the rows, whose receipt says which file they are of. */
  private proveSome(
    rows: RecordBatch,
    { sha256, sizeBytes: size }: WholeFile,
    createdBy: string,
  ): Promise<VerifiedFile> {
    const { multiset, ordered } = batchHashes(this.settings.arena, rows);
    const { rowCount } = rows;
    const sources = [{ name: this.task.path, size, sha256, rows: rowCount, multiset, sorted: true }];
    const receipt = balanceReceipt(sources, { rows: rowCount, multiset, ordered });
    const footer = receiptFooter({ receipt, sources, schemaVersion: PARTITION_VERSION });
    const publication = this.publication();
    return writeVerified({
      ...publication,
      parquet: { ...publication.parquet, createdBy },
      write: (sink) => sink.write(this.stored.batch(rows)),
      conclude: () => Promise.resolve({ rowCount, multiset, footer }),
    });
  }

  /** The file that a copy of some of the rows had. */
  private async subset(copy: ViewCopy, manifest: PartitionManifest): Promise<VerifiedFile> {
    const { path, content, subsets } = this.task;
    const { store, arena } = this.settings;
    const batches: RecordBatch[] = [];
    const all = publishedRows({ store, path, manifest }, { arena, schema: content.schema });
    for await (const batch of all) batches.push(batch);
    const rows = subsets?.(concatBatches(batches)).find((one) => one.path === copy.path)?.rows;
    if (rows === undefined) {
      throw new LakeError('corrupt', 'a manifest names a copy that its partition does not have', {
        code: 'MANIFEST',
        details: { path, copy: copy.path },
      });
    }
    const whole = { sha256: manifest.parquet_sha256, sizeBytes: manifest.parquet_size_bytes };
    return this.proveSome(rows, whole, manifest.writer);
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
