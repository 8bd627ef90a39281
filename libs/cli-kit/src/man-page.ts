import type { App } from './command.js';
import {
  COMMON_DESCRIPTIONS,
  describeCommands,
  type CommandDescription,
  type FlagDescription,
} from './describe-commands.js';
import { EXIT_MEANINGS } from './exit-codes.js';

/** The manual page of `app`, section 1, in the macros of man(7). It holds no date, so that equal programs have equal pages. */
export function manPage(app: App): string {
  const commands = describeCommands(app);
  const lines = [
    `.TH ${roff(app.name.toUpperCase())} 1 "" "${roff(`${app.name} ${app.version}`)}"`,
    '.SH NAME',
    `${roff(app.name)} \\- ${roff(app.summary)}`,
    '.SH SYNOPSIS',
    ...commands.flatMap((command) => synopsis(app, command)),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH OPTIONS OF EVERY COMMAND',
    ...COMMON_DESCRIPTIONS.flatMap(option),
    '.SH CONFIGURATION',
    line(
      'A flag wins over its variable of the environment, that over one of --env-file, that over a key of --config, and that over the default.',
    ),
    line(
      'The key of --open-max in the file is "openMax". A switch that is on is turned off by --no- before its name. Lists take commas.',
    ),
    '.SH EXIT STATUS',
    ...EXIT_MEANINGS.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, line(meaning)]),
    ...examples(app, commands),
  ];
  return `${lines.join('\n')}\n`;
}

function synopsis(app: App, { name, positionals, isDefault }: CommandDescription): string[] {
  const word = isDefault ? `[${bold(name)}]` : bold(name);
  const values = positionals.map((value) => italic(value.name.toUpperCase()));
  return [`${[bold(app.name), word, ...values, `[${italic('OPTION')}]...`].join(' ')}`, '.br'];
}

function commandSection({ name, summary, flags, isDefault }: CommandDescription): string[] {
  return [
    `.SS ${roff(name)}${isDefault ? ' (when no command is named)' : ''}`,
    line(summary),
    ...flags.flatMap(option),
  ];
}

function option({ spellings, value, description, key }: FlagDescription): string[] {
  const placeholder = value === undefined ? '' : ` ${italic(value.name.toUpperCase())}`;
  const facts = [
    value === undefined || value.choices.length === 0 ? undefined : `One of ${value.choices.join(', ')}.`,
    key?.required === true ? 'Required.' : undefined,
    key?.defaultText === undefined || key.secret ? undefined : `Default: ${key.defaultText}.`,
    key === undefined ? undefined : `Environment: ${key.variable}.`,
  ];
  const text = [`${description}.`, ...facts.filter((fact) => fact !== undefined)].join(' ');
  return ['.TP', `${spellings.map(bold).join(', ')}${placeholder}`, line(text)];
}

function examples(app: App, commands: readonly CommandDescription[]): string[] {
  const all = commands.flatMap((command) => command.examples);
  if (all.length === 0) return [];
  return [
    '.SH EXAMPLES',
    ...all.flatMap(({ does, line: text }) => ['.TP', line(does), bold(`${app.name} ${text}`)]),
  ];
}

/** A line of text: what starts with a dot or a quote would be taken for a macro. */
function line(text: string): string {
  return /^[.']/.test(text) ? `\\&${roff(text)}` : roff(text);
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`;
}

function italic(text: string): string {
  return `\\fI${roff(text)}\\fR`;
}

/** Backslashes, and hyphens that are to be typed as such. */
function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('\n', ' ').replaceAll('"', '\\(dq');
}
