import { isScanned, streamName, type PartitionQuality, type QualityReport } from './report-quality.js';
import type { PartitionScan } from './scan-partition.js';
import { TROUBLES, type Trouble } from './troubles.js';

/** A table of days for people, then a line for each trouble of a partition. */
export function reportText(report: QualityReport): string {
  const { days, partitions } = report;
  const header = ['day', 'quality', 'partitions', 'rows', 'files', 'out-of-day', 'late', ...TROUBLES];
  const rows = days.map((day) => [
    day.day,
    day.ledger?.grade ?? '-',
    ...[day.partitions, day.rows, day.sourceFiles, day.outOfDayRows, day.lateFiles].map(String),
    ...TROUBLES.map((trouble) => String(day[trouble].length)),
  ]);
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('  ');
  const byName = new Map(
    partitions.map((partition) => [`${partition.day}/${streamName(partition)}`, partition]),
  );
  const notes = days.flatMap((day) => [
    ...(day.ledger?.unreadable ?? []).map((key) => `${day.day} unreadable: ${key}`),
    ...TROUBLES.flatMap((trouble) =>
      day[trouble].map((name) => {
        const detail = troubleDetail(trouble, byName.get(`${day.day}/${name}`));
        return `${day.day} ${trouble}: ${name}${detail === '' ? '' : `  ${detail}`}`;
      }),
    ),
  ]);
  return [line(header), ...rows.map(line), ...notes, ...unknownUnits(report)].join('\n');
}

/** What there is to say of one trouble of a partition; `''` where its name says it all. */
export function troubleDetail(trouble: Trouble, partition: PartitionQuality | undefined): string {
  const scan = partition?.scan;
  if (trouble === 'unreadable') return scan !== undefined && 'failure' in scan ? scan.message : '';
  if (trouble === 'stale') return partition?.lateFiles ? `${partition.lateFiles} late files` : '';
  if (!isScanned(scan)) return '';
  switch (trouble) {
    case 'gaps':
      return gapText(scan.silence);
    case 'ids':
      return idText(scan.tradeIds);
    case 'clock':
      return clockText(scan.clock);
    default:
      return '';
  }
}

/** `1 h 02 min`, `5 min 07 s`, `3.2 s`. */
export function durationWords(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const pad = (value: number) => String(value).padStart(2, '0');
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${pad(Math.floor(seconds / 60) % 60)} min`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  return `${(ms / 1000).toFixed(1)} s`;
}

function gapText(silence: PartitionScan['silence']): string {
  if (silence === undefined) return '';
  const { gaps, gapCount, silentMs, thresholdMs } = silence;
  const [longest] = gaps.toSorted((a, b) => b.durationMs - a.durationMs);
  const where =
    longest === undefined
      ? ''
      : `, longest ${durationWords(longest.durationMs)} from ${longest.from} to ${longest.to}`;
  return `${gapCount} silences above ${durationWords(thresholdMs)}, ${durationWords(silentMs)} in all${where}`;
}

function idText(ids: PartitionScan['tradeIds']): string {
  if (ids === undefined) return '';
  const [first] = ids.ranges;
  const where = first === undefined ? '' : `, first of them ${first.from} to ${first.to}`;
  return `${ids.missing} missing in ${ids.breaks} breaks, ${ids.repeated} repeated, ${ids.unreadable} not numeric${where}`;
}

function clockText(clock: PartitionScan['clock']): string {
  if (clock === undefined) return '';
  const [first] = clock.steps;
  const where = first === undefined ? '' : `, first at ${first.at} by ${first.byMs} ms`;
  return `${clock.stepsBack} steps back, ${clock.stepsForward} forward, ${clock.far} rows far off${where}`;
}

/** It must be said what was not looked for. */
function unknownUnits({ partitions }: QualityReport): string[] {
  const blind = partitions.filter(({ scan }) => isScanned(scan) && scan.silence === undefined);
  if (blind.length === 0) return [];
  return [
    `${blind.length} partitions know no unit of ts_event (run had no --ts-unit): their gaps and clocks are not known`,
  ];
}
