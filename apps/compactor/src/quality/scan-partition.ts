import { columnOf, typeText, type Arena, type RecordBatch, type Schema } from '@ticklake/columnar';
import { isLakeError, LakeError } from '@ticklake/core';
import { instantText } from '@ticklake/jobs';
import { readPublished } from '@ticklake/manifest';
import { openParquet } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import type { Meta } from '../documents.js';
import { PUBLISHED_LIMITS, READ_BATCH_ROWS } from '../limits.js';
import { dayBounds } from '../meta.js';
import type { PartitionKey } from '../partition-key.js';
import { publishedDataset } from '../published-dataset.js';
import { forEachId, int64Rows } from './column-rows.js';
import { createGapFinder, type GapFinder } from './find-gaps.js';
import {
  createTradeIdFinder,
  hasConsecutiveIds,
  type TradeIdFinder,
  type TradeIdSummary,
} from './trade-ids.js';
import { watchClocks, type ClockSummary, type ClockWatch } from './watch-clocks.js';

/** Bounds of what is kept of one partition, and what the clocks may do without a word. */
const LIMITS = {
  /** Gaps, ranges of ids and steps of clocks that are kept each: the longest. */
  keptMax: 100,
  /** Breaks of trade ids that a late id may still fill. */
  openBreaksMax: 10_000,
  /** Paths through a network differ by less. */
  clockBackMs: 1000,
  /** A connection that stands still for longer is worth telling as well. */
  clockForwardMs: 10_000,
  /** Five minutes: no exchange is so late. */
  clockFarMs: 300_000,
} as const;

/** A stretch of a day without a row. */
export interface SilentStretch {
  /** RFC 3339, UTC, whole milliseconds. */
  readonly from: string;
  readonly to: string;
  readonly durationMs: number;
}

/** The silences of a partition's day. */
export interface SilenceReport {
  /** Longer silences are gaps. */
  readonly thresholdMs: number;
  readonly gapCount: number;
  /** What all gaps add up to. */
  readonly silentMs: number;
  /** The longest, by time. */
  readonly gaps: readonly SilentStretch[];
}

/** How the receiver's clock stood to the exchange's. */
export interface ClockReport extends Omit<ClockSummary, 'steps'> {
  readonly steps: readonly { readonly at: string; readonly byMs: number }[];
}

/** What the rows of a partition tell. Absent parts cannot be told, for want of a unit or a column. */
export interface PartitionScan {
  readonly rowCount: number;
  /** `undefined` where `meta.json` knows no unit of `ts_event`. */
  readonly silence: SilenceReport | undefined;
  /** `undefined` where the exchange does not number its trades one by one. */
  readonly tradeIds: TradeIdSummary | undefined;
  /** `undefined` without a unit, or without a `ts_recv` of the type of `ts_event`. */
  readonly clock: ClockReport | undefined;
}

/** Why the rows of a partition could not be looked at. */
export interface ScanFailure {
  /** A code or a kind of LakeError. */
  readonly failure: string;
  readonly message: string;
}

/** What partitions are looked at with. */
export interface ScanTools {
  readonly compact: ObjectStore;
  readonly arena: Arena;
  /** Of every stream, in milliseconds. */
  silenceMs(stream: string): number;
  readonly signal: AbortSignal;
}

/**
 * Reads the columns of time and of trade ids of a published partition, in batches (spec row CM-14). What cannot be read is
 * told, not thrown.
 *
 * @throws LakeError `cancelled`
 */
export async function scanPartition(
  key: PartitionKey,
  tools: ScanTools,
): Promise<PartitionScan | ScanFailure> {
  try {
    const published = await readPublished(publishedDataset(tools.compact, key));
    if (published === undefined) throw new LakeError('missing', 'the partition is not published any more');
    const reader = await openParquet({ source: published.data, arena: tools.arena }, PUBLISHED_LIMITS);
    try {
      const finders = createFinders(key, { meta: published.manifest, schema: reader.schema, tools });
      if (finders.columns.length > 0) {
        for await (const batch of reader.batches({ columns: finders.columns, rowsMax: READ_BATCH_ROWS })) {
          if (tools.signal.aborted) throw new LakeError('cancelled', 'cancelled while a partition was read');
          addRows(finders, batch);
        }
      }
      return summarize(reader.rowCount, finders);
    } finally {
      reader.close();
    }
  } catch (error) {
    if (!isLakeError(error) || error.kind === 'cancelled') throw error;
    return { failure: error.code ?? error.kind, message: error.message };
  }
}

