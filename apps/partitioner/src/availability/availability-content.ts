import { createMultisetHash, type Arena, type RecordBatch } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { SourceReceipt } from '@ticklake/manifest';
import { architectureDataset } from '@ticklake/market';
import type { SourceShare } from '@ticklake/shuffle';
import { instrumentBatch, type InstrumentRow } from '../instruments/index.js';
import { batchHashes } from '../partitions/batch-hashes.js';
import { baseReceipt, type PartitionContent } from '../partitions/partition-content.js';
import type { MergeDecision } from '../rows/merge-decision.js';
import type { RowSource } from '../rows/row-source.js';

/** What rows of availability are. */
export const AVAILABILITY = architectureDataset('available_instruments');

/** The instruments of one source. */
export interface InstrumentSource extends Pick<RowSource, 'identity' | 'check'> {
  readonly rows: readonly InstrumentRow[];
}

/** A partition of availability: all instruments of a day, and what each source has of them. */
export interface AvailabilityContent extends PartitionContent {
  /** All rows, in their order. */
  readonly batch: RecordBatch;
}

/** What each source has, in the form in which rows of ticks tell it. */
export function instrumentShares(arena: Arena, sources: readonly InstrumentSource[]): readonly SourceShare[] {
  return sources.map(({ rows }, source) => {
    const batch = instrumentBatch(rows);
    return {
      source,
      rowCount: batch.rowCount,
      multiset: batchHashes(arena, batch).multiset,
      timeMin: 0,
      timeMax: 0,
      isSorted: true,
    };
  });
}

/**
 * The instruments that a day is to hold: those that are published, and those of sources that are new to it.
 *
 * @throws LakeError `conflict` (`DUPLICATE_INSTRUMENT`) where two of them have an instrument: which one is right cannot be told.
 */
export function availabilityContent(
  { base, fresh }: MergeDecision,
  options: {
    readonly sources: readonly InstrumentSource[];
    readonly shares: readonly SourceShare[];
    readonly baseRows: readonly InstrumentRow[];
  },
): AvailabilityContent {
  const { sources, baseRows } = options;
  const shares = options.shares.filter(({ source }) => fresh.has(source));
  const rows = [baseRows, ...shares.map(({ source }) => sources[source]?.rows ?? [])].flat();
  requireDistinct(rows);
  const batch = instrumentBatch(rows);
  const sum = createMultisetHash();
  if (base !== undefined) sum.addHash(base.content.multiset);
  for (const { multiset } of shares) sum.addHash(multiset);
  return {
    ...{ batch, schema: AVAILABILITY.schema, orderBy: ['available_from'] },
    rowOrder: AVAILABILITY.orderBy.join(', '),
    rowCount: rows.length,
    multiset: sum.hex(),
    sources: [...(base?.sources ?? []), ...shares.map((share) => receiptOf(share, sources))],
    base: base === undefined ? undefined : baseReceipt(base),
    async *batches() {
      yield batch;
    },
    async checkSources() {
      for (const { source } of shares) await sources[source]?.check();
    },
  };
}

function receiptOf(share: SourceShare, sources: readonly InstrumentSource[]): SourceReceipt {
  const { name, size, sha256 } = (sources[share.source] as InstrumentSource).identity;
  return { name, size, sha256, rows: share.rowCount, multiset: share.multiset, sorted: true };
}

function requireDistinct(rows: readonly InstrumentRow[]): void {
  const seen = new Set<string>();
  for (const { instrument_id: id } of rows) {
    if (seen.has(id)) {
      throw new LakeError('conflict', 'two sources have an instrument', {
        code: 'DUPLICATE_INSTRUMENT',
        details: { instrument: id },
      });
    }
    seen.add(id);
  }
}
