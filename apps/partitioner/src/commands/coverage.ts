import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { coverageConfig, type CoverageConfig } from '../config/lake.js';
import { coverageOf, type Coverage } from '../coverage.js';
import { listPartitions } from '../partitions/list-partitions.js';
import { openLakeTier } from './open-lake-tier.js';

/** `ticklake-partitioner coverage`: which days there are of what. */
export const coverageCommand = defineCommand({
  summary: 'which days there are of each instrument and data type, and which are missing between',
  config: coverageConfig,
  positionals: ['tier'],
  examples: [
    { does: 'all ticks', line: 'coverage execution --lake /data/lake' },
    { does: 'candles that lack days', line: 'coverage ml --lake s3://lake --gaps' },
  ],
  run,
});

async function run({ config, env, print }: CommandContext<CoverageConfig>): Promise<CommandOutcome> {
  const { store, layout } = await openLakeTier(config, env);
  const all = await coverageOf(listPartitions(store, layout));
  const shown = config.gaps ? all.filter(({ missing }) => missing.length > 0) : all;
  print(shown, shown.map(coverageText).join('\n'));
  return 'success';
}

/** Missing days that are named, at most. */
const SHOWN_MAX = 5;

function coverageText({ instrument, dataType, first, last, days, missing }: Coverage): string {
  const named = missing.slice(0, SHOWN_MAX).join(', ');
  const more = missing.length > SHOWN_MAX ? ` and ${missing.length - SHOWN_MAX} more` : '';
  const gaps = missing.length === 0 ? '' : `, ${missing.length} missing: ${named}${more}`;
  return `${instrument ?? 'all instruments'} ${dataType}: ${first} to ${last}, ${days} days${gaps}`;
}
