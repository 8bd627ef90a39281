import { defineCommand, type CommandContext, type CommandOutcome } from '@ticklake/cli-kit';
import { LakeError } from '@ticklake/core';
import { readDocument } from '@ticklake/jobs';
import { sqlConfig, type SqlConfig } from '../config/sql.js';
import { METADATA_NAME, metadataSchema } from '../documents/metadata.js';
import { openReadOnly } from '../open-stores.js';
import { unionViews } from '../sql/union-views.js';

/** `ticklake-converter sql`: statements that make views over all exchanges (UC-42). */
export const sqlCommand = defineCommand({
  summary: 'print the statements by which DuckDB reads the rows of all exchanges and symbols together',
  config: sqlConfig,
  positionals: ['path'],
  examples: [
    { does: 'views of what is in data_cache/unified', line: 'sql > views.sql' },
    { does: 'of datasets in a bucket', line: 'sql s3://market/unified' },
  ],
  run,
});

async function run({ config, env, print }: CommandContext<SqlConfig>): Promise<CommandOutcome> {
  const store = openReadOnly(config.path, env);
  const metadata = await readDocument(store, METADATA_NAME, metadataSchema);
  if (metadata === undefined) {
    throw new LakeError('missing', 'there is no metadata of datasets', {
      code: 'NO_DATASET',
      details: { path: config.path },
    });
  }
  const statements = unionViews(metadata, store.url);
  print({ statements }, statements.join('\n\n'));
  return 'success';
}
