import { readFileSync, writeFileSync } from 'node:fs';
import { describeConfig } from '@ticklake/cli-kit';
import { app, VERSION } from './app.js';

const readmePath = new URL('../README.md', import.meta.url);
const manifestPath = new URL('../package.json', import.meta.url);

/** The table of a command, as the README must show it. */
function table(command: string): string {
  const { config } = app.commands[command] ?? {};
  if (config === undefined) throw new Error(`no command ${command}`);
  const rows = describeConfig(config).map(
    ({ flag, aliases, variable, defaultText, required, description }) => {
      const flags = [flag, ...aliases].map((name) => `\`--${name}\``).join(' ');
      const standard = required ? 'required' : (defaultText ?? '');
      return `| ${flags} | \`${variable}\` | ${standard} | ${description} |`;
    },
  );
  return ['| flag | environment | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

it('README shows the configuration as the schemas have it (UPDATE_README=1 rewrites it)', () => {
  const text = readFileSync(readmePath, 'utf8');
  const updated = text.replace(
    /<!-- config: (\S+) -->\n(\n\|[^]*?\n(?=\n))?/g,
    (_, command: string) => `<!-- config: ${command} -->\n\n${table(command)}\n`,
  );
  if (process.env['UPDATE_README'] === '1') writeFileSync(readmePath, updated);
  expect(Object.keys(app.commands).every((command) => text.includes(`<!-- config: ${command} -->`))).toBe(
    true,
  );
  expect(readFileSync(readmePath, 'utf8')).toBe(updated);
});

it('the version is that of the package', () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(manifestPath, 'utf8')).version);
});
