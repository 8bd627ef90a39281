import type { Arena } from '@ticklake/columnar';
import { isLakeError, LakeError, sha256Of } from '@ticklake/core';
import type { SourceReceipt } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import type { Meta } from './documents.js';
import { findTies, type Tie } from './find-ties.js';
import { hasSequence, SEQUENCE } from './inspect-source.js';
import { LINEAGE_TIES_MAX, SPOOL_LIMITS } from './limits.js';
import type { PartitionKey } from './partition-key.js';
import { listSources } from './source-findings.js';
import { openSpoolFile } from './spool-file.js';

/** What became of a source: only `read` is sure. `changed`: there is another file of that name. */
export type SourceState = 'read' | 'not looked at' | 'missing' | 'changed' | 'damaged';

/** What sources are read with. */
export interface SourceTiesContext {
  readonly arena: Arena;
  readonly key: PartitionKey;
  readonly meta: Meta;
  readonly timeColumn: string;
  /** Absent: none is looked at. */
  readonly raw: ObjectStore | undefined;
  readonly signal: AbortSignal;
}

/** A row of a source. */
export interface SourceTie extends Tie {
  /** Its place among the sources of the partition. */
  readonly source: number;
}

/** Rows of sources by their times. */
export interface Ties {
  /** @throws LakeError `invalid` (`LIMIT`) when there are too many. */
  add(tie: SourceTie): void;
  /** In order of the sources and their rows. */
  of(time: bigint): readonly SourceTie[];
}

/** Takes rows that have one of `times`. */
export function createTies(times: readonly bigint[]): Ties {
  const byTime = new Map<bigint, SourceTie[]>(times.map((time) => [time, []]));
  let count = 0;
  return {
    add(tie) {
      if (++count > LINEAGE_TIES_MAX) {
        throw new LakeError('invalid', 'too many rows have the same time to tell them apart', {
          code: 'LIMIT',
          details: { max: LINEAGE_TIES_MAX },
        });
      }
      byTime.get(tie.time)?.push(tie);
    },
    of: (time) => byTime.get(time) ?? [],
  };
}

/** What sources have of some times. */
export interface SourceTies {
  readonly ties: Ties;
  /** By place among the sources of the partition. */
  readonly states: ReadonlyMap<number, SourceState>;
  /** Those that were read. */
  readonly objects: ReadonlyMap<number, ObjectMeta>;
}

/**
 * Looks for rows with one of `times` in every source that may have some, once its bytes are known to be those that were
 * compacted.
 *
 * @throws LakeError `invalid` (`LIMIT`) when there are millions; `cancelled`; what the store throws.
 */
export async function readSourceTies(
  tracing: SourceTiesContext,
  times: readonly bigint[],
): Promise<SourceTies> {
  const { key, meta, raw, signal } = tracing;
  const ties = createTies(times);
  const states = new Map<number, SourceState>();
  const objects = new Map<number, ObjectMeta>();
  const listed = raw && (await listSources(raw, key, signal));
  for (const [source, receipt] of meta.sources.entries()) {
    if (!times.some((time) => mayHold(receipt, time))) continue;
    if (signal.aborted) throw new LakeError('cancelled', 'cancelled while reading sources');
    const object = listed?.get(receipt.name);
    if (raw === undefined) states.set(source, 'not looked at');
    else if (object === undefined) states.set(source, 'missing');
    else {
      states.set(source, await readSource({ ...tracing, raw }, { source, receipt, object, times, ties }));
      objects.set(source, object);
    }
  }
  return { ties, states, objects };
}

/** Whether a source may have a row of that time, by its receipt. One that tells no range may hold any time, unless it has no rows. */
export function mayHold(
  { rows, ts_event_min: min, ts_event_max: max }: SourceReceipt,
  time: bigint,
): boolean {
  if (rows === 0) return false;
  return min === undefined || max === undefined || (time >= BigInt(min) && time <= BigInt(max));
}

interface SourceTask {
  readonly source: number;
  readonly receipt: SourceReceipt;
  readonly object: ObjectMeta;
  readonly times: readonly bigint[];
  readonly ties: Ties;
}

async function readSource(
  { arena, raw, timeColumn }: SourceTiesContext & { readonly raw: ObjectStore },
  { source, receipt, object, times, ties }: SourceTask,
): Promise<SourceState> {
  const bytes = await openSpoolFile(raw, object);
  if (bytes.size !== receipt.size || (await sha256Of(bytes)) !== receipt.sha256) return 'changed';
  try {
    const reader = await openParquet({ source: bytes, arena }, SPOOL_LIMITS);
    try {
      const orderBy = hasSequence(reader.schema) ? [timeColumn, SEQUENCE] : [timeColumn];
      await findTies(arena, reader, { orderBy, times }, (tie) => ties.add({ ...tie, source }));
    } finally {
      reader.close();
    }
    return 'read';
  } catch (error) {
    if (isLakeError(error, 'corrupt')) return 'damaged';
    throw error;
  }
}

/** The order that a merge gives rows of one time: by the sources' own sequence where they have one, then by source, then by row. */
export function byMergeOrder(a: SourceTie, b: SourceTie): number {
  if (a.second !== b.second) return a.second < b.second ? -1 : 1;
  return a.source - b.source || a.row - b.row;
}
