import { createMultisetHash, type RecordBatch, type Schema } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { SourceReceipt } from '@ticklake/manifest';
import {
  createRunSpill,
  mergeOrdered,
  onlySources,
  orderedRows,
  runsThatFit,
  type OrderedRows,
  type SourceShare,
} from '@ticklake/shuffle';
import { BATCH_ROWS, RUNS_MAX } from '../limits.js';
import type { PartitionManifest } from '../partitions/manifest.js';
import { baseReceipt, type PartitionContent } from '../partitions/partition-content.js';
import type { CollectedPartition, CollectedRows } from './collect-rows.js';
import type { MergeDecision } from './merge-decision.js';
import type { RowSource } from './row-source.js';

/** Opens rows that are published, of the columns of a schema, in their order. */
export type OpenBase = (base: PartitionManifest, schema: Schema) => AsyncIterable<RecordBatch>;

/** The rows that a partition is to hold: those that are published, and those of sources that are new to it. */
export function collectedContent(
  { routed }: CollectedPartition,
  { base, fresh }: MergeDecision,
  options: {
    readonly collected: CollectedRows;
    readonly sortRowsMax: number;
    readonly openBase: OpenBase;
    /** Where rows that are in no order and do not fit in memory are sorted. */
    readonly scratchDirectory: string;
    readonly signal: AbortSignal;
  },
): PartitionContent {
  const { collected, sortRowsMax, openBase, scratchDirectory, signal } = options;
  const { schema, time, timeFirst, sources, spill } = collected;
  const wanted = onlySources(routed, (source) => fresh.has(source));
  const shares = wanted.sources;
  const hash = createMultisetHash();
  if (base !== undefined) hash.addHash(base.content.multiset);
  for (const { multiset } of shares) hash.addHash(multiset);
  const rowsOf = ({ source }: SourceShare) => {
    const row = sources[source];
    assert(row !== undefined, 'shares are of sources');
    return row;
  };
  async function* routedAgain(batches: AsyncIterable<RecordBatch>): AsyncGenerator<OrderedRows> {
    for await (const { rowCount, columns } of batches) yield { rowCount, columns: timeFirst.put(columns) };
  }
  return {
    ...{ schema, orderBy: [time.name], rowOrder: `${time.name}, source, row` },
    rowCount: shares.reduce((sum, { rowCount }) => sum + rowCount, base?.row_count ?? 0),
    multiset: hash.hex(),
    sources: [...(base?.sources ?? []), ...shares.map((share) => receiptOf(share, rowsOf(share)))],
    base: base === undefined ? undefined : baseReceipt(base),
    async *batches(): AsyncGenerator<RecordBatch> {
      const { fields } = timeFirst;
      const given = { fields, batchRows: BATCH_ROWS };
      const createRuns = () => createRunSpill(scratchDirectory, fields, signal);
      const sorting = {
        sortRowsMax,
        runsMax: runsThatFit({ sortRowsMax, batchRows: BATCH_ROWS, runsMax: RUNS_MAX }),
        createRuns,
      };
      const own = orderedRows(wanted, spill, { ...given, ...sorting });
      const rows = base === undefined ? own : mergeOrdered([routedAgain(openBase(base, schema)), own], given);
      for await (const { rowCount, columns } of rows)
        yield { schema, rowCount, columns: timeFirst.restore(columns) };
    },
    async checkSources() {
      for (const share of shares) await rowsOf(share).check();
    },
  };
}

function receiptOf(share: SourceShare, { identity }: RowSource): SourceReceipt {
  const { rowCount, multiset, timeMin, timeMax, isSorted } = share;
  const { name, size, sha256 } = identity;
  const times = { ts_event_min: String(timeMin), ts_event_max: String(timeMax) };
  return { name, size, sha256, rows: rowCount, multiset, ...times, sorted: isSorted };
}
