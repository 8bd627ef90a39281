import { assert, LakeError } from '@ticklake/core';
import { Command as Parser, CommanderError, Option } from 'commander';
import type { App, Command } from './command.js';
import { COMMON_FLAGS } from './common-flags.js';
import { describeConfig, type ConfigKey } from './config-keys.js';
import type { z } from 'zod';

/** What the arguments say: a command to run, or a text to show. */
export type Invocation =
  | { readonly type: 'text'; readonly text: string }
  | {
      readonly type: 'run';
      readonly command: Command<z.ZodObject>;
      /** Values by key, as written: texts for flags with a value (several for a list), booleans for switches. */
      readonly given: ReadonlyMap<string, GivenFlag>;
      readonly configPath: string | undefined;
      readonly envPath: string | undefined;
      readonly printConfig: boolean;
      readonly json: boolean;
    };

/** One key as the arguments give it. */
export interface GivenFlag {
  readonly value: boolean | readonly string[];
  /** How it was spelt, for messages. */
  readonly origin: string;
  /** Whether a text is one value of a list, commas and all: a path may have some. */
  readonly isVerbatim?: boolean;
}

/**
 * Reads the arguments of `app`.
 *
 * @throws LakeError `invalid` (`USAGE`) for anything it does not know.
 */
export function parseArgv(app: App, argv: readonly string[]): Invocation {
  let text = '';
  const args = withCommandName(app, argv);
  const named = Object.hasOwn(app.commands, args[0] ?? '') ? args[0] : undefined;
  const chosen: { readonly name: string; readonly parser: Parser }[] = [];
  const root = new Parser(app.name)
    .description(app.summary)
    .version(app.version, '--version', 'print the version')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (piece) => (text += piece),
      writeErr: () => undefined,
      getOutHelpWidth: () => 110,
      getErrHelpWidth: () => 110,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const [name, command] of Object.entries(app.commands)) {
    if (command.flag !== undefined) root.option(`--${command.flag}`, `the same as the command ${name}`);
    const isDefault = name === app.defaultCommand;
    const parser = root.command(name, { isDefault }).description(command.summary);
    // Where a command is named, no other is run, nor shown.
    if (named === undefined || name === named) addOptions(parser, command);
    const examples = examplesText(app, command);
    parser.addHelpText('after', examples);
    parser.action(() => void chosen.push({ name, parser }));
    if (isDefault) root.addHelpText('after', () => `\n${parser.helpInformation()}${examples}`);
  }
  try {
    root.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { type: 'text', text };
    throw usage(error.code === 'commander.help' ? 'no command was given' : error.message);
  }
  const choice = chosen[0];
  assert(choice !== undefined, 'the parser runs one action or throws');
  const command = app.commands[choice.name];
  assert(command !== undefined, 'the parser knows only commands of the app');
  return invocation(choice.parser, command);
}

/** Turns `--quality-report …` into `quality-report …`, and refuses names that are no command. */
function withCommandName(app: App, argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const head = end < 0 ? argv : argv.slice(0, end);
  for (const [name, { flag }] of Object.entries(app.commands)) {
    const index = flag === undefined ? -1 : head.indexOf(`--${flag}`);
    if (index >= 0 && !Object.hasOwn(app.commands, head[0] ?? '')) return [name, ...argv.toSpliced(index, 1)];
  }
  const first = argv[0];
  const fallback = app.defaultCommand === undefined ? undefined : app.commands[app.defaultCommand];
  const isName = first !== undefined && !first.startsWith('-');
  if (isName && !Object.hasOwn(app.commands, first) && (fallback?.positionals ?? []).length === 0) {
    throw usage(`unknown command '${first}', known are ${Object.keys(app.commands).join(', ')}`);
  }
  return [...argv];
}

