import type { App } from '../command.js';
import {
  COMMON_DESCRIPTIONS,
  describeCommands,
  type FlagDescription,
  type ValueDescription,
} from '../describe-commands.js';

/** Completion of `app` for fish 3 and later: `~/.config/fish/completions/<name>.fish`, or sourced. */
export function fishCompletion(app: App): string {
  const commands = describeCommands(app);
  const complete = (condition: string, rest: string) =>
    `complete -c ${app.name}${condition === '' ? '' : ` -n ${quoted(condition)}`} ${rest}`;
  const lines = [
    `# ${app.name}: ${app.name} completion fish | source`,
    `complete -c ${app.name} -f`,
    ...commands.map(({ name, summary }) =>
      complete('__fish_use_subcommand', `-a ${quoted(name)} -d ${quoted(summary)}`),
    ),
    ...commands.flatMap(({ name, flags, commandFlags, positionals, isDefault }) => {
      const others = commands.filter((other) => other.name !== name).map((other) => other.name);
      const condition = isDefault
        ? others.length === 0
          ? ''
          : `not __fish_seen_subcommand_from ${others.join(' ')}`
        : `__fish_seen_subcommand_from ${name}`;
      return [
        ...[...flags, ...commandFlags].flatMap((flag) =>
          flagLines(flag).map((rest) => complete(condition, rest)),
        ),
        ...positionals.map((value) => complete(condition, valueOptions(value).replace(/^-[xr] /, ''))),
      ].filter((line) => line.trim() !== '');
    }),
    ...COMMON_DESCRIPTIONS.flatMap((flag) => flagLines(flag).map((rest) => complete('', rest))),
  ];
  return `${lines.join('\n')}\n`;
}

function flagLines({ spellings, value, description }: FlagDescription): string[] {
  const options = value === undefined ? '' : ` ${valueOptions(value)}`;
  return spellings.map((spelling) => `-l ${spelling.slice(2)}${options} -d ${quoted(description)}`);
}

/** `-x`: a value and no files; `-r -F`: a value that may be a file. */
function valueOptions({ choices, isPath }: ValueDescription): string {
  if (choices.length > 0) return `-x -a ${quoted(choices.join(' '))}`;
  return isPath ? '-r -F' : '-x';
}

/** Between single quotes fish knows `\\'` and `\\\\` only. */
function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
