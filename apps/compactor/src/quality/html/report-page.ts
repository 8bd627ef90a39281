import {
  isScanned,
  streamName,
  type DayQuality,
  type PartitionQuality,
  type QualityReport,
} from '../report-quality.js';
import { durationWords, troubleDetail } from '../report-text.js';
import { TROUBLES } from '../troubles.js';
import { calendarChart } from './calendar-chart.js';
import { dayStatus, STATUS_WORDS } from './day-status.js';
import { drawSvg } from './draw-svg.js';
import { escapeHtml } from './escape-html.js';
import { htmlTable } from './html-table.js';
import { PAGE_STYLE } from './page-style.js';
import { streamNames, timelineChart, TIMELINES_MAX } from './timeline-chart.js';

/** Nothing may be fetched and nothing may run, whatever a name in the report would like. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

/**
 * A report as one HTML page (spec row CM-14): charts drawn beforehand, tables of the same below, no script, nothing to be
 * fetched. Equal reports are equal text.
 */
export function reportPage(report: QualityReport, { tool }: { readonly tool: string }): string {
  const { days, partitions } = report;
  const title = `Data quality, ${days[0]?.day} to ${days.at(-1)?.day}`;
  const rows = days.reduce((sum, day) => sum + day.rows, 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p>${grouped(partitions.length)} partitions, ${grouped(rows)} rows, all times in UTC. Made by ${escapeHtml(tool)}.</p>
<h2>Days</h2>
${legend(Object.entries(STATUS_WORDS))}
<div class="chart" id="calendar">${drawSvg(calendarChart(days))}</div>
<h2>Streams</h2>
${timelines(report)}
<h2>Table of days</h2>
${dayTable(days)}
${ledgerTable(days)}
<h2>Troubles</h2>
${troubleTable(report)}
<h2>Table of partitions</h2>
${partitionTable(partitions)}
</body>
</html>
`;
}

function timelines(report: QualityReport): string {
  const count = streamNames(report).length;
  if (count === 0) return '<p>Nothing was published in these days.</p>';
  const left = count - TIMELINES_MAX;
  const note =
    left > 0 ? `<p>The first ${TIMELINES_MAX} streams by name; ${left} more stand in the tables.</p>` : '';
  const meanings = legend([
    ['good', 'published'],
    ['mark', 'silent for too long (the 100 longest gaps of a day)'],
    ['bad', 'missing or damaged'],
  ]);
  return `${meanings}${note}<div class="chart" id="timelines">${drawSvg(timelineChart(report))}</div>`;
}

function legend(meanings: readonly (readonly [name: string, words: string])[]): string {
  const items = meanings.map(
    ([name, words]) => `<li><i style="background: var(--${name})"></i>${escapeHtml(words)}</li>`,
  );
  return `<ul class="legend">${items.join('')}</ul>`;
}

function dayTable(days: readonly DayQuality[]): string {
  return htmlTable(
    'Every day of the report; troubles are numbers of partitions.',
    [
      { title: 'day', kind: 'text' },
      { title: 'status', kind: 'text' },
      { title: 'ledger', kind: 'text' },
      ...['partitions', 'rows', 'files', 'out-of-day', 'late', ...TROUBLES].map((title) => ({ title })),
    ],
    days.map((day) => [
      day.day,
      dayStatus(day),
      day.ledger?.grade ?? '–',
      ...[day.partitions, day.rows, day.sourceFiles, day.outOfDayRows, day.lateFiles].map(grouped),
      ...TROUBLES.map((trouble) => grouped(day[trouble].length)),
    ]),
  );
}

function ledgerTable(days: readonly DayQuality[]): string {
  const titles = ['windows', 'good', 'degraded', 'bad', 'partial', 'missing', 'unreadable', 'dropped events'];
  const rows = days.flatMap(({ day, ledger }) => {
    if (ledger === undefined || ledger.grade === 'UNKNOWN') return [];
    const { windows, good, degraded, bad, partial, missingWindows, unreadable, droppedEvents } = ledger;
    const numbers = [windows, good, degraded, bad, partial, missingWindows, unreadable.length, droppedEvents];
    return [[day, ledger.grade, ...numbers.map(grouped), durationWords(ledger.binanceOfflineSeconds * 1000)]];
  });
  if (rows.length === 0) return '';
  return `<h2>Ledger of the collector</h2>
${htmlTable(
  'Windows of 15 minutes, judged anew; those cut short by a restart are partial and count nowhere else.',
  [
    { title: 'day', kind: 'text' },
    { title: 'grade', kind: 'text' },
    ...[...titles, 'Binance offline'].map((title) => ({ title })),
  ],
  rows,
)}`;
}

function troubleTable({ days, partitions }: QualityReport): string {
  const byName = new Map(
    partitions.map((partition) => [`${partition.day}/${streamName(partition)}`, partition]),
  );
  const rows = days.flatMap((day) =>
    TROUBLES.flatMap((trouble) =>
      day[trouble].map((name) => [
        day.day,
        trouble,
        name,
        troubleDetail(trouble, byName.get(`${day.day}/${name}`)),
      ]),
    ),
  );
  if (rows.length === 0) return '<p>None.</p>';
  return htmlTable(
    'One line for each trouble of a partition.',
    [
      { title: 'day', kind: 'text' },
      { title: 'trouble', kind: 'text' },
      { title: 'stream', kind: 'text' },
      { title: 'detail', kind: 'wide' },
    ],
    rows,
  );
}

function partitionTable(partitions: readonly PartitionQuality[]): string {
  if (partitions.length === 0) return '<p>None.</p>';
  const numbers = [
    'rows',
    'files',
    'out-of-day',
    'generation',
    'gaps',
    'silent',
    'missing ids',
    'p50 ms',
    'p99 ms',
  ];
  return htmlTable(
    'Every published partition; latency is ts_recv less ts_event. A dash: not known.',
    [
      { title: 'day', kind: 'text' },
      { title: 'stream', kind: 'text' },
      ...numbers.map((title) => ({ title })),
    ],
    partitions.map((partition) => {
      const { silence, tradeIds, clock } = isScanned(partition.scan) ? partition.scan : {};
      return [
        partition.day,
        streamName(partition),
        grouped(partition.rows),
        grouped(partition.sourceFiles),
        orDash(partition.outOfDayRows),
        grouped(partition.generation),
        orDash(silence?.gapCount),
        silence === undefined ? '–' : durationWords(silence.silentMs),
        orDash(tradeIds?.missing),
        orDash(clock?.p50Ms),
        orDash(clock?.p99Ms),
      ];
    }),
  );
}

function orDash(value: number | undefined): string {
  return value === undefined ? '–' : grouped(value);
}

/** `1,234,567`, in every locale. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
