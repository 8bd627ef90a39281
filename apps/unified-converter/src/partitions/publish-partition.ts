import { createOrderedHash, createRowHasher, type Arena, type Field } from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import {
  balanceReceipt,
  publishParquet,
  receiptFooter,
  type PublishOutcome,
  type Receipt,
  type SourceReceipt,
} from '@ticklake/manifest';
import type { ColumnUnit, UnifiedDataset } from '@ticklake/market';
import type { ParquetSink } from '@ticklake/parquet';
import {
  createRunSpill,
  orderedRows,
  runsThatFit,
  type OrderedRows,
  type PartitionRows,
  type SpillReader,
  type SpillRoom,
} from '@ticklake/shuffle';
import type { ObjectStore } from '@ticklake/storage';
import { BATCH_ROWS, PUBLISHED_LIMITS, RUNS_MAX } from '../limits.js';
import type { Market } from '../sources/find-sources.js';
import {
  describePartition,
  PARTITION_VERSION,
  partitionDataset,
  type DerivedFrom,
  type PartitionManifest,
} from './manifest.js';
import { partitionDate, type PartitionPeriod } from './partition-period.js';
import { parquetOptions, type StorageOptions } from './storage-options.js';
import type { StoredColumns } from './stored-columns.js';

/** A source as it was when its rows were taken. */
export interface SourceIdentity {
  readonly name: string;
  readonly size: number;
  readonly etag: string;
  readonly sha256: string;
}

/** The rows of a partition, which is named by its first day. */
export type KeyedPartition = PartitionRows & { readonly key: number };

/** How partitions are published, whichever they are. */
export interface PublishSettings {
  readonly arena: Arena;
  readonly store: ObjectStore;
  readonly dataset: UnifiedDataset;
  readonly market: Market;
  readonly timeUnit: ColumnUnit;
  /** What partitions are by. */
  readonly period: PartitionPeriod;
  readonly stored: StoredColumns;
  readonly storage: StorageOptions;
  readonly valueFields: readonly Field[];
  readonly spill: SpillReader;
  /** Where rows of the spill are read to; whoever publishes one partition after another has one for all. */
  readonly room: SpillRoom;
  /** Those of the partition, by the numbers that routed rows have. */
  readonly sources: ReadonlyMap<number, SourceIdentity>;
  /** Throws where a source is no longer what it was. */
  checkSources(sources: readonly SourceIdentity[]): Promise<void>;
  /** What the rows were made of, where they are not those of the sources. */
  readonly derivedFrom: DerivedFrom | undefined;
  /** Rows that are held to be sorted; of more, runs are sorted and merged. */
  readonly sortRowsMax: number;
  readonly scratchDirectory: string;
  readonly createdAt: string;
  readonly tool: string;
  /** Looks at the rows in their order, while they are written. */
  examine(rows: OrderedRows): void;
}

/** What one publication is told beside. */
export interface PublishRun {
  readonly signal: AbortSignal;
  onRows(rowsDone: number): void;
}

/**
 * Publishes the rows of one partition in `directory`: sorted, read back, and balanced against what each source has of them. Other content
 * that is published there becomes an old generation.
 *
 * @throws LakeError as `publishParquet`; `conflict` (`SOURCE_CHANGED`) where a source changed meanwhile.
 */
export function publishPartition(
  partition: KeyedPartition,
  directory: string,
  settings: PublishSettings,
  run: PublishRun,
): Promise<PublishOutcome<PartitionManifest>> {
  return new PartitionPublication({ partition, directory, settings, run }).publish();
}

interface PublicationParts {
  readonly partition: KeyedPartition;
  readonly directory: string;
  readonly settings: PublishSettings;
  readonly run: PublishRun;
}

class PartitionPublication {
  private ordered: string | undefined;
  private receipt: Receipt | undefined;

  constructor(private readonly parts: PublicationParts) {}

