import { parseEnv } from 'node:util';
import { errorText, isLakeError } from '@ticklake/core';
import { z } from 'zod';
import { defineCommand, runCli, type App } from './index.js';
import { parseEnvFile } from './env-file.js';
import { memoryHost, type MemoryHostOptions } from './testing/index.js';

const GOOD = `# of the service
; of systemd
TICKLAKE_OPEN_MAX=7

EMPTY=
  SPACED =no
`;

describe('parseEnvFile', () => {
  it.each<[string, string, string]>([
    ['bare', 'A=b', 'b'],
    ['with spaces around', '  A=  b c  ', 'b c'],
    ['of a file from Windows', 'A=b\r', 'b'],
    ['with what shells would replace', 'A=$HOME/x', '$HOME/x'],
    ['with a sign in it', 'A=b=c', 'b=c'],
    ['of nothing', 'A=', ''],
    ['between single quotes', `A='b "c" \\ # d'`, 'b "c" \\ # d'],
    ['between double quotes', `A="b 'c' # d"`, "b 'c' # d"],
  ])('takes a value %s, as Node does', (_, text, value) => {
    expect(parseEnvFile(text, 'f').get('A')).toBe(value);
    expect(parseEnv(text)['A']).toBe(value);
  });

  it('takes what systemd escapes', () =>
    expect(parseEnvFile(String.raw`A="b \" \\ c"`, 'f').get('A')).toBe(String.raw`b " \ c`));

  it.each([
    ['A', 'KEY=VALUE'],
    ['export A=canary', 'KEY=VALUE'],
    ['1A=canary', 'KEY=VALUE'],
    ['A =canary', 'KEY=VALUE'],
    ['A="canary', 'single quotes'],
    ["A='canary' x", 'single quotes'],
    ['A=can\\ary', 'single quotes'],
    ['A="can\\nary"', 'single quotes'],
    ['A=canary # why', 'single quotes'],
    ['A=canary#1', 'single quotes'],
    ["A=can'ary", 'single quotes'],
    ['B=canary', 'twice'],
  ])('refuses %s, and tells the line but not the value', (line, reason) => {
    const error = (() => {
      try {
        return parseEnvFile(`# first\nB=1\n${line}\n`, 'f.env');
      } catch (caught) {
        return caught;
      }
    })();
    expect(isLakeError(error, 'invalid')).toBe(true);
    expect(error).toMatchObject({ code: 'ENV_FILE', details: { path: 'f.env', line: 3 } });
    expect(errorText(error)).toContain(reason);
    expect(errorText(error)).not.toContain('canary');
  });

  it('refuses a file in which one line is bad', () => {
    expect(() => parseEnvFile(GOOD, 'f')).toThrow(
      expect.objectContaining({ details: { path: 'f', line: 6 } }),
    );
  });
});

describe('--env-file', () => {
  const app: App = {
    name: 'tool',
    version: '1.0.0',
    summary: 'x',
    defaultCommand: 'run',
    commands: {
      run: defineCommand({
        summary: 'x',
        config: z.object({
          openMax: z.int().default(500),
          storeSecret: z.string().optional().meta({ secret: true }),
        }),
        async run({ config, env, print }) {
          print({ ...config, region: env['AWS_REGION'] });
          return 'success';
        },
      }),
    },
  };
  async function cli(argv: string, options: Partial<MemoryHostOptions>) {
    const host = memoryHost({ argv: argv.split(' '), ...options });
    const code = await runCli(app, host);
    return { code, out: host.out(), err: host.err() };
  }
  const files = {
    'f.env': 'TICKLAKE_OPEN_MAX=3\nAWS_REGION=eu-west-1\n',
    'bad.env': 'TICKLAKE_OPEN_MAX=many\n',
    'secret.env': 'TICKLAKE_STORE_SECRET=canary-123\n',
    'c.json': '{"openMax": 4}',
  };

  it.each<[string, string, Record<string, string>, number]>([
    ['the file over --config', '--env-file f.env --config c.json', {}, 3],
    ['the environment over the file', '--env-file f.env', { TICKLAKE_OPEN_MAX: '2' }, 2],
    ['a flag over all', '--env-file f.env --open-max 1', { TICKLAKE_OPEN_MAX: '2' }, 1],
    ['an empty variable is not set', '--env-file f.env', { TICKLAKE_OPEN_MAX: '' }, 3],
  ])('%s', async (_, argv, env, openMax) => {
    const { code, out } = await cli(`${argv} --json`, { files, env });
    expect([code, JSON.parse(out)]).toEqual([0, { openMax, region: 'eu-west-1' }]);
  });

  it('is where --print-config says that a value is from', async () => {
    const { out } = await cli('--env-file f.env --print-config', { files });
    expect(out).toMatch(/^openMax +3 +TICKLAKE_OPEN_MAX in f\.env$/m);
  });

  it('is named when a value in it is wrong', async () => {
    const { code, err } = await cli('--env-file bad.env', { files });
    expect(code).toBe(2);
    expect(err).toContain('--open-max does not take "many" from TICKLAKE_OPEN_MAX in bad.env');
  });

  it('that is not there is missing', async () =>
    expect((await cli('--env-file none', { files })).code).toBe(10));

  it('that holds secrets is not for everybody', async () => {
    const open = await cli('--env-file secret.env', { files, fileMode: 0o100644 });
    expect(open.code).toBe(12);
    expect(open.err).toContain('chmod o= it');
    const group = await cli('--env-file secret.env', { files, fileMode: 0o100640 });
    expect(group.code).toBe(0);
    for (const { out, err } of [open, group]) expect(out + err).not.toContain('canary');
    expect((await cli('--env-file f.env', { files, fileMode: 0o100644 })).code).toBe(0);
  });
});
