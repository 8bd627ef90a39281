import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { diffConfig, type DiffConfig } from '../config/diff.js';
import { diffLakes, type DifferingPartition, type LakeDiff, type OnlyPartition } from '../diff/diff-lakes.js';
import type { DifferingRow } from '../diff/differing-rows.js';
import type { PartitionNames } from '../partitions/partition-names.js';
import { openLake } from '../reader/open-lake.js';
import { dayRange } from './day-range.js';
import { rootsOf } from './select-rows.js';

/** `ticklake-partitioner diff`: in what two lakes differ. */
export const diffCommand = defineCommand({
  summary: 'compare a tier of two lakes, in whichever layouts: partitions, and rows where that is asked for',
  config: diffConfig,
  positionals: ['tier'],
  examples: [
    {
      does: 'whether a lake has what another has',
      line: 'diff execution --lake /data/lake --with s3://lake',
    },
    {
      does: 'candles of a day, row by row',
      line: 'diff ml --lake /data/lake --with /data/hive --date 2023-05-23 --rows --limit 5',
    },
  ],
  run,
});

async function run({ config, env, signal, print }: CommandContext<DiffConfig>): Promise<CommandOutcome> {
  const { tier, with: other, withRoot, memory: memoryBytes } = config;
  const days = dayRange(config);
  const a = openLake(config.lake, { env, roots: rootsOf(config) });
  const b = openLake(other, { env, roots: rootsOf({ tier, root: withRoot }) });
  const options = { tier, memoryBytes, signal, ...(days === undefined ? {} : { date: days }) };
  try {
    return await tellDiff(await diffLakes(a, b, options), { config, print });
  } finally {
    a.close();
    b.close();
  }
}

async function tellDiff(
  { equal, onlyInA, onlyInB, differing }: LakeDiff,
  { config, print }: Pick<CommandContext<DiffConfig>, 'config' | 'print'>,
): Promise<CommandOutcome> {
  for (const one of onlyInA) print({ only: 'lake', ...one }, onlyText('--lake', one));
  for (const one of onlyInB) print({ only: 'with', ...one }, onlyText('--with', one));
  for (const one of differing) {
    const { rows, hasMore } = config.rows ? await someRows(one, config.limit) : { rows: [], hasMore: false };
    const told = rows.map(({ side, row }) => ({ only: side === 'a' ? 'lake' : 'with', row }));
    const result = { names: one.names, lake: one.a, with: one.b };
    print(config.rows ? { ...result, rows: told, hasMore } : result, differingText(one, rows, hasMore));
  }
  const counts = {
    equal,
    onlyInLake: onlyInA.length,
    onlyInWith: onlyInB.length,
    differing: differing.length,
  };
  print(
    counts,
    `${equal} partitions equal, ${onlyInA.length} only in --lake, ${onlyInB.length} only in --with, ${differing.length} differ`,
  );
  return onlyInA.length + onlyInB.length + differing.length > 0 ? 'findings' : 'success';
}

async function someRows({ rows }: DifferingPartition, limit: number) {
  const some: DifferingRow[] = [];
  for await (const row of rows()) {
    if (some.length === limit) return { rows: some, hasMore: true };
    some.push(row);
  }
  return { rows: some, hasMore: false };
}

function onlyText(where: string, { names, rowCount }: OnlyPartition): string {
  return `only in ${where}: ${namesText(names)}, ${rowCount} rows`;
}

function differingText(
  { names, a, b }: DifferingPartition,
  rows: readonly DifferingRow[],
  hasMore: boolean,
): string {
  const lines = rows.map(({ side, row }) => `  ${side === 'a' ? '-' : '+'} ${JSON.stringify(row)}`);
  const first = `differs: ${namesText(names)}, ${a.rowCount} rows in --lake, ${b.rowCount} in --with`;
  return [first, ...lines, ...(hasMore ? ['  and more'] : [])].join('\n');
}

function namesText({ day, instrument, dataType }: PartitionNames): string {
  return [day, instrument, dataType].filter((name) => name !== undefined).join(' ');
}
