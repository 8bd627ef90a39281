import { addDays, daysBetween, parseUtcDay, type UtcDay } from '@ticklake/core';
import type { DayGrade } from '../quality/assess-day.js';
import {
  streamName,
  type DayQuality,
  type PartitionQuality,
  type QualityReport,
} from '../quality/report-quality.js';

const FIRST = parseUtcDay('20260120');
const STREAMS = [
  'binance/bbo/btcusdt',
  'binance/trade/btcusdt',
  'bybit/bbo/adausdt',
  'bybit/funding/adausdt',
  'okx/mark_price/ethusdt',
  'okx/trade/ethusdt',
];
const GRADES: readonly DayGrade[] = ['GOOD', 'GOOD', 'DEGRADED', 'GOOD', 'BAD', 'GOOD', 'PARTIAL', 'UNKNOWN'];

/** A report with something of everything: gaps, a missing day, stale partitions and every grade. Always the same. */
export function sampleReport({
  days: count,
  streams = STREAMS,
}: {
  readonly days: number;
  readonly streams?: readonly string[];
}): QualityReport {
  const days = daysBetween(FIRST, addDays(FIRST, count - 1));
  const missing = (i: number) => (i === 5 ? streams.slice(-1) : []);
  const partitions = days.flatMap((day, i) =>
    streams
      .filter((name) => !missing(i).includes(name))
      .map((name, j) => samplePartition(name, day, i * 7 + j)),
  );
  return {
    days: days.map((day, i) =>
      sampleDay(day, {
        index: i,
        missing: missing(i),
        partitions: partitions.filter((one) => one.day === day),
      }),
    ),
    partitions,
  };
}

function samplePartition(name: string, day: UtcDay, seed: number): PartitionQuality {
  const [exchange = '', stream = '', ...symbol] = name.split('/');
  const minutes = 10 + (seed % 40);
  const gaps =
    seed % 5 === 0
      ? [
          {
            from: `${day}T0${seed % 9}:00:00.000Z`,
            to: `${day}T0${seed % 9}:${minutes}:00.000Z`,
            durationMs: minutes * 60_000,
          },
        ]
      : [];
  return {
    exchange,
    stream,
    symbol: symbol.join('/'),
    day,
    rows: 120_000 + seed * 1000,
    sourceFiles: 288,
    outOfDayRows: 12,
    generation: 1,
    complete: true,
    lateFiles: 0,
    stale: seed % 31 === 0,
    scan: {
      rowCount: 120_000 + seed * 1000,
      silence: {
        thresholdMs: 60_000,
        gapCount: gaps.length,
        silentMs: gaps.length * minutes * 60_000,
        gaps,
      },
      tradeIds: undefined,
      clock: {
        rowCount: 120_000,
        negative: 0,
        far: 0,
        stepsBack: 0,
        stepsForward: 0,
        steps: [],
        p50Ms: 12,
        p99Ms: 250,
      },
    },
  };
}

function sampleDay(
  day: UtcDay,
  {
    index,
    missing,
    partitions,
  }: {
    readonly index: number;
    readonly missing: readonly string[];
    readonly partitions: readonly PartitionQuality[];
  },
): DayQuality {
  const grade: DayGrade = partitions.length === 0 ? 'UNKNOWN' : (GRADES[index % GRADES.length] ?? 'UNKNOWN');
  const having = (has: (partition: PartitionQuality) => boolean) => partitions.filter(has).map(streamName);
  return {
    day,
    ledger: {
      grade,
      windows: 96,
      good: 90,
      degraded: 3,
      bad: 1,
      partial: 2,
      droppedEvents: 0,
      binanceOfflineSeconds: 75,
      missingWindows: 0,
      unreadable: [],
    },
    partitions: partitions.length,
    rows: partitions.reduce((sum, { rows }) => sum + rows, 0),
    sourceFiles: partitions.length * 288,
    outOfDayRows: partitions.length * 12,
    lateFiles: 0,
    missing,
    quarantined: [],
    unreadable: [],
    stale: having(({ stale }) => stale === true),
    incomplete: [],
    gaps: having(({ scan }) => scan !== undefined && 'silence' in scan && (scan.silence?.gapCount ?? 0) > 0),
    ids: [],
    clock: [],
  };
}
