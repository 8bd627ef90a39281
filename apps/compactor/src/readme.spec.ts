import { readFileSync, writeFileSync } from 'node:fs';
import { commandsText } from '@ticklake/cli-kit/testing';
import { app, VERSION } from './app.js';

const commandsPath = new URL('../COMMANDS.md', import.meta.url);
const manifestPath = new URL('../package.json', import.meta.url);

it('COMMANDS.md shows the configuration as the schemas have it (UPDATE_README=1 rewrites it)', () => {
  const text = commandsText(app);
  if (process.env['UPDATE_README'] === '1') writeFileSync(commandsPath, text);
  expect(readFileSync(commandsPath, 'utf8')).toBe(text);
});

it('the version is that of the package', () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(manifestPath, 'utf8')).version);
});
