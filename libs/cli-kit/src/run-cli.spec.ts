import { LakeError } from '@ticklake/core';
import { fakeClock } from '@ticklake/core/testing';
import { z } from 'zod';
import { dayText, defineCommand, runCli, sizeText, type App, type CommandOutcome } from './index.js';
import { memoryHost, type MemoryHostOptions } from './testing/index.js';

const SECRET = 'canary-4f"9/x';

const runConfig = z.object({
  mode: z.enum(['daily', 'catch-up']).default('catch-up').describe('which days'),
  dateFrom: dayText
    .optional()
    .describe('first day')
    .meta({ aliases: ['start'] }),
  openMax: z.int().min(1).default(500).describe('most files open at once'),
  memory: sizeText.prefault('1GiB').describe('memory budget'),
  symbols: z.array(z.string()).default([]).describe('only these symbols'),
  limits: z.array(z.int()).optional().describe('numbers'),
  overwrite: z.boolean().default(false).describe('replace what is published'),
  verify: z.boolean().default(true).describe('read back'),
  storeSecret: z.string().optional().meta({ secret: true, description: 'for the store' }),
});

/** An app whose `run` prints its configuration, `fail` does what it is told, and `inspect` takes a file. */
function appWith(fail: () => Promise<CommandOutcome> = () => Promise.resolve('success')): App {
  return {
    name: 'tool',
    version: '1.2.3',
    summary: 'a tool',
    defaultCommand: 'run',
    commands: {
      run: defineCommand({
        summary: 'compact what is missing',
        config: runConfig,
        examples: [{ does: 'yesterday', line: 'run --mode daily' }],
        async run({ config, print }) {
          print(config);
          return 'success';
        },
      }),
      'quality-report': defineCommand({
        summary: 'the quality of the last days',
        config: z.object({ days: z.int().default(14).describe('how many days') }),
        flag: 'quality-report',
        async run({ config, print }) {
          print({ days: config.days, rows: 2n ** 60n }, `last ${config.days} days`);
          return 'findings';
        },
      }),
      inspect: defineCommand({
        summary: 'look into a file',
        config: z.object({ file: z.string().describe('which') }),
        positionals: ['file'],
        async run({ config, print, tool }) {
          print(`${config.file} by ${tool}`);
          return 'success';
        },
      }),
      list: defineCommand({
        summary: 'take many files',
        config: z.object({ what: z.string(), files: z.array(z.string()) }),
        positionals: ['what', 'files'],
        async run({ config, print }) {
          print(`${config.what}: ${config.files.join(' | ')}`);
          return 'success';
        },
      }),
      fail: defineCommand({ summary: 'fails', config: z.object({}), run: fail }),
    },
  };
}

async function cli(argv: string, options: Partial<MemoryHostOptions> = {}, app = appWith()) {
  const host = memoryHost({ argv: argv === '' ? [] : argv.split(' '), clock: fakeClock(0), ...options });
  const code = await runCli(app, host);
  return { code, out: host.out(), err: host.err() };
}

async function configOf(
  argv: string,
  options: Partial<MemoryHostOptions> = {},
): Promise<Record<string, unknown>> {
  const { code, out, err } = await cli(argv === '' ? '--json' : `${argv} --json`, options);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as Record<string, unknown>;
}

describe('flags', () => {
  it.each<[string, Record<string, unknown>]>([
    ['', { mode: 'catch-up', openMax: 500, memory: 2 ** 30, symbols: [], overwrite: false, verify: true }],
    ['run --mode daily', { mode: 'daily' }],
    ['--mode=daily', { mode: 'daily' }],
    ['--date-from 20260203', { dateFrom: '2026-02-03' }],
    ['--start 2026-02-03', { dateFrom: '2026-02-03' }],
    ['--open-max 7', { openMax: 7 }],
    ['--open-max 1e3', { openMax: 1000 }],
    ['--memory 512MiB', { memory: 512 * 2 ** 20 }],
    ['--symbols a,b --symbols c', { symbols: ['a', 'b', 'c'] }],
    ['--symbols {a,b}x,c{d,{e,f}},}g,h', { symbols: ['{a,b}x', 'c{d,{e,f}}', '}g', 'h'] }],
    ['--symbols {a,b', { symbols: ['{a,b'] }],
    ['--limits 1,-2', { limits: [1, -2] }],
    ['--overwrite', { overwrite: true }],
    ['--no-overwrite', { overwrite: false }],
    ['--no-verify', { verify: false }],
    ['--open-max 1 --open-max 2', { openMax: 2 }],
  ])('%s', async (argv, expected) => expect(await configOf(argv)).toMatchObject(expected));
});

