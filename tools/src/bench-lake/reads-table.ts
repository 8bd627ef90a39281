import { markdownTable } from '../bench/markdown-table.js';
import { median } from '../measure/units.js';
import type { StoreRequests } from './counting-store.js';
import { percentile, ratioOf, type Race } from './race-reads.js';

/** What every way of reading took; above 1 a ratio is in favour of the first. */
export function latencyTable(races: readonly Race[]): string {
  const columns = [
    'read',
    'by',
    'rows',
    'reads',
    'p50 ms',
    'p99 ms',
    'goal ms',
    'ratio',
    'least ms',
    'cpu ms',
  ];
  const rows = races.flatMap((race) =>
    race.sides.map((side, i) => {
      const all = side.timesMs.flat();
      return [
        ...[race.name, side.name, String(side.rows), String(all.length)],
        ...[millis(percentile(all, 0.5)), millis(percentile(all, 0.99))],
        i === 0 && race.goalMs !== undefined ? String(race.goalMs) : '',
        i === 0 ? '' : ratioOf(race, side).toFixed(2),
        ...[millis(Math.min(...all)), millis(median(side.cpuMs))],
      ];
    }),
  );
  return markdownTable(columns, rows);
}

/** What a warm read asked the kernel for. */
export function ioTable(races: readonly Race[]): string {
  const rows = races.flatMap((race) =>
    race.sides.map(({ name, io }) => [race.name, name, String(io?.calls ?? '-'), String(io?.bytes ?? '-')]),
  );
  return markdownTable(['read', 'by', 'read calls', 'bytes'], rows);
}

/** What our reads asked of the store. */
export function requestsTable(all: readonly (readonly [name: string, requests: StoreRequests])[]): string {
  const columns = ['read', 'lists', 'names', 'gets', 'heads', 'range reads', 'bytes'];
  const rows = all.map(([name, { lists, names, gets, heads, reads, bytes }]) => [
    name,
    ...[lists, names, gets, heads, reads, bytes].map(String),
  ]);
  return markdownTable(columns, rows);
}

function millis(ms: number): string {
  return ms < 1 ? ms.toFixed(3) : ms.toFixed(ms < 100 ? 2 : 0);
}
