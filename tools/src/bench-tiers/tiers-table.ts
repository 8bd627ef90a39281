import { markdownTable } from '../bench/markdown-table.js';
import type { Usage } from '../measure/run-measured.js';
import { median, mib, seconds } from '../measure/units.js';

/** Both sides of one comparison, a run of each in every round. */
export interface TierRace {
  readonly name: string;
  readonly entries: number;
  /** Of what is read: JSON before compression, or files. */
  readonly inputBytes: number;
  readonly ours: readonly Usage[];
  readonly duckdb: readonly Usage[];
}

/** The races as a table of medians; ratios are medians of rounds, above 1 where we are better. */
export function tiersTable(races: readonly TierRace[]): string {
  const columns = [
    ...['job', 'entries', 'input MiB', 'program', 'wall s', 'cpu s', 'peak RSS MiB'],
    ...['entries/s', 'MB/s', 'wall ratio', 'cpu ratio', 'RSS ratio'],
  ];
  const rows = races.flatMap((race) => {
    const ratio = (costOf: (usage: Usage) => number) =>
      median(race.ours.map((usage, round) => costOf(race.duckdb[round] as Usage) / costOf(usage))).toFixed(2);
    const cells = (program: string, usages: readonly Usage[]) => {
      const wallMs = median(usages.map((usage) => usage.wallMs));
      return [
        ...[race.name, String(race.entries), mib(race.inputBytes), program, seconds(wallMs)],
        seconds(median(usages.map((usage) => usage.cpuMs))),
        mib(median(usages.map((usage) => usage.peakRssBytes))),
        (race.entries / (wallMs / 1000)).toFixed(0),
        (race.inputBytes / 1000 / wallMs).toFixed(1),
      ];
    };
    const ratios = [
      ratio(({ wallMs }) => wallMs),
      ratio(({ cpuMs }) => cpuMs),
      ratio((one) => one.peakRssBytes),
    ];
    return [
      [...cells('tier-exporter', race.ours), ...ratios],
      [...cells('DuckDB', race.duckdb), '', '', ''],
    ];
  });
  return markdownTable(columns, rows);
}
