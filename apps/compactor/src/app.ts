import { completionCommand, manCommand, probeCommand, type App } from '@ticklake/cli-kit';
import { healthCommand } from './commands/health.js';
import { doctorCommand } from './commands/doctor.js';
import { installUnitsCommand } from './commands/install-units.js';
import { gcRawCommand } from './commands/gc-raw.js';
import { inspectCommand } from './commands/inspect.js';
import { repairCommand } from './commands/repair.js';
import { coverageCommand } from './commands/coverage.js';
import { logCommand } from './commands/log.js';
import { lsCommand } from './commands/ls.js';
import { qualityReportCommand } from './commands/quality-report.js';
import { rollbackCommand } from './commands/rollback.js';
import { runCommand } from './commands/run.js';
import { stateCommand } from './commands/state.js';
import { scrubCommand } from './commands/scrub.js';
import { sweepCommand } from './commands/sweep.js';
import { verifyCommand } from './commands/verify.js';
import { HINTS } from './hints.js';
import { whenceCommand } from './commands/whence.js';
import { REQUESTS } from './limits.js';

/** The version that manifests and `--version` show; a test holds it to `package.json`. */
export const VERSION = '0.1.0';

/** The program `ticklake-compactor`. */
export const app: App = {
  name: 'ticklake-compactor',
  version: VERSION,
  summary: 'Raw spool to one sorted, proved data.parquet per partition and day.',
  defaultCommand: 'run',
  hints: HINTS,
  commands: {
    run: runCommand,
    verify: verifyCommand,
    scrub: scrubCommand,
    inspect: inspectCommand,
    whence: whenceCommand,
    'quality-report': qualityReportCommand,
    health: healthCommand,
    state: stateCommand,
    'gc-raw': gcRawCommand,
    repair: repairCommand,
    ls: lsCommand,
    coverage: coverageCommand,
    log: logCommand,
    rollback: rollbackCommand,
    sweep: sweepCommand,
    probe: probeCommand(REQUESTS),
    doctor: doctorCommand,
    'install-units': installUnitsCommand,
    completion: completionCommand(() => app),
    man: manCommand(() => app),
  },
};