describe('precedence', () => {
  const file = {
    'tool.json': '{"openMax": 3, "memory": "3MB", "symbols": ["f"], "days": 9, "overwrite": true}',
  };
  const env = {
    TICKLAKE_OPEN_MAX: '2',
    TICKLAKE_SYMBOLS: 'e1,e2',
    TICKLAKE_OVERWRITE: 'no',
    TICKLAKE_MODE: '',
  };
  it.each<[string, string, Partial<MemoryHostOptions>, Record<string, unknown>]>([
    ['default', '', {}, { openMax: 500 }],
    ['file over default', '--config tool.json', { files: file }, { openMax: 3, memory: 3e6, symbols: ['f'] }],
    [
      'environment over file',
      '--config tool.json',
      { files: file, env },
      { openMax: 2, symbols: ['e1', 'e2'] },
    ],
    ['environment switches off', '--config tool.json', { files: file, env }, { overwrite: false }],
    [
      'flag over environment',
      '--config tool.json --open-max 1',
      { files: file, env },
      { openMax: 1, memory: 3e6 },
    ],
    ['an empty variable is not set', '', { env }, { mode: 'catch-up' }],
    ['the file by variable', '', { files: file, env: { TICKLAKE_CONFIG: 'tool.json' } }, { openMax: 3 }],
  ])('%s', async (_, argv, options, expected) =>
    expect(await configOf(argv, options)).toMatchObject(expected),
  );
});

describe('what it refuses, with exit 2, one sentence and an empty stdout', () => {
  it.each<[string, string, Partial<MemoryHostOptions>]>([
    ['--moed daily', "unknown option '--moed' (Did you mean --mode?)", {}],
    ['frob', "unknown command 'frob', known are run, quality-report, inspect, list, fail", {}],
    ['run frob', "too many arguments for 'run'. Expected 0 arguments but got 1.", {}],
    ['--open-max', "option '--open-max <value>' argument missing", {}],
    ['--symbols=', '--symbols is given without a value', {}],
    ['--symbols , --symbols ,,', '--symbols is given without a value', {}],
    ['--mode weekly', '--mode does not take "weekly": expected one of "daily"|"catch-up"', {}],
    ['--open-max abc', '--open-max does not take "abc": expected number, received string', {}],
    ['--open-max 0x10', '--open-max does not take "0x10": expected number, received string', {}],
    ['--open-max 0', '--open-max does not take 0: too small: expected number to be >=1', {}],
    ['--open-max 1.5', '--open-max does not take 1.5: expected int, received number', {}],
    [
      '--start 20260230',
      '--start does not take "20260230": expected a day such as 20260203 or 2026-02-03',
      {},
    ],
    ['--start 20260203 --date-from 20260203', '--start and --date-from say the same thing twice', {}],
    ['inspect', '--file is required', {}],
    [
      'run',
      '--open-max does not take "x" from TICKLAKE_OPEN_MAX: expected number, received string',
      { env: { TICKLAKE_OPEN_MAX: 'x' } },
    ],
    [
      'run',
      '--overwrite does not take "maybe" from TICKLAKE_OVERWRITE: expected boolean, received string',
      { env: { TICKLAKE_OVERWRITE: 'maybe' } },
    ],
    [
      '--config a.json',
      'the configuration file has the unknown key "openmax" path=a.json',
      { files: { 'a.json': '{"openmax":1}' } },
    ],
    [
      '--config a.json',
      'the configuration file is not a JSON object path=a.json',
      { files: { 'a.json': '[1]' } },
    ],
    [
      '--config a.json',
      'the configuration file is not a JSON object path=a.json',
      { files: { 'a.json': '{' } },
    ],
    [
      '--config a.json',
      '--open-max does not take "5" from a.json: expected number, received string',
      { files: { 'a.json': '{"openMax":"5"}' } },
    ],
  ])('%s → %s', async (argv, sentence, options) => {
    const { code, out, err } = await cli(argv, options);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([`tool: ${sentence}`, expect.stringMatching(/^hint: tool .*--help/), '']);
  });

  it('a configuration file that is not there is missing, not invalid', async () => {
    expect(await cli('--config none.json')).toMatchObject({ code: 10, out: '' });
  });

  it('does not repeat a secret it refuses', async () => {
    const app = appWith();
    const config = z.object({ pin: z.int().meta({ secret: true }) });
    const commands = { run: defineCommand({ summary: 'x', config, run: () => Promise.resolve('success') }) };
    const { code, err } = await cli('--pin hunter2', {}, { ...app, commands });
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(
        /^tool: --pin does not take the value: expected number, received string\nhint: .*\n$/,
      ),
    ]);
  });
});

