import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { app } from './app.js';
import { HINTS } from './hints.js';
import { noonOf } from './testing/context.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The text of everything that may make an error. */
function sources(): string {
  const folders = [
    'apps/compactor/src',
    ...readdirSync(join(ROOT, 'libs')).map((name) => `libs/${name}/src`),
  ];
  const paths = folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !/\.spec\.ts$|hints\.ts$/.test(path))
      .map((path) => join(ROOT, folder, path)),
  );
  return paths.map((path) => readFileSync(path, 'utf8')).join('\n');
}

describe('the hints', () => {
  it('are for codes that errors have', () => {
    const text = sources();
    expect(Object.keys(HINTS).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });

  it('name only flags that there are', () => {
    const flags = Object.values(HINTS).flatMap((hint) => hint.match(/--[a-z-]+/g) ?? []);
    expect(flags.length).toBeGreaterThan(4);
    const host = memoryHost({ argv: ['run', '--help'] });
    return runCli(app, host).then(() => {
      for (const flag of flags) expect(host.out()).toContain(flag);
    });
  });

  it.each([
    [['--date', '20260204'], 13, 'wait until the day is over'],
    [['--date', '20260301'], 2, 'the clock of this machine'],
    [['--dat', '20260203'], 2, 'ticklake-compactor --help'],
    [['--memory', 'much'], 2, 'ticklake-compactor COMMAND --help'],
  ])('follow the error of %j', async (flags, expected, hint) => {
    const argv = ['run', '--raw', 'memory:', '--compact', 'memory:', ...flags];
    const env = { TICKLAKE_ISOLATE: 'false' };
    const host = memoryHost({ argv, env, clock: noonOf('2026-02-04'), isTTY: true });
    expect(await runCli(app, host)).toBe(expected);
    expect(host.err()).toMatch(new RegExp(`^ticklake-compactor: .*\nhint: .*${hint}.*\n$`));
  });
});
