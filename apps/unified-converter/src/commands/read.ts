import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena, rowObjects, type RecordBatch } from '@ticklake/columnar';
import { csvHeader, csvLines } from '@ticklake/csv';
import { parseFilter } from '@ticklake/scan';
import { readConfig, type ReadConfig } from '../config/read.js';
import { datasetSchema, readPartitionedDataset } from '../reader/read-partitioned-dataset.js';

/** `ticklake-converter read`: rows of a published dataset as CSV or NDJSON (UC-44). */
export const readCommand = defineCommand({
  summary: 'print rows of a published dataset as CSV or NDJSON',
  config: readConfig,
  positionals: ['path'],
  examples: [
    {
      does: 'bars of a month as CSV',
      line: 'read data_cache/unified/klines/binance_BTCUSDT_1m --filter year=2024 --filter month=1 > january.csv',
    },
    {
      does: 'the first large trades, some columns of them',
      line: 'read data_cache/unified/aggtrades/binance_BTCUSDT --filter "trade_quantity>=10" --columns timestamp,trade_price --limit 20 --format ndjson',
    },
  ],
  run,
});

/** A batch at a time, so that rows of any number can be printed. */
async function run({ config, env, signal, print }: CommandContext<ReadConfig>): Promise<CommandOutcome> {
  const { path, format, limit = Infinity } = config;
  const options = {
    filters: config.filter.map(parseFilter),
    ...(config.columns.length === 0 ? {} : { columns: config.columns }),
    ...{ env, signal, arena: createArena({ bytesMax: config.memory }) },
  };
  if (format === 'csv') {
    const header = csvHeader(await datasetSchema(path, options));
    print({ columns: header.split(',') }, header);
  }
  let left = limit;
  for await (const batch of readPartitionedDataset(path, options)) {
    const rowCount = Math.min(left, batch.rowCount);
    left -= rowCount;
    const some = { ...batch, rowCount };
    // Only `--json` has them as objects.
    const rows = { toJSON: () => rowObjects(some) };
    print(rows, format === 'csv' ? csvLines(some) : ndjsonLines(some));
    if (left === 0) return 'success';
  }
  return 'success';
}

function ndjsonLines(batch: RecordBatch): string {
  return rowObjects(batch)
    .map((row) => JSON.stringify(row))
    .join('\n');
}