function addOptions(parser: Parser, command: Command<z.ZodObject>): void {
  const keys = describeConfig(command.config);
  for (const name of command.positionals ?? []) {
    parser.argument(isList(keys, name) ? `[${name}...]` : `[${name}]`);
  }
  parser.allowExcessArguments(false);
  for (const key of keys) {
    for (const option of optionsOf(key)) parser.addOption(option);
  }
  for (const { flag, value, description } of COMMON_FLAGS) {
    parser.option(`--${flag}${value === undefined ? '' : ` <${value}>`}`, description);
  }
}

/** What follows the options of a command. */
function examplesText({ name }: App, { examples = [] }: Pick<Command<z.ZodObject>, 'examples'>): string {
  if (examples.length === 0) return '';
  const lines = examples.flatMap(({ line, does }) => [`  # ${does}`, `  ${name} ${line}`]);
  return ['', 'Examples:', ...lines, ''].join('\n');
}

/** The flag of a key, and hidden ones for its other spellings. */
function optionsOf(key: ConfigKey): Option[] {
  const help = helpText(key);
  return [key.flag, ...key.aliases].flatMap((flag, index) => {
    const hidden = index > 0;
    if (key.shape === 'boolean' && !key.list) {
      const isOnByDefault = key.defaultText === 'true';
      return [
        new Option(`--${flag}`, help).hideHelp(hidden || isOnByDefault),
        new Option(`--no-${flag}`, help).hideHelp(hidden || !isOnByDefault),
      ];
    }
    const collect = (value: string, before: string[] | undefined) =>
      key.list ? [...(before ?? []), value] : [value];
    return [
      new Option(`--${flag} <${key.list ? 'list' : 'value'}>`, help).argParser(collect).hideHelp(hidden),
    ];
  });
}

function helpText(key: ConfigKey): string {
  const facts = [
    key.choices.length === 0 ? undefined : `one of ${key.choices.join(', ')}`,
    key.required ? 'required' : undefined,
    key.defaultText === undefined ? undefined : `default ${key.secret ? 'set' : key.defaultText}`,
    key.aliases.length === 0 ? undefined : `also ${key.aliases.map((alias) => `--${alias}`).join(', ')}`,
    key.variable,
  ];
  return `${key.description} (${facts.filter((fact) => fact !== undefined).join('; ')})`.trimStart();
}

function invocation(parser: Parser, command: Command<z.ZodObject>): Invocation {
  const options: Record<string, unknown> = parser.opts();
  const given = new Map<string, GivenFlag>();
  const give = (key: string, flag: GivenFlag) => {
    const other = given.get(key);
    if (other !== undefined) throw usage(`${flag.origin} and ${other.origin} say the same thing twice`);
    given.set(key, flag);
  };
  const keys = describeConfig(command.config);
  for (const { key, flag, aliases } of keys) {
    for (const spelling of [flag, ...aliases]) {
      const value = options[new Option(`--${spelling}`).attributeName()];
      if (typeof value === 'boolean')
        give(key, { value, origin: value ? `--${spelling}` : `--no-${spelling}` });
      else if (Array.isArray(value)) give(key, { value: value.map(String), origin: `--${spelling}` });
    }
  }
  command.positionals?.forEach((key, index) => {
    const value = parser.args.slice(index, isList(keys, key) ? undefined : index + 1);
    if (value.length > 0) give(key, { value, origin: `argument ${key}`, isVerbatim: true });
  });
  const pathOf = (option: string) => {
    const path = options[option];
    return typeof path === 'string' ? path : undefined;
  };
  return {
    type: 'run',
    command,
    given,
    configPath: pathOf('config'),
    envPath: pathOf('envFile'),
    printConfig: options['printConfig'] === true,
    json: options['json'] === true,
  };
}

function isList(keys: readonly ConfigKey[], name: string): boolean {
  return keys.some(({ key, list }) => key === name && list);
}

function usage(message: string): LakeError {
  const sentence = message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .trim();
  return new LakeError('invalid', sentence, { code: 'USAGE' });
}
