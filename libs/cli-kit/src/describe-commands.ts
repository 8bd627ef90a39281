import type { AnyCommand, App, CommandExample } from './command.js';
import { COMMON_FLAGS } from './common-flags.js';
import { describeConfig, type ConfigKey } from './config-keys.js';

/** A flag as shells and manual pages see it. */
export interface FlagDescription {
  /** Each with its dashes, the usual one first. */
  readonly spellings: readonly string[];
  readonly value: ValueDescription | undefined;
  /** One sentence. */
  readonly description: string;
  /** Where the configuration has it, all that is known about it. */
  readonly key: ConfigKey | undefined;
}

/** What stands behind a flag, or by itself. */
export interface ValueDescription {
  readonly name: string;
  readonly choices: readonly string[];
  readonly isPath: boolean;
}

/** A command as shells and manual pages see it. */
export interface CommandDescription {
  readonly name: string;
  readonly summary: string;
  readonly isDefault: boolean;
  /** Flags that are commands and may stand where this one is completed: its own, or for the default command all. */
  readonly commandFlags: readonly FlagDescription[];
  readonly flags: readonly FlagDescription[];
  readonly positionals: readonly ValueDescription[];
  readonly examples: readonly CommandExample[];
}

/** Flags of every command, in the order of {@link COMMON_FLAGS}, and `--help`. */
export const COMMON_DESCRIPTIONS: readonly FlagDescription[] = [
  ...COMMON_FLAGS.map(({ flag, value, description }) => ({
    spellings: [`--${flag}`],
    value: value === undefined ? undefined : { name: value, choices: [], isPath: true },
    description,
    key: undefined,
  })),
  { spellings: ['--help'], value: undefined, description: 'show the flags of a command', key: undefined },
];

/** The commands of `app` in their order; {@link COMMON_DESCRIPTIONS} are not among their flags. */
export function describeCommands(app: App): CommandDescription[] {
  const commandFlags = (ofName: string) =>
    Object.entries(app.commands).flatMap(([name, { flag }]) =>
      flag === undefined || (ofName !== app.defaultCommand && ofName !== name)
        ? []
        : [commandFlag(name, flag)],
    );
  return Object.entries(app.commands).map(([name, command]) => ({
    name,
    summary: command.summary,
    isDefault: name === app.defaultCommand,
    commandFlags: commandFlags(name),
    flags: describeConfig(command.config).map(describeFlag),
    positionals: describePositionals(command),
    examples: command.examples ?? [],
  }));
}

function commandFlag(name: string, flag: string): FlagDescription {
  return {
    spellings: [`--${flag}`],
    value: undefined,
    description: `the same as the command ${name}`,
    key: undefined,
  };
}

/** A switch is told by the spelling that changes its default. */
function describeFlag(key: ConfigKey): FlagDescription {
  const isSwitch = key.shape === 'boolean' && !key.list;
  const start = isSwitch && key.defaultText === 'true' ? '--no-' : '--';
  return {
    spellings: [key.flag, ...key.aliases].map((spelling) => start + spelling),
    value: isSwitch ? undefined : describeValue(key),
    description: key.description,
    key,
  };
}

function describePositionals({ config, positionals = [] }: AnyCommand): ValueDescription[] {
  const keys = describeConfig(config);
  return positionals.flatMap((name) => keys.filter(({ key }) => key === name).map(describeValue));
}

function describeValue({ key, choices, isPath }: ConfigKey): ValueDescription {
  return { name: key, choices, isPath };
}
