import { completionCommand, manCommand, probeCommand, type App } from '@ticklake/cli-kit';
import { convertCommand } from './commands/convert.js';
import { readCommand } from './commands/read.js';
import { sqlCommand } from './commands/sql.js';
import { HINTS } from './hints.js';
import { REQUESTS } from './limits.js';
import { VERSION } from './version.js';

/** The program `ticklake-converter`. */
export const app: App = {
  name: 'ticklake-converter',
  version: VERSION,
  summary: 'Klines, aggtrades and futures to partitioned datasets at their original granularity.',
  defaultCommand: 'convert',
  hints: HINTS,
  commands: {
    convert: convertCommand,
    read: readCommand,
    sql: sqlCommand,
    probe: probeCommand(REQUESTS),
    completion: completionCommand(() => app),
    man: manCommand(() => app),
  },
};
