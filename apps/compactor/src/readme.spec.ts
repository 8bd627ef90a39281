import { readFileSync, writeFileSync } from 'node:fs';
import { describeConfig } from '@ticklake/cli-kit';
import { app, VERSION } from './app.js';

const commandsPath = new URL('../COMMANDS.md', import.meta.url);
const manifestPath = new URL('../package.json', import.meta.url);

/** A command with its table of flags. */
function section(name: string): string {
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

it('COMMANDS.md shows the configuration as the schemas have it (UPDATE_README=1 rewrites it)', () => {
  const intro = `# Commands of ${app.name}\n\nMade from the schemas by a test. How values are found and written: [README](README.md#configuration).\n`;
  const text = [intro, ...Object.keys(app.commands).map(section)].join('\n');
  if (process.env['UPDATE_README'] === '1') writeFileSync(commandsPath, text);
  expect(readFileSync(commandsPath, 'utf8')).toBe(text);
});

it('the version is that of the package', () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(manifestPath, 'utf8')).version);
});
