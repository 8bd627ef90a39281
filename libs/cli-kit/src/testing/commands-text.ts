import type { App } from '../command.js';
import { describeConfig } from '../config-keys.js';

/** `COMMANDS.md` of an app: each command with its table of flags, as the schemas have them. */
export function commandsText(app: App): string {
  const intro = `# Commands of ${app.name}\n\nMade from the schemas by a test. How values are found and written: [README](README.md#configuration).\n`;
  return [intro, ...Object.keys(app.commands).map((name) => section(app, name))].join('\n');
}

function section(app: App, name: string): string {
  const command = app.commands[name];
  if (command === undefined) throw new Error(`no command ${name}`);
  const rows = describeConfig(command.config).map(
    ({ flag, aliases, variable, defaultText, required, description }) => {
      const flags = [flag, ...aliases].map((text) => `\`--${text}\``).join(' ');
      const standard = required ? 'required' : (defaultText ?? '');
      return `| ${flags} | \`${variable}\` | ${standard} | ${description} |`;
    },
  );
  const values = (command.positionals ?? []).map((key) => ` ${key.toUpperCase()}`).join('');
  const title = `## ${name}${values}\n\n${command.summary}\n`;
  return [title, '| flag | environment | default | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}
