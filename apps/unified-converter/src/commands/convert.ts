import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { convertConfig, type ConvertConfig } from '../config/convert.js';
import { convertLogged } from '../convert-logged.js';
import { findAll, type ConvertSummary, type ConvertedDataset } from '../convert.js';
import type { FoundSources } from '../sources/find-sources.js';
import type { DerivedDataset } from '../resample/derive-klines.js';
import { requestOf } from '../request-of.js';
import { openContext } from '../open-context.js';

/** `ticklake-converter convert`: the sources of a market to partitioned datasets. */
export const convertCommand = defineCommand({
  summary: 'convert klines, aggtrades and futures of a symbol to partitioned datasets',
  config: convertConfig,
  positionals: ['symbol'],
  emoji: ({ emoji }) => emoji,
  examples: [
    { does: 'what is in data_cache, to data_cache/unified', line: 'convert BTCUSDT' },
    { does: 'another exchange and folder', line: 'convert ETHUSDT --exchange okx --data-dir /srv/market' },
    { does: 'bars of longer timeframes as well', line: 'convert BTCUSDT --resample 5m,15m,1h,4h,1d' },
    { does: 'which sources there are', line: 'convert BTCUSDT --plan' },
    {
      does: 'a funding history whose clock was three hours ahead of UTC',
      line: 'convert BTCUSDT --futures BTC-USDT_funding_history.csv --utc-offset +03:00',
    },
  ],
  run,
});

async function run(context: CommandContext<ConvertConfig>): Promise<CommandOutcome> {
  const { config, env } = context;
  if (config.plan) {
    const found = await findAll(requestOf(config, env), await openContext(config, context));
    context.print(
      Object.fromEntries([...found].map(([name, one]) => [name, plannedOf(one)])),
      plannedText(found),
    );
    return 'success';
  }
  const summary = await convertLogged(config, context);
  const texts = [...summary.datasets.map(datasetText), ...summary.derived.map(derivedText)];
  context.print(resultOf(summary), texts.join('\n'));
  if (summary.failed > 0) return 'failures';
  const reports = Object.values(summary.validation?.datasets ?? {});
  return reports.some(({ status }) => status === 'FAIL') ? 'findings' : 'success';
}

function resultOf({ datasets, derived, skipped, failed, validation }: ConvertSummary): unknown {
  return {
    ...{ skipped, failed },
    datasets: datasets.map(({ name, path, entry, done, failures, backup, found }) => ({
      ...{ name, path, kind: found.kind },
      rows: entry?.rows ?? null,
      partitions: entry?.partitions.length ?? null,
      published: done,
      partial: entry?.partial ?? null,
      timeUnit: entry?.time_unit ?? null,
      backup: backup ?? null,
      validation: validation?.datasets[path]?.status ?? null,
      failures: Object.fromEntries(failures),
    })),
    derived: derived.map(({ path, entry, done, failures, backup }) => ({
      path,
      from: entry?.derived_from?.dataset ?? null,
      rows: entry?.rows ?? null,
      incomplete: entry?.derived_from?.incomplete_bars ?? null,
      partitions: entry?.partitions.length ?? null,
      published: done,
      partial: entry?.partial ?? null,
      backup: backup ?? null,
      validation: validation?.datasets[path]?.status ?? null,
      failures: Object.fromEntries(failures),
    })),
  };
}

function datasetText({
  path,
  entry,
  done,
  failures,
}: Pick<ConvertedDataset, 'path' | 'entry' | 'done' | 'failures'>): string {
  if (entry === undefined) return `${path}: ${failures.size} partitions failed, ${done} published`;
  const partial = entry.partial ? ' (partial)' : '';
  const changed = done === 0 ? 'nothing to do' : `${done} published`;
  return `${path}: ${entry.rows} rows in ${entry.partitions.length} partitions, ${changed}${partial}`;
}

function derivedText(derived: DerivedDataset): string {
  const { entry, failures } = derived;
  const of = entry?.derived_from;
  if (of === undefined) return datasetText(derived);
  const incomplete = of.incomplete_bars === 0 ? '' : `, ${of.incomplete_bars} of them incomplete`;
  const failed = failures.size === 0 ? '' : `, ${failures.size} failed`;
  return `${datasetText(derived)}${failed}, derived from ${of.rows_in} of ${of.timeframe}${incomplete}`;
}

function plannedOf({ kind, files, copies }: FoundSources): unknown {
  return { kind, files: files.map(({ object }) => ({ name: object.key, sizeBytes: object.size })), copies };
}

function plannedText(found: ReadonlyMap<string, FoundSources>): string {
  return [...found]
    .map(([name, { kind, files }]) => {
      const sizeBytes = files.reduce((sum, { object }) => sum + object.size, 0);
      return `${name}: ${files.length} files (${kind}), ${sizeBytes} bytes`;
    })
    .join('\n');
}
