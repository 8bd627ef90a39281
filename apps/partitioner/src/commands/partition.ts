import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { LakeError } from '@ticklake/core';
import { z } from 'zod';
import { partitionConfig, type PartitionConfig } from '../config/partition.js';
import { refuseStray } from './refuse-stray.js';
import { openReadOnly, openWritable, requireProbed } from '../open-stores.js';
import { partitionInstruments } from '../partition-instruments.js';
import { partitionRows, type PartitionedRows } from '../partition-rows.js';
import type { PublishedPartition } from '../partitions/publish-collected.js';
import { resampleCandles, requireCandleTimeframes } from '../resample-candles.js';
import { openRun } from '../run-context.js';
import { findSources, type SourceFile } from '../sources/source-file.js';

/** `ticklake-partitioner partition`: ticks, candles or instruments to partitions in all views. */
export const partitionCommand = defineCommand({
  summary: 'lay out ticks, candles or instruments by date, venue, instrument and type',
  config: partitionConfig,
  positionals: ['tier'],
  examples: [
    { does: 'CSV files of Tardis', line: 'partition execution --input /data/tardis --output /data/lake' },
    {
      does: 'one file whose names no rule knows',
      line: 'partition execution --input /data --files fills.parquet --data-type trades --instrument CME:FUTURE:BTC-USD-241227 --output /data/lake',
    },
    {
      does: 'candles, and those of longer timeframes, for query engines',
      line: 'partition ml --layout hive --input /data/klines --data-type ohlcv_1m --instrument BINANCE:SPOT_PAIR:BTC-USDT --resample 5m,1h,1d --output s3://lake',
    },
    {
      does: 'which instruments there are today',
      line: 'partition availability --input /data/instruments --output /data/lake',
    },
  ],
  run,
});

async function run(context: CommandContext<PartitionConfig>): Promise<CommandOutcome> {
  const { config, env } = context;
  requireArguments(config);
  const input = openReadOnly(config.input, env);
  const formats =
    config.tier === 'availability' ? (['json', 'parquet'] as const) : (['csv', 'csv.gz', 'parquet'] as const);
  const files = await findSources(input, { formats, files: config.files });
  if (config.plan) {
    context.print(
      { files: files.map(({ object }) => ({ name: object.key, sizeBytes: object.size })) },
      planText(files),
    );
    return 'success';
  }
  await requireProbed(config.output, env);
  const { root, scratch, materializeColumns: materialized } = config;
  const target = { ...config, root, scratch, materialized };
  const opened = await openRun(openWritable(config.output, env), target, context);
  if (config.tier === 'availability') {
    const request = { day: config.date, overwrite: config.overwrite };
    const done = await partitionInstruments(files, request, { input, run: opened });
    context.print(instrumentsResult(done), partitionText(done));
    return 'success';
  }
  const request = {
    ...{ tier: config.tier, dataType: config.dataType, instrument: config.instrument, day: config.date },
    ...{ symbols: await symbolsOf(context), overwrite: config.overwrite },
  };
  const done = await partitionRows(files, request, { input, run: opened });
  const derived = await resampleCandles(done, config.resample, opened);
  const all = [...done, ...derived];
  context.print(all.map(rowsResult), all.map(rowsText).join('\n'));
  return all.some(({ failed }) => failed > 0) ? 'failures' : 'success';
}

function requireArguments({ tier, resample, dataType, instrument, symbols }: PartitionConfig): void {
  if (tier === 'availability') refuseStray(tier, { dataType, instrument, symbols });
  if (tier !== 'ml') refuseStray(tier, { resample: resample.length > 0 ? resample : undefined });
  requireCandleTimeframes(resample);
}

const symbolsSchema = z.record(z.string(), z.string());

/** Instruments by exchange and symbol. @throws LakeError `invalid` (`SYMBOLS`) for a file that does not say them. */
async function symbolsOf({
  config,
  readText,
}: CommandContext<PartitionConfig>): Promise<ReadonlyMap<string, string>> {
  if (config.symbols === undefined) return new Map();
  const given = await readText(config.symbols);
  try {
    return new Map(Object.entries(symbolsSchema.parse(JSON.parse(given))));
  } catch (cause) {
    const details = { file: config.symbols };
    throw new LakeError('invalid', 'not a JSON object of instruments by exchange and symbol', {
      ...{ code: 'SYMBOLS', details, cause },
    });
  }
}

function rowsResult({ dataset, files, rows, partitions, failures }: PartitionedRows): unknown {
  return {
    ...{ dataType: dataset.name, files, rows },
    partitions: partitions.map(partitionResult),
    failures: Object.fromEntries([...failures].map(([path, error]) => [path, error.message])),
  };
}

function partitionResult({ path, status, manifest }: PublishedPartition) {
  const { row_count: rows, parquet_sha256: sha256, copies } = manifest;
  return { path, status, rows, sha256, views: ['by_date', ...copies.map(({ view }) => view)] };
}

function instrumentsResult(done: PublishedPartition): unknown {
  return { date: done.names.day, ...partitionResult(done) };
}

function rowsText({ dataset, files, rows, partitions, done, failed }: PartitionedRows): string {
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  return `${dataset.name}: ${rows} rows of ${files} sources in ${partitions.length} partitions, ${done} published${failures}`;
}

function partitionText({ path, status, manifest }: PublishedPartition): string {
  return `${path}: ${manifest.row_count} instruments, ${status}`;
}

function planText(files: readonly SourceFile[]): string {
  const sizeBytes = files.reduce((sum, { object }) => sum + object.size, 0);
  return [...files.map(({ object }) => object.key), `${files.length} sources, ${sizeBytes} bytes`].join('\n');
}
