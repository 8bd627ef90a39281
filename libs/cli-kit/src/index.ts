export {
  defineCommand,
  type AnyCommand,
  type App,
  type Command,
  type CommandContext,
  type CommandExample,
} from './command.js';
export { completionCommand } from './completion-command.js';
export { describeConfig, type ConfigKey, type ValueShape } from './config-keys.js';
export { dayText, durationText, sizeText } from './config-types.js';
export {
  CANCELLED_EXIT_CODE,
  exitCodeOf,
  exitCodeOfError,
  exitCodeOfOutcome,
  type CommandEnd,
  type CommandOutcome,
} from './exit-codes.js';
export { type Host, type TextSink } from './host.js';
export { manCommand } from './man-command.js';
export {
  metricsText,
  readMetricsFile,
  writeMetricsFile,
  type Metric,
  type MetricSample,
} from './metrics-file.js';
export { printableValue } from './printable.js';
export { probeCommand } from './probe-command.js';
export { createRedactor, type Redactor } from './redact.js';
export { joinParent, type ChildProcessLike, type ParentChannel } from './join-parent.js';
export { runCli } from './run-cli.js';
export { runMain, type ProcessLike, type ProcessStream } from './run-main.js';
export { openTerminal, type Terminal, type TerminalStreams } from './terminal.js';
