import type { App } from '../command.js';
import {
  COMMON_DESCRIPTIONS,
  describeCommands,
  type CommandDescription,
  type FlagDescription,
} from '../describe-commands.js';
import { functionName } from './names.js';

/** Completion of `app` for bash 3.2 and later, without the package bash-completion. */
export function bashCompletion(app: App): string {
  const commands = describeCommands(app);
  const names = commands.map(({ name }) => name);
  const fallback = commands.find(({ isDefault }) => isDefault);
  const name = functionName(app);
  return `# ${app.name}: source <(${app.name} completion bash)
${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local command='${fallback?.name ?? ''}' words='' files='' word IFS=$' \\t\\n'
  # --flag=value comes as three words.
  if [[ $cur == '=' ]]; then cur=''
  elif [[ $prev == '=' ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if (( COMP_CWORD > 1 )); then
    case \${COMP_WORDS[1]} in
      ${names.join('|')}) command=\${COMP_WORDS[1]} ;;
    esac
  fi
${flagsToCommands(app)}  COMPREPLY=()
  case "$command $prev" in
${commands.flatMap(valueCases).join('')}  esac
  if [[ -z $words$files ]]; then
    case $command in
${commands.map(wordsCase).join('')}    esac
    (( COMP_CWORD == 1 )) && words+=' ${[...names, '--version'].join(' ')}'
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [[ -n $files ]]; then
    compopt -o filenames 2>/dev/null
    IFS=$'\\n'
    COMPREPLY+=($(compgen -f -- "$cur"))
  fi
}
complete -F ${name} ${app.name}
`;
}

/** `--quality-report` anywhere is the command of that name. */
function flagsToCommands(app: App): string {
  const cases = Object.entries(app.commands).flatMap(([name, { flag }]) =>
    flag === undefined ? [] : [`      --${flag}) command='${name}' ;;\n`],
  );
  if (cases.length === 0) return '';
  return `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
${cases.join('')}    esac
  done
`;
}

/** What may stand behind each flag that takes a value; nothing is offered where nobody can know. */
function valueCases({ name, flags }: CommandDescription): string[] {
  return [...flags, ...COMMON_DESCRIPTIONS].flatMap(({ spellings, value }: FlagDescription) => {
    if (value === undefined) return [];
    const offers =
      value.choices.length > 0 ? `words='${value.choices.join(' ')}'` : value.isPath ? 'files=1' : 'return';
    return [`    ${spellings.map((spelling) => `"${name} ${spelling}"`).join('|')}) ${offers} ;;\n`];
  });
}

function wordsCase({ name, flags, commandFlags, positionals }: CommandDescription): string {
  const words = [
    ...positionals.flatMap(({ choices }) => choices),
    ...[...flags, ...COMMON_DESCRIPTIONS, ...commandFlags].map(({ spellings }) => spellings[0] ?? ''),
  ];
  const files = positionals.some(({ isPath }) => isPath) ? `; [[ $cur == -* ]] || files=1` : '';
  return `      ${name}) words='${words.join(' ')}'${files} ;;\n`;
}
