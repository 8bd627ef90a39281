import type { App } from '../command.js';
import {
  COMMON_DESCRIPTIONS,
  describeCommands,
  type CommandDescription,
  type FlagDescription,
  type ValueDescription,
} from '../describe-commands.js';
import { functionName, quoted } from './names.js';

/** Completion of `app` for zsh: in a directory of `$fpath` as `_<name>`, or sourced after `compinit`. */
export function zshCompletion(app: App): string {
  const commands = describeCommands(app);
  const fallback = commands.find(({ isDefault }) => isDefault);
  const name = functionName(app);
  return `#compdef ${app.name}
# ${app.name}: source <(${app.name} completion zsh)
${name}() {
  local command=${quoted(fallback?.name ?? '')}
  local -a commands=(
${commands.map(({ name: command, summary }) => `    ${quoted(`${command}:${summary}`)}\n`).join('')}  )
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _describe command commands
    return
  fi
  case $words[2] in
    ${commands.map((command) => command.name).join('|')})
      command=$words[2]
      shift words
      (( CURRENT-- ))
      ;;
  esac
${flagsToCommands(app)}  case $command in
${commands.map(argumentsCase).join('')}  esac
}
if [[ $funcstack[1] == ${name} ]]; then ${name} "$@"; else compdef ${name} ${app.name}; fi
`;
}

function flagsToCommands(app: App): string {
  return Object.entries(app.commands)
    .flatMap(([name, { flag }]) =>
      flag === undefined ? [] : [`  (( \${words[(I)--${flag}]} )) && command=${quoted(name)}\n`],
    )
    .join('');
}

function argumentsCase({ name, flags, commandFlags, positionals }: CommandDescription): string {
  const specs = [
    ...[...flags, ...COMMON_DESCRIPTIONS, ...commandFlags].flatMap(flagSpecs),
    ...positionals.map((value) => `:${value.name}:${action(value)}`),
  ];
  return `    ${name})\n      _arguments \\\n${specs.map((spec) => `        ${quoted(spec)}`).join(' \\\n')}\n      ;;\n`;
}

/** One for each spelling; a flag of a list may come again. */
function flagSpecs({ spellings, value, description, key }: FlagDescription): string[] {
  const again = key?.list === true ? '*' : '';
  const told = `[${description.replace(/[[\]\\:]/g, '\\$&')}]`;
  return spellings.map((spelling) =>
    value === undefined ? spelling + told : `${again}${spelling}=${told}:${value.name}:${action(value)}`,
  );
}

function action({ choices, isPath }: ValueDescription): string {
  if (choices.length > 0) return `(${choices.join(' ')})`;
  return isPath ? '_files' : ' ';
}
