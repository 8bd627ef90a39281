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

it('manifests show the version of the package', () => {
  expect(JSON.parse(readFileSync(fileAt('package.json'), 'utf8'))).toMatchObject({ version: VERSION });
});

it('the README explains every code that there is a hint for', () => {
  const readme = readFileSync(fileAt('README.md'), 'utf8');
  expect(Object.keys(HINTS).filter((code) => !readme.includes(`\`${code}\``))).toEqual([]);
});
