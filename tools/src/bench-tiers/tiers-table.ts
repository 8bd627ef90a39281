import { markdownTable } from '../bench/markdown-table.js';
import type { Usage } from '../measure/run-measured.js';
import { median, mib, seconds } from '../measure/units.js';

/** Both sides of one comparison, a run of each in every round. */
export interface TierRace {
  readonly name: string;
  /** What runs on our side. */
  readonly program: string;
  readonly entries: number;
  /** Of what is read: JSON before compression, or files. */
  readonly inputBytes: number;
  readonly ours: readonly Usage[];
  readonly duckdb: readonly Usage[];
}

/** The races as a table of medians; ratios are medians of rounds, above 1 where we are better. */
export function tiersTable(races: readonly TierRace[], unit = 'entries'): string {
  const columns = [
    ...['job', unit, 'input MiB', 'program', 'wall s', 'cpu s', 'peak RSS MiB'],
    ...[`${unit}/s`, 'MB/s', 'wall ratio', 'cpu ratio', 'RSS ratio'],
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
      [...cells(race.program, race.ours), ...ratios],
      [...cells('DuckDB', race.duckdb), '', '', ''],
    ];
  });
  return markdownTable(columns, rows);
}

/**
 * What each further entry takes, by the smallest and the largest race of a name: starting a program, and bringing its code up to speed, is
 * not counted then. Nothing of races of one size.
 */
export function furtherText(races: readonly TierRace[]): string {
  return [...new Set(races.map(({ name }) => name))]
    .flatMap((name) => {
      const sizes = races.filter((race) => race.name === name).sort((a, b) => a.entries - b.entries);
      const [least, most] = [sizes[0] as TierRace, sizes.at(-1) as TierRace];
      if (least.entries === most.entries) return [];
      const cost = (side: 'ours' | 'duckdb', of: keyof Usage) => {
        const [from, to] = [least, most].map((race) => median(race[side].map((usage) => usage[of])));
        return (((to as number) - (from as number)) * 1000) / (most.entries - least.entries);
      };
      const costs = (of: keyof Usage) => {
        const [ours, theirs] = [cost('ours', of), cost('duckdb', of)];
        return `${ours.toFixed(0)} µs, by DuckDB ${theirs.toFixed(0)} (ratio ${(theirs / ours).toFixed(2)})`;
      };
      return `${name}, each further entry: wall ${costs('wallMs')}; cpu ${costs('cpuMs')}`;
    })
    .join('\n');
}
