import { assert, startOfDayMs } from '@ticklake/core';
import { fingerprintSchema, type Schema } from '@ticklake/columnar';
import type { FileFacts, PublishedPlace, Receipt, SourceReceipt } from '@ticklake/manifest';
import { tsUnitOf } from '@ticklake/market';
import type { Meta, PartitionChange } from './documents.js';
import type { TakenRows } from '@ticklake/merge';
import type { InspectedSource } from './inspect-source.js';
import type { PartitionKey } from './partition-key.js';

/** Version of the layout of `meta.json` (spec row MF-03). */
export const META_VERSION = 'v1';

/** Where the committed data object of a partition is, and which version of it. */
export interface Place {
  readonly data: string;
  readonly generation: number;
  readonly etag: string;
}

/** What goes into `meta.json`, from what is known when the data object is in place. */
export interface MetaFacts {
  readonly key: PartitionKey;
  readonly facts: FileFacts;
  readonly place: Place;
  readonly schema: Schema;
  readonly timeUnit: TimeUnit | undefined;
  readonly outOfDayRows: number | undefined;
  readonly receipt: Receipt;
  readonly sources: readonly SourceReceipt[];
  readonly createdAt: string;
  readonly writer: string;
}

type TimeUnit = 'ms' | 'us' | 'ns';

/** The commit document of a partition. */
export function describeMeta(described: MetaFacts): Meta {
  const { key, facts, place, schema, receipt, sources } = described;
  return {
    row_count: facts.rowCount,
    schema_version: META_VERSION,
    ts_event_min: facts.orderMin?.toString() ?? null,
    ts_event_max: facts.orderMax?.toString() ?? null,
    sha256: facts.sha256,
    created_at: described.createdAt,
    source_files: sources.length,
    stream_type: key.stream,
    ordering_columns: ['ts_event', 'seq'],
    ts_unit: described.timeUnit ?? null,
    size_bytes: facts.sizeBytes,
    schema_sha256: fingerprintSchema(schema),
    data: place.data,
    etag: place.etag,
    generation: place.generation,
    content: { multiset: facts.content.multiset, ordered: facts.content.ordered },
    out_of_day_rows: described.outOfDayRows ?? null,
    writer: described.writer,
    receipt,
    complete: receipt.quarantined.length === 0,
    sources: [...sources],
  };
}

/** How state remembers a published partition; all of it follows from the manifest (invariant I10). */
export function stateOf(meta: Meta): PartitionChange {
  const held = {
    rows: meta.row_count,
    total_size_bytes: meta.sources.reduce((sum, source) => sum + source.size, 0),
  };
  const [first] = meta.receipt.quarantined;
  if (meta.complete || first === undefined) return { status: 'success', ...held };
  return {
    status: 'quarantine',
    ...held,
    complete: false,
    error_type: first.code,
    failing_key: first.name,
    error: 'published without damaged spool files',
  };
}

/** Where a published partition says its data is. */
export function placeOf(meta: Meta): PublishedPlace {
  return {
    data: meta.data,
    generation: meta.generation,
    sha256: meta.sha256,
    sizeBytes: meta.size_bytes,
    multiset: meta.content.multiset,
    etag: meta.etag,
  };
}

/** The receipts of the inputs, in source order, once the merge has drained them. */
export function sourceReceipts(
  inspected: readonly InspectedSource[],
  takenRows: readonly TakenRows[],
): SourceReceipt[] {
  return inspected.map((source, i) => {
    const taken = takenRows[i];
    const { min, max } = source.times;
    assert(taken?.rowCount === source.rowCount, 'the merge drains every source');
    return {
      name: source.name,
      size: source.object.size,
      sha256: source.sha256,
      rows: source.rowCount,
      multiset: taken.multiset,
      ...(min === undefined ? {} : { ts_event_min: min.toString() }),
      ...(max === undefined ? {} : { ts_event_max: max.toString() }),
      sorted: source.sortedByTime,
    };
  });
}

/** The unit of `ts_event`: the file's own type says it, or else the operator (decisions, time unit). */
export function timeUnitOf(schema: Schema, stated: TimeUnit | undefined): TimeUnit | undefined {
  return tsUnitOf(schema) ?? stated;
}

const PER_MS: Readonly<Record<TimeUnit, bigint>> = {
  ms: 1n,
  us: 1_000n,
  ns: 1_000_000n,
};

/** First instant of the partition's day and of the next, in `unit`s since 1970. */
export function dayBounds(
  { day }: PartitionKey,
  unit: TimeUnit,
): { readonly start: bigint; readonly end: bigint } {
  const scale = PER_MS[unit];
  const start = BigInt(startOfDayMs(day)) * scale;
  return { start, end: start + 86_400_000n * scale };
}