describe('commands', () => {
  it('run by name, by default, by flag and with arguments', async () => {
    expect(await cli('quality-report')).toEqual({ code: 4, out: 'last 14 days\n', err: '' });
    expect(await cli('--quality-report --days 3')).toEqual({ code: 4, out: 'last 3 days\n', err: '' });
    expect(await cli('--days 3 --quality-report')).toMatchObject({ code: 4, out: 'last 3 days\n' });
    expect(await cli('inspect a.parquet')).toMatchObject({ code: 0, out: 'a.parquet by tool 1.2.3\n' });
    expect(await cli('inspect --file a.parquet')).toMatchObject({ code: 0 });
    expect(await cli('inspect a.parquet --file b.parquet')).toMatchObject({ code: 2 });
  });

  it('gives the last one, where it is a list, all that follow as they are', async () => {
    expect((await cli('list of a,1.parquet b')).out).toBe('of: a,1.parquet | b\n');
    expect((await cli('list of --files a,b')).out).toBe('of: a | b\n');
    expect(await cli('list of a --files b')).toMatchObject({ code: 2 });
    expect(await cli('list of')).toMatchObject({ code: 2 });
  });

  it('print JSON with integers whole', async () => {
    expect((await cli('quality-report --json')).out).toBe('{"days":14,"rows":"1152921504606846976"}\n');
  });

  it('need a name when there is no default', async () => {
    const app = { ...appWith(), defaultCommand: undefined };
    expect(await cli('', {}, app)).toEqual({
      code: 2,
      out: '',
      err: 'tool: no command was given\nhint: tool --help lists commands and flags\n',
    });
  });
});

describe('help', () => {
  it('lists the commands, and the flags of the default one', async () => {
    const { code, out, err } = await cli('--help');
    expect([code, err]).toEqual([0, '']);
    for (const text of [
      'Usage: tool [options] [command]',
      '--quality-report',
      'inspect [options] [file]',
      'Usage: tool run [options]',
      '--open-max <value>',
      'most files open at once (default 500; TICKLAKE_OPEN_MAX)',
      'first day (also --start; TICKLAKE_DATE_FROM)',
      'which days (one of daily, catch-up; default catch-up; TICKLAKE_MODE)',
      'Examples:\n  # yesterday\n  tool run --mode daily\n',
      '--env-file <file>',
      'memory budget (default 1GiB; TICKLAKE_MEMORY)',
      '--symbols <list>',
      '--overwrite ',
      '--no-verify ',
      '--print-config',
    ]) {
      expect(out).toContain(text);
    }
    expect(out).not.toContain('--no-overwrite');
    expect(out).not.toMatch(/^ +--start/m);
  });

  it('of a command says what is required', async () => {
    const { code, out } = await cli('inspect --help');
    expect(code).toBe(0);
    expect(out).toContain('which (required; TICKLAKE_FILE)');
    expect(out).not.toContain('Examples');
    expect((await cli('run --help')).out).toContain('\n  tool run --mode daily\n');
  });

  it('tells the version', async () =>
    expect(await cli('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' }));
});

