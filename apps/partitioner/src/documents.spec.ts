import { readFileSync, writeFileSync } from 'node:fs';
import { commandsText } from '@ticklake/cli-kit/testing';
import { app } from './app.js';
import { HINTS } from './hints.js';
import { VERSION } from './version.js';

const fileAt = (name: string) => new URL(`../${name}`, import.meta.url);

it('COMMANDS.md shows the configuration as the schemas have it (UPDATE_README=1 rewrites it)', () => {
  const text = commandsText(app);
  if (process.env['UPDATE_README'] === '1') writeFileSync(fileAt('COMMANDS.md'), text);
  expect(readFileSync(fileAt('COMMANDS.md'), 'utf8')).toBe(text);
});
