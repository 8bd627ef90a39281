import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { rowObjects, typeText, type Schema } from '@ticklake/columnar';
import { csvHeader, csvLines } from '@ticklake/csv';
import { parseFilter } from '@ticklake/scan';
import { readConfig, type ReadConfig } from '../config/read.js';
import { openLake, type ReadResult } from '../reader/open-lake.js';
import type { ReadPlan, Route } from '../reader/plan-read.js';
import { rootsOf, selectRows } from './select-rows.js';

/** `ticklake-partitioner read`: rows of a lake, by the names of partitions and by conditions. */
export const readCommand = defineCommand({
  summary: 'print rows of a lake',
  config: readConfig,
  positionals: ['tier'],
  examples: [
    {
      does: 'trades of an instrument on a day',
      line: 'read execution --lake /data/lake --date 2023-05-23 --instrument binance:SPOT_PAIR:BTC-USDT --data-type trades --limit 10',
    },
    {
      does: 'candles of an hour of a whole month, some columns of them',
      line: 'read ml --lake /data/lake --date 2023-05-01 --date-to 2023-05-31 --timeframe 1h --columns timestamp,instrument_id,close',
    },
    {
      does: 'how rows would be found',
      line: 'read execution --lake /data/lake --date 2023-05-23 --venue deribit --explain',
    },
    {
      does: 'which options there are on a day',
      line: 'read availability --lake /data/lake --date 2023-05-23 --instrument-type option',
    },
  ],
  run,
});

async function run(context: CommandContext<ReadConfig>): Promise<CommandOutcome> {
  const { config, env, signal } = context;
  const lake = openLake(config.lake, { env, roots: rootsOf(config), memoryBytes: config.memory });
  try {
    const result = selectRows(lake, config, { filters: config.filter.map(parseFilter), signal });
    if (config.explain) {
      const plan = await result.plan();
      context.print(plan, planText(plan));
    } else if (config.schema) printSchema(await result.schema(), context);
    else if (config.count) await printCount(result, context);
    else await printRows(result, context);
    return 'success';
  } finally {
    lake.close();
  }
}

function printSchema({ fields }: Schema, { print }: CommandContext<ReadConfig>): void {
  const columns = fields.map(({ name, type, nullable }) => ({ name, type: typeText(type), nullable }));
  const lines = columns.map(
    ({ name, type, nullable }) => `${name}: ${type}${nullable ? ', may be null' : ''}`,
  );
  print({ columns }, lines.join('\n'));
}

async function printCount(result: ReadResult, { print }: CommandContext<ReadConfig>): Promise<void> {
  let rows = 0;
  for await (const batch of result) rows += batch.rowCount;
  print({ rows }, String(rows));
}

/** Batch by batch, so that rows of any number can be printed. */
async function printRows(result: ReadResult, { config, print }: CommandContext<ReadConfig>): Promise<void> {
  const { format, limit = Infinity } = config;
  let left = limit;
  let header = format === 'csv' ? csvHeader(await result.schema()) : '';
  if (header !== '') print({ columns: header.split(',') }, header);
  for await (const batch of result) {
    const rowCount = Math.min(left, batch.rowCount);
    left -= rowCount;
    const some = { ...batch, rowCount };
    const own = csvHeader(batch.schema);
    if (format === 'csv' && own !== header) {
      header = own;
      print({ columns: header.split(',') }, header);
    }
    const rows = rowObjects(some);
    print(rows, format === 'csv' ? csvLines(some) : rows.map((row) => JSON.stringify(row)).join('\n'));
    if (left === 0) return;
  }
}

function planText({ route, others }: ReadPlan): string {
  const lines = [`${routeText(route)}`, ...others.map((one) => `  instead of ${routeText(one)}`)];
  const prefixes = route.prefixes.slice(0, 10).map((prefix) => `  lists ${prefix}`);
  const more = route.prefixes.length > 10 ? [`  and ${route.prefixes.length - 10} more`] : [];
  return [lines[0], ...prefixes, ...more, ...lines.slice(1)].join('\n');
}

function routeText({ view, prefixes, names, bytes }: Route): string {
  const how =
    prefixes.length === 0 ? 'every path is known' : `${prefixes.length} listings of some ${names} names`;
  return `${view}: ${how}, about ${bytes} bytes`;
}
