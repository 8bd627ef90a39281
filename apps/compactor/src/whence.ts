import { isDeepStrictEqual } from 'node:util';
import type { Arena, Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { readPublished, type SourceReceipt } from '@ticklake/manifest';
import { datasetOf } from '@ticklake/market';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';
import { valueText } from './display-value.js';
import type { Meta } from './documents.js';
import { findTies } from './find-ties.js';
import { SEQUENCE } from './inspect-source.js';
import { PUBLISHED_LIMITS, SPOOL_LIMITS } from './limits.js';
import { partitionId, type PartitionKey } from './partition-key.js';
import { publishedDataset } from './published-dataset.js';
import { rowAt, type Row } from './row-at.js';
import {
  byMergeOrder,
  createTies,
  mayHold,
  readSourceTies,
  type SourceState,
  type SourceTie,
  type SourceTies,
  type SourceTiesContext,
} from './source-ties.js';
import { openSpoolFile } from './spool-file.js';

/** Where rows of a partition came from. */
export interface Lineage {
  readonly partition: string;
  readonly rowCount: number;
  readonly rows: readonly RowLineage[];
}

/** Where one published row came from. */
export interface RowLineage {
  readonly seq: number;
  /** Its `ts_event`, in the partition's unit of time. */
  readonly time: string;
  /** How many rows have this time, and which of them it is, counted from 0: its place among them is what decides. */
  readonly ties: { readonly count: number; readonly index: number };
  /** Sources that may have it: those whose time range, by the receipt, holds its time. */
  readonly candidates: readonly SourceCandidate[];
  /** The source file and the row in it, counted from 0; absent where not every candidate could be read. */
  readonly origin: { readonly name: string; readonly row: number } | undefined;
  /**
   * Whether the sources have as many rows of that time, and the origin the same values in every column: this is the proof.
   * Absent where not every candidate could be read.
   */
  readonly isProved: boolean | undefined;
  /** The published values by column, and those of the origin, as text. */
  readonly values: Readonly<Record<string, string | null>>;
  readonly originValues: Readonly<Record<string, string | null>> | undefined;
}

/** A source that may have a row. */
export interface SourceCandidate {
  readonly name: string;
  readonly state: SourceState;
}

/** What lineage is found with. */
export interface WhenceContext {
  readonly arena: Arena;
  readonly compact: ObjectStore;
  /** Absent: sources are narrowed down by the receipt alone. */
  readonly raw: ObjectStore | undefined;
  readonly signal: AbortSignal;
}

/**
 * Which source file, and which row of it, became row `seq` of a partition. A merge orders rows by time, then by the
 * sources' own `seq` where all have one, then by file name and row (decision C-01). So the rows of one time are those
 * that the sources have with it, in that order, and only sources whose range holds the time are read: their order columns,
 * once their bytes are known to be those that were compacted. That the origin has the very values of the published row
 * proves it.
 *
 * @throws LakeError `missing` when nothing is published; `invalid` for a `seq` that is not there, and (`LIMIT`) where
 * millions of rows have one time; `corrupt` when the published data is damaged.
 */
export async function whence(
  key: PartitionKey,
  seqs: readonly number[],
  context: WhenceContext,
): Promise<Lineage> {
  const found = await readPublished(publishedDataset(context.compact, key));
  if (found === undefined) {
    throw new LakeError('missing', 'the partition is not published', {
      details: { partition: partitionId(key) },
    });
  }
  const { manifest: meta, data } = found;
  const outside = seqs.find((seq) => seq >= meta.row_count);
  if (outside !== undefined) {
    throw new LakeError('invalid', 'the partition has no such row', {
      code: 'SEQ',
      details: { seq: outside, rows: meta.row_count },
    });
  }
  const reader = await openParquet({ source: data, arena: context.arena }, PUBLISHED_LIMITS);
  try {
    const tracing: SourceTiesContext = {
      ...context,
      key,
      meta,
      timeColumn: datasetOf(key.stream).timeColumn,
    };
    const rows = await traceRows(tracing, reader, seqs);
    return { partition: partitionId(key), rowCount: meta.row_count, rows };
  } finally {
    reader.close();
  }
}

/** A published row. */
interface Published {
  readonly seq: number;
  readonly time: bigint;
  readonly values: Row;
}

async function traceRows(
  tracing: SourceTiesContext,
  reader: ParquetReader,
  seqs: readonly number[],
): Promise<RowLineage[]> {
  const { arena, timeColumn } = tracing;
  const rows: Published[] = [];
  for (const seq of seqs) {
    const values = await rowAt(arena, reader, seq);
    rows.push({ seq, time: values.get(timeColumn) as bigint, values });
  }
  const times = [...new Set(rows.map(({ time }) => time))];
  const published = createTies(times);
  await findTies(arena, reader, { orderBy: [timeColumn], times }, (tie) =>
    published.add({ ...tie, source: 0 }),
  );
  const sources = await readSourceTies(tracing, times);
  const lineages: RowLineage[] = [];
  for (const row of rows) {
    lineages.push(
      await trace(tracing, row, { published: published.of(row.time), sources, schema: reader.schema }),
    );
  }
  return lineages;
}

/** What is known of the rows that share a published row's time. */
interface Known {
  readonly published: readonly SourceTie[];
  readonly sources: SourceTies;
  readonly schema: Schema;
}

async function trace(
  tracing: SourceTiesContext,
  { seq, time, values }: Published,
  { published, sources, schema }: Known,
): Promise<RowLineage> {
  const { meta, raw } = tracing;
  const places = [...meta.sources.keys()].filter((source) =>
    mayHold(meta.sources[source] as SourceReceipt, time),
  );
  const candidates = places.map((source) => ({
    name: nameIn(meta, source),
    state: sources.states.get(source) ?? 'not looked at',
  }));
  const index = published.findIndex(({ row }) => row === seq);
  const found = sources.ties.of(time);
  const isKnown = candidates.every(({ state }) => state === 'read');
  const origin = isKnown ? [...found].sort(byMergeOrder)[index] : undefined;
  const object = origin && sources.objects.get(origin.source);
  const originRow =
    origin && object && raw ? await sourceRow({ ...tracing, raw }, object, origin.row) : undefined;
  return {
    seq,
    time: time.toString(),
    ties: { count: published.length, index },
    candidates,
    origin: origin && { name: nameIn(meta, origin.source), row: origin.row },
    isProved: isKnown
      ? found.length === published.length && originRow !== undefined && isSameRow(values, originRow, schema)
      : undefined,
    values: texts(values, schema),
    originValues: originRow && texts(originRow, schema),
  };
}

function nameIn({ sources }: Meta, source: number): string {
  return sources[source]?.name ?? '';
}

async function sourceRow(
  { arena, raw }: SourceTiesContext & { readonly raw: ObjectStore },
  object: ObjectMeta,
  row: number,
): Promise<Row> {
  const reader = await openParquet({ source: await openSpoolFile(raw, object), arena }, SPOOL_LIMITS);
  try {
    return await rowAt(arena, reader, row);
  } finally {
    reader.close();
  }
}

/** In every column but the sequence, which the merge numbers anew. */
function isSameRow(published: Row, source: Row, { fields }: Schema): boolean {
  return fields.every(
    ({ name }) =>
      name === SEQUENCE || (source.has(name) && isDeepStrictEqual(published.get(name), source.get(name))),
  );
}

function texts(row: Row, { fields }: Schema): Record<string, string | null> {
  return Object.fromEntries(
    fields.flatMap(({ name, type }) => (row.has(name) ? [[name, valueText(type, row.get(name))]] : [])),
  );
}