describe('--print-config', () => {
  it('shows every value and where it comes from, and runs nothing', async () => {
    const { code, out } = await cli('--print-config --no-overwrite --config a.json', {
      env: { TICKLAKE_OPEN_MAX: '7', TICKLAKE_STORE_SECRET: SECRET },
      files: { 'a.json': '{"symbols":["x","y"]}' },
    });
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['mode', 'catch-up', 'default'],
      ['dateFrom', '-', 'default'],
      ['openMax', '7', 'TICKLAKE_OPEN_MAX'],
      ['memory', '1GiB', 'default'],
      ['symbols', '["x","y"]', 'a.json'],
      ['limits', '-', 'default'],
      ['overwrite', 'false', '--no-overwrite'],
      ['verify', 'true', 'default'],
      ['storeSecret', '***', 'TICKLAKE_STORE_SECRET'],
      [''],
    ]);
  });

  it('is JSON with --json', async () => {
    const { out } = await cli('quality-report --print-config --json --days 3');
    expect(JSON.parse(out)).toEqual([{ key: 'days', value: 3, origin: '--days' }]);
  });
});

describe('exit codes', () => {
  it.each([
    ['invalid', 2],
    ['corrupt', 3],
    ['missing', 10],
    ['busy', 11],
    ['denied', 12],
    ['incomplete', 13],
    ['unavailable', 14],
    ['conflict', 15],
    ['cancelled', 130],
  ] as const)('%s is %d', async (kind, code) => {
    const app = appWith(() => Promise.reject(new LakeError(kind, 'went wrong', { details: { key: 'k' } })));
    const result = await cli('fail', { isTTY: true }, app);
    const [sentence, hint = ''] = result.err.trimEnd().split('\n');
    expect([result.code, result.out, sentence]).toEqual([code, '', 'tool: went wrong key=k']);
    expect(hint.startsWith('hint: ')).toBe(kind !== 'invalid' && kind !== 'cancelled');
  });

  it.each([
    ['success', 0],
    ['failures', 3],
    ['findings', 4],
  ] as const)('%s is %d', async (outcome, code) => {
    expect(
      (
        await cli(
          'fail',
          {},
          appWith(() => Promise.resolve(outcome)),
        )
      ).code,
    ).toBe(code);
  });

  it('a bug is 1, with its stack', async () => {
    const app = appWith(() => Promise.reject(new TypeError('x is not a function')));
    const { code, err } = await cli('fail', { isTTY: true }, app);
    expect(code).toBe(1);
    expect(err).toMatch(/^tool: bug: TypeError: x is not a function\n +at /);
  });

  it('whatever a cancelled command says, it was cancelled; unless it failed for another reason', async () => {
    const signal = AbortSignal.abort();
    const run = async (fail: () => Promise<CommandOutcome>) =>
      (await cli('fail', { signal }, appWith(fail))).code;
    expect(await run(() => Promise.resolve('success'))).toBe(130);
    expect(await run(() => Promise.reject(new DOMException('aborted', 'AbortError')))).toBe(130);
    expect(await run(() => Promise.reject(new LakeError('denied', 'no')))).toBe(12);
  });
});

describe('secrets', () => {
  it('are in nothing that is written', async () => {
    const leak = (context: Parameters<App['commands'][string]['run']>[0]): Promise<CommandOutcome> => {
      const details = {
        secret: SECRET,
        env: context.env['AWS_SECRET_ACCESS_KEY'],
        url: 's3://me:pw1234@host/b?sig=abcd',
      };
      context.onEvent({ type: 'note', severity: 'warning', message: `using ${SECRET}`, details });
      context.onEvent({
        type: 'failed',
        taskId: 't',
        error: new LakeError('denied', SECRET),
        quarantined: false,
      });
      context.print({ details }, `text ${SECRET}`);
      context.print({ encoded: encodeURIComponent(SECRET) });
      throw new LakeError('denied', 'refused', { details, cause: new Error(`because ${SECRET}`) });
    };
    const config = z.object({ storeSecret: z.string().meta({ secret: true }) });
    const commands = { run: defineCommand({ summary: 'x', config, run: leak }) };
    const env = { TICKLAKE_STORE_SECRET: SECRET, AWS_SECRET_ACCESS_KEY: 'canary-env-value' };
    for (const isTTY of [true, false]) {
      for (const argv of ['run', 'run --json', 'run --print-config']) {
        const { out, err } = await cli(argv, { env, isTTY }, { ...appWith(), commands });
        const everything = out + err;
        expect(everything).toContain('***');
        for (const hidden of ['canary', 'pw1234', 'abcd']) expect(everything).not.toContain(hidden);
      }
    }
  });
});