  publish(): Promise<PublishOutcome<PartitionManifest>> {
    const { directory, settings, run } = this.parts;
    const { arena, store, stored, tool, scratchDirectory } = settings;
    return publishParquet({
      ...partitionDataset(store, directory),
      ...{ arena, scratchDirectory, replace: true, limits: PUBLISHED_LIMITS, signal: run.signal },
      schema: stored.schema,
      parquet: { ...parquetOptions(settings.storage, stored.schema), createdBy: tool },
      orderBy: settings.dataset.orderBy,
      sequence: undefined,
      hashExclude: stored.added,
      write: (sink) => this.write(sink),
      conclude: () => this.conclude(),
      describe: (facts, place) => {
        assert(this.receipt !== undefined, 'a manifest is made when the rows are written');
        const { dataset, market, timeUnit, derivedFrom, createdAt } = settings;
        const claims = {
          dataset,
          market,
          timeUnit,
          derivedFrom,
          createdAt,
          schema: stored.schema,
          writer: tool,
        };
        return describePartition({ ...claims, receipt: this.receipt, sources: this.sources() }, facts, place);
      },
    });
  }

  private async write(sink: ParquetSink): Promise<void> {
    const { partition, settings, run } = this.parts;
    const stored = settings.stored.batchesOf(partitionDate(partition.key, settings.period));
    const hashing = partition.ordered === undefined ? this.hashing() : undefined;
    let rowsDone = 0;
    try {
      for await (const rows of this.rows()) {
        if (run.signal.aborted) throw new LakeError('cancelled', 'cancelled while a partition was written');
        hashing?.add(rows);
        settings.examine(rows);
        await sink.write(stored(rows));
        rowsDone += rows.rowCount;
        run.onRows(rowsDone);
      }
    } finally {
      hashing?.release();
    }
    this.ordered = partition.ordered ?? hashing?.hex();
  }

  private rows(): AsyncGenerator<OrderedRows> {
    const { partition, settings, run } = this.parts;
    const { spill, room, valueFields, sortRowsMax, scratchDirectory } = settings;
    return orderedRows(partition, spill, {
      fields: valueFields,
      ...{
        sortRowsMax,
        runsMax: runsThatFit({ sortRowsMax, batchRows: BATCH_ROWS, runsMax: RUNS_MAX }),
        batchRows: BATCH_ROWS,
      },
      room,
      createRuns: () => createRunSpill(scratchDirectory, valueFields, run.signal),
    });
  }

  /** The order of rows that had to be sorted is hashed as it is written; of others it was, when they were taken. */
  private hashing() {
    const { arena, valueFields } = this.parts.settings;
    const schema = { fields: valueFields };
    const hasher = createRowHasher(arena, schema, { exclude: [] });
    const hash = createOrderedHash();
    return {
      add: ({ rowCount, columns }: OrderedRows) =>
        hash.add(hasher.digestBatch({ schema, rowCount, columns })),
      hex: hash.hex,
      release: () => hasher.release(),
    };
  }

  private async conclude() {
    const { partition, settings } = this.parts;
    const { derivedFrom } = settings;
    await settings.checkSources(partition.sources.map(({ source }) => this.identity(source)));
    assert(this.ordered !== undefined, 'rows are written before they are added up');
    const sources = this.sources();
    const { rowCount: rows, multiset } = partition;
    const receipt = balanceReceipt(sources, { rows, multiset, ordered: this.ordered });
    this.receipt = receipt;
    const footer = {
      ...receiptFooter({ receipt, sources, schemaVersion: PARTITION_VERSION }),
      'ticklake.time_unit': settings.timeUnit,
      ...(derivedFrom === undefined ? {} : { 'ticklake.derived_from': JSON.stringify(derivedFrom) }),
    };
    return { rowCount: rows, multiset, footer };
  }

  private identity(source: number): SourceIdentity {
    const found = this.parts.settings.sources.get(source);
    assert(found !== undefined, 'rows are of a source');
    return found;
  }

  private sources(): readonly SourceReceipt[] {
    return this.parts.partition.sources.map(({ source, rowCount, multiset, timeMin, timeMax, isSorted }) => {
      const { name, size, sha256 } = this.identity(source);
      const times = { ts_event_min: String(timeMin), ts_event_max: String(timeMax) };
      return { name, size, sha256, rows: rowCount, multiset, ...times, sorted: isSorted };
    });
  }
}
