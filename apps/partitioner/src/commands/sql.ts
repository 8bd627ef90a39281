import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { createArena } from '@ticklake/columnar';
import { sqlConfig, type SqlConfig } from '../config/lake.js';
import { bigQueryTable } from '../sql/bigquery.js';
import { duckdbView } from '../sql/duckdb.js';
import { lakeTables } from '../sql/lake-tables.js';
import { openLakeTier } from './open-lake-tier.js';

/** Footers are read, and no row. */
const MEMORY_BYTES = 64 * 2 ** 20;

/** `ticklake-partitioner sql`: statements that make tables of a tier. */
export const sqlCommand = defineCommand({
  summary: 'print the statements by which DuckDB or BigQuery read a tier that is laid out as hive',
  config: sqlConfig,
  positionals: ['tier'],
  examples: [
    { does: 'views of DuckDB', line: 'sql execution --lake /data/hive' },
    {
      does: 'tables of BigQuery, as BigLake tables',
      line: 'sql ml --lake gs://lake --dialect bigquery --dataset candles --connection eu.lake',
    },
  ],
  run,
});

async function run({ config, env, print }: CommandContext<SqlConfig>): Promise<CommandOutcome> {
  const { dialect, dataset, connection } = config;
  const opened = await openLakeTier(config, env);
  const tables = await lakeTables(opened, createArena({ bytesMax: MEMORY_BYTES }));
  const { url } = opened.store;
  const statements = tables.map((table) =>
    dialect === 'duckdb' ? duckdbView(table, url) : bigQueryTable(table, { dataset, connection, url }),
  );
  print({ statements }, statements.join('\n\n'));
  return 'success';
}
