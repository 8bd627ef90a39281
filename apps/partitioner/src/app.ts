import { completionCommand, manCommand, probeCommand, type App } from '@ticklake/cli-kit';
import { coverageCommand } from './commands/coverage.js';
import { diffCommand } from './commands/diff.js';
import { partitionCommand } from './commands/partition.js';
import { readCommand } from './commands/read.js';
import { relayoutCommand } from './commands/relayout.js';
import { sqlCommand } from './commands/sql.js';
import { statsCommand } from './commands/stats.js';
import { verifyCommand } from './commands/verify.js';
import { HINTS } from './hints.js';
import { REQUESTS } from './limits.js';
import { VERSION } from './version.js';

/** The program `ticklake-partitioner`. */
export const app: App = {
  name: 'ticklake-partitioner',
  version: VERSION,
  summary: 'Ticks, candles and instruments by date, venue, instrument and type, and the reader over them.',
  defaultCommand: undefined,
  hints: HINTS,
  commands: {
    partition: partitionCommand,
    read: readCommand,
    stats: statsCommand,
    coverage: coverageCommand,
    relayout: relayoutCommand,
    verify: verifyCommand,
    diff: diffCommand,
    sql: sqlCommand,
    probe: probeCommand(REQUESTS),
    completion: completionCommand(() => app),
    man: manCommand(() => app),
  },
};