/** What is looked for in a partition, and the columns that it takes. */
interface Finders {
  readonly columns: readonly string[];
  /** How many of its unit `ts_event` has in a millisecond; 1 where the unit is not known, and nothing needs it. */
  readonly perMs: number;
  readonly thresholdMs: number;
  readonly gaps: GapFinder | undefined;
  readonly clock: ClockWatch | undefined;
  readonly ids: TradeIdFinder | undefined;
}

function createFinders(
  key: PartitionKey,
  { meta, schema, tools }: { readonly meta: Meta; readonly schema: Schema; readonly tools: ScanTools },
): Finders {
  const unit = meta.ts_unit;
  const thresholdMs = tools.silenceMs(key.stream);
  const day = unit === null ? undefined : dayBounds(key, unit);
  const perMs = day === undefined ? 1 : Number((day.end - day.start) / 86_400_000n);
  const keptMax = LIMITS.keptMax;
  const threshold = BigInt(thresholdMs) * BigInt(perMs);
  const isClocked = day !== undefined && typeOf(schema, 'ts_recv') === typeOf(schema, 'ts_event');
  const isNumbered = hasConsecutiveIds(key) && ['utf8', 'int64'].includes(typeOf(schema, 'trade_id'));
  return {
    columns: [
      ...(day === undefined ? [] : ['ts_event']),
      ...(isClocked ? ['ts_recv'] : []),
      ...(isNumbered ? ['trade_id'] : []),
    ],
    perMs,
    thresholdMs,
    gaps: day && createGapFinder({ threshold, ...day, gapsMax: keptMax }),
    clock: isClocked
      ? watchClocks({
          perMs,
          backMs: LIMITS.clockBackMs,
          forwardMs: LIMITS.clockForwardMs,
          farMs: LIMITS.clockFarMs,
          stepsMax: keptMax,
        })
      : undefined,
    ids: isNumbered ? createTradeIdFinder({ openMax: LIMITS.openBreaksMax, rangesMax: keptMax }) : undefined,
  };
}

function typeOf({ fields }: Schema, name: string): string {
  const type = fields.find((field) => field.name === name)?.type;
  return type === undefined ? 'none' : typeText(type);
}

function addRows({ gaps, clock, ids }: Finders, batch: RecordBatch): void {
  if (gaps !== undefined) {
    const events = int64Rows(columnOf(batch, 'ts_event'));
    if (events.validity?.includes(0) === true) {
      throw new LakeError('corrupt', 'a row has no ts_event', { code: 'NULL_TS' });
    }
    gaps.add(events.values);
    if (clock !== undefined) {
      const received = int64Rows(columnOf(batch, 'ts_recv'));
      clock.add(events.values, received.values, received.validity);
    }
  }
  if (ids !== undefined) forEachId(columnOf(batch, 'trade_id'), (id) => ids.add(id));
}

function summarize(rowCount: number, { gaps, clock, ids, perMs, thresholdMs }: Finders): PartitionScan {
  return {
    rowCount,
    silence: gaps && silenceReport(gaps, { perMs, thresholdMs }),
    tradeIds: ids?.finish(),
    clock: clock && clockReport(clock, perMs),
  };
}

function silenceReport(
  finder: GapFinder,
  { perMs, thresholdMs }: { readonly perMs: number; readonly thresholdMs: number },
): SilenceReport {
  const { gapCount, silent, gaps } = finder.finish();
  return {
    thresholdMs,
    gapCount,
    silentMs: Number(silent) / perMs,
    gaps: gaps.map(({ from, to }) => ({
      from: instantText(Number(from) / perMs),
      to: instantText(Number(to) / perMs),
      durationMs: Number(to - from) / perMs,
    })),
  };
}

function clockReport(watch: ClockWatch, perMs: number): ClockReport {
  const { steps, ...counts } = watch.finish();
  return { ...counts, steps: steps.map(({ from, byMs }) => ({ at: placeText(from, perMs), byMs })) };
}

/** An instant, or the number itself where that is none: nothing says that every `ts_event` is of a year we can write. */
function placeText(time: bigint, perMs: number): string {
  try {
    return instantText(Number(time) / perMs);
  } catch (error) {
    if (isLakeError(error, 'invalid')) return String(time);
    throw error;
  }
}
