import type { CustomSeriesOption } from 'echarts/charts';
import { startOfDayMs, type UtcDay } from '@ticklake/core';
import type { DayQuality } from '../report-quality.js';
import { dayStatus } from './day-status.js';
import type { Chart } from './draw-svg.js';

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Up to so many weeks are shown as on a wall, one below the other; more of them side by side, and smaller. */
const WALL_WEEKS_MAX = 10;

const MARGIN = { left: 56, top: 40, right: 12, bottom: 8 };

/** A heat map of days (spec row CM-14): one cell a day, coloured by {@link dayStatus}. */
export function calendarChart(days: readonly DayQuality[]): Chart {
  const first = days[0]?.day as UtcDay;
  const last = days.at(-1)?.day as UtcDay;
  const weeks = weekOf(last) - weekOf(first) + 1;
  const isWall = weeks <= WALL_WEEKS_MAX;
  const cell = isWall ? { width: 68, height: 44 } : { width: 22, height: 22 };
  const [columns, rows] = isWall ? [7, weeks] : [weeks, 7];
  return {
    label: `Calendar of ${days.length} days from ${first} to ${last}, coloured by quality; the table of days below says the same.`,
    width: MARGIN.left + columns * cell.width + MARGIN.right,
    height: MARGIN.top + rows * cell.height + MARGIN.bottom,
    option: {
      calendar: {
        range: [first, last],
        orient: isWall ? 'vertical' : 'horizontal',
        left: MARGIN.left,
        top: MARGIN.top,
        cellSize: [cell.width, cell.height],
        itemStyle: { color: 'none', borderColor: 'var(--line)', borderWidth: 1 },
        splitLine: { show: false },
        yearLabel: { show: false },
        dayLabel: { firstDay: 1, nameMap: WEEKDAYS, color: 'var(--quiet)', fontSize: 11 },
        monthLabel: { color: 'var(--quiet)', fontSize: 11 },
      },
      series: [daySeries(days, cell, isWall)],
    },
  };
}

interface CellSize {
  readonly width: number;
  readonly height: number;
}

function daySeries(days: readonly DayQuality[], cell: CellSize, isWall: boolean): CustomSeriesOption {
  return {
    type: 'custom',
    coordinateSystem: 'calendar',
    data: days.map(({ day }) => [day]),
    renderItem({ dataIndex }, api) {
      const day = days[dataIndex] as DayQuality;
      const [x = 0, y = 0] = api.coord([day.day]);
      const text = { x, textAlign: 'center', textVerticalAlign: 'middle', fill: 'var(--ink)' } as const;
      // Colour alone does not tell everybody.
      const labels = [
        { type: 'text', style: { ...text, y: y - 8, text: String(Number(day.day.slice(8))), fontSize: 12 } },
        { type: 'text', style: { ...text, y: y + 9, text: dayStatus(day).toUpperCase(), fontSize: 9 } },
      ] as const;
      return {
        type: 'group',
        children: [
          {
            type: 'rect',
            shape: {
              x: x - cell.width / 2 + 1.5,
              y: y - cell.height / 2 + 1.5,
              width: cell.width - 3,
              height: cell.height - 3,
              r: 4,
            },
            style: { fill: `var(--${dayStatus(day)})` },
          },
          ...(isWall ? labels : []),
        ],
      };
    },
  };
}

/** Weeks since 1970, beginning on Mondays. */
function weekOf(day: UtcDay): number {
  return Math.floor((startOfDayMs(day) / 86_400_000 + 3) / 7);
}
