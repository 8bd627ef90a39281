import { completionCommand, manCommand, probeCommand, type App } from '@ticklake/cli-kit';
import { dailyCommand } from './commands/daily.js';
import { r2ConfigCommand } from './commands/r2-config.js';
import { verifyCommand } from './commands/verify.js';
import { weeklyCommand } from './commands/weekly.js';
import { HINTS } from './hints.js';
import { REQUESTS } from './limits.js';

/** The version that manifests and `--version` show; a test holds it to `package.json`. */
export const VERSION = '0.1.0';

/** The program `ticklake-tier-exporter`. */
export const app: App = {
  name: 'ticklake-tier-exporter',
  version: VERSION,
  summary: 'An archive of hourly jsonl.gz to proved daily and weekly Parquet datasets.',
  defaultCommand: undefined,
  hints: HINTS,
  commands: {
    daily: dailyCommand,
    'export-tier3-daily': { ...dailyCommand, summary: 'the same as daily, by the name of the export guide' },
    weekly: weeklyCommand,
    'build-tier2-weekly': {
      ...weeklyCommand,
      summary: 'the same as weekly, by the name of the export guide',
    },
    verify: verifyCommand,
    'verify-tier3': { ...verifyCommand, summary: 'the same as verify, by the name of the export guide' },
    'r2-config': r2ConfigCommand,
    probe: probeCommand(REQUESTS),
    completion: completionCommand(() => app),
    man: manCommand(() => app),
  },
};
