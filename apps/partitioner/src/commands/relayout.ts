import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { LakeError } from '@ticklake/core';
import { relayoutConfig, type RelayoutConfig } from '../config/relayout.js';
import { redirectLayout } from '../layout/layout-document.js';
import { openWritable, requireProbed } from '../open-stores.js';
import type { OpenTier } from '../reader/open-tier.js';
import { relayout, type RelayoutSummary } from '../relayout/relayout.js';
import { openRun } from '../run-context.js';
import { openLakeTier } from './open-lake-tier.js';

/** `ticklake-partitioner relayout`: a tier in another layout, row by row the same. */
export const relayoutCommand = defineCommand({
  summary: 'publish a tier in another layout, and prove that its rows are the same',
  config: relayoutConfig,
  positionals: ['tier'],
  examples: [
    {
      does: 'ticks for query engines',
      line: 'relayout execution --lake /data/lake --output /data/hive --to hive',
    },
    {
      does: 'for good: readers of the old place follow',
      line: 'relayout ml --lake s3://lake --output s3://lake-hive --from dash-code --to hive --redirect',
    },
  ],
  run,
});

async function run(context: CommandContext<RelayoutConfig>): Promise<CommandOutcome> {
  const { config, env } = context;
  const { tier, output, to: layout, toRoot, memory, scratch, views, rawColons } = config;
  const source = await openLakeTier(config, env);
  requireLayout(source, config);
  const { copies = source.layout.document.copies } = config;
  await requireProbed(output, env);
  const target = { tier, layout, root: toRoot, views, copies, rawColons, memory, scratch, materialized: [] };
  const opened = await openRun(openWritable(output, env), target, context);
  if (opened.store.url === source.store.url) {
    throw new LakeError('invalid', 'a tier cannot get another layout in the place where it is', {
      code: 'LAYOUT',
      details: { store: source.store.url },
    });
  }
  const summary = await relayout(source, opened);
  const isWhole = summary.failed === 0 && !context.signal.aborted;
  if (config.redirect && isWhole) {
    // Of a tier without partitions nothing was published.
    await opened.agree();
    // Not --lake, from which the tier may have moved before.
    await redirectLayout(openWritable(source.store.url, env), { tier, url: opened.store.url }, context);
  }
  context.print(resultOf(summary), summaryText(summary));
  return summary.failed > 0 ? 'failures' : 'success';
}

function requireLayout({ layout }: OpenTier, { from }: RelayoutConfig): void {
  const found = layout.document.layout;
  if (from === undefined || from === found) return;
  throw new LakeError('conflict', 'the tier is laid out otherwise', {
    code: 'LAYOUT',
    details: { expected: from, found },
  });
}

function resultOf({ partitions, rows, from, to, failures, done }: RelayoutSummary): unknown {
  return {
    ...{ partitions, rows, published: done, from, to },
    failures: Object.fromEntries([...failures].map(([path, error]) => [path, error.message])),
  };
}

function summaryText({ partitions, rows, from, to, done, failed }: RelayoutSummary): string {
  const same = from === to ? `content ${to}, as before` : `content ${to}, before ${from}`;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  return `${partitions} partitions, ${rows} rows, ${done} published${failures}; ${same}`;
}
