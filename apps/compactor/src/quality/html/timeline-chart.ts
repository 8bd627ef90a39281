import { addDays, startOfDayMs, type UtcDay } from '@ticklake/core';
import type { CustomSeriesOption } from 'echarts/charts';
import { isScanned, streamName, type PartitionQuality, type QualityReport } from '../report-quality.js';
import type { Chart } from './draw-svg.js';

/** Most streams that are drawn; the tables have them all. */
export const TIMELINES_MAX = 400;

const DAY_MS = 86_400_000;
const ROW_HEIGHT = 20;
const MARGIN = { left: 260, top: 34, right: 16, bottom: 8 };
const WIDTH = 1100;
/** Labels of days that fit side by side. */
const LABELS_MAX = 16;
/** A gap of a minute would not be seen among two weeks. */
const MARK_WIDTH_MIN = 2;

/** A bar of one row. */
interface Bar {
  readonly row: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Every stream of the report as `exchange/stream/symbol`, by name: also those of which nothing is published. */
export function streamNames({ days, partitions }: QualityReport): string[] {
  const named = days.flatMap(({ missing, quarantined, unreadable }) => [
    ...missing,
    ...quarantined,
    ...unreadable,
  ]);
  return [...new Set([...partitions.map(streamName), ...named])].sort();
}

/** A line for each symbol of each stream (spec row CM-14): days that are published, gaps in them, days that are not there. */
export function timelineChart(report: QualityReport): Chart {
  const names = streamNames(report).slice(0, TIMELINES_MAX);
  const first = report.days[0]?.day as UtcDay;
  const dayCount = report.days.length;
  const rows = new Map(names.map((name, row) => [name, row]));
  const { published, gaps, absent } = barsOf(report, rows);
  const startMs = startOfDayMs(first);
  return {
    label: `Timelines of ${names.length} streams over ${dayCount} days: bars are published days, marks are gaps; the tables below say the same.`,
    width: WIDTH,
    height: MARGIN.top + names.length * ROW_HEIGHT + MARGIN.bottom,
    option: {
      grid: MARGIN,
      xAxis: {
        type: 'value',
        position: 'top',
        min: 0,
        max: dayCount * DAY_MS,
        interval: Math.ceil(dayCount / LABELS_MAX) * DAY_MS,
        axisLabel: {
          color: 'var(--quiet)',
          fontSize: 10,
          showMaxLabel: false,
          formatter: (ms: number) => addDays(first, Math.round(ms / DAY_MS)).slice(5),
        },
        splitLine: { lineStyle: { color: 'var(--line)' } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: names,
        axisTick: { show: false },
        axisLine: { show: false },
        axisLabel: {
          color: 'var(--ink)',
          fontSize: 11,
          interval: 0,
          width: MARGIN.left - 50,
          overflow: 'truncate',
        },
      },
      series: [
        barSeries(published, startMs, { fill: 'var(--good)', heightShare: 0.5, widthMin: 0 }),
        barSeries(absent, startMs, { fill: 'var(--bad)', heightShare: 0.5, widthMin: 0 }),
        barSeries(gaps, startMs, { fill: 'var(--mark)', heightShare: 0.8, widthMin: MARK_WIDTH_MIN }),
      ],
    },
  };
}

function barsOf({ days, partitions }: QualityReport, rows: ReadonlyMap<string, number>) {
  const published: Bar[] = [];
  const gaps: Bar[] = [];
  const absent: Bar[] = [];
  for (const partition of partitions) {
    const row = rows.get(streamName(partition));
    if (row === undefined) continue;
    published.push(dayBar(row, partition.day));
    gaps.push(...gapBars(row, partition));
  }
  for (const { day, missing, quarantined, unreadable } of days) {
    for (const name of new Set([...missing, ...quarantined, ...unreadable])) {
      const row = rows.get(name);
      if (row !== undefined) absent.push(dayBar(row, day));
    }
  }
  return { published, gaps, absent };
}

function dayBar(row: number, day: UtcDay): Bar {
  const fromMs = startOfDayMs(day);
  return { row, fromMs, toMs: fromMs + DAY_MS };
}

function gapBars(row: number, { scan }: PartitionQuality): Bar[] {
  const gaps = isScanned(scan) ? (scan.silence?.gaps ?? []) : [];
  return gaps.map(({ from, to }) => ({ row, fromMs: Date.parse(from), toMs: Date.parse(to) }));
}

function barSeries(
  bars: readonly Bar[],
  startMs: number,
  look: { readonly fill: string; readonly heightShare: number; readonly widthMin: number },
): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    data: bars.map(({ row, fromMs, toMs }) => [fromMs - startMs, toMs - startMs, row]),
    encode: { x: [0, 1], y: 2 },
    renderItem({ dataIndex }, api) {
      const { row, fromMs, toMs } = bars[dataIndex] as Bar;
      const [left = 0, y = 0] = api.coord([fromMs - startMs, row]);
      const [right = 0] = api.coord([toMs - startMs, row]);
      const height = ROW_HEIGHT * look.heightShare;
      const width = Math.max(look.widthMin, right - left - 1);
      return {
        type: 'rect',
        shape: { x: left, y: y - height / 2, width, height, r: 1 },
        style: { fill: look.fill },
      };
    },
  };
}
