import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '../index.js';
import { memoryHost } from '../testing/index.js';
import { sampleApp } from '../testing/sample-app.js';
import { COMPLETIONS } from './index.js';

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ticklake-completion-'));
  mkdirSync(join(root, 'spool one'));
  writeFileSync(join(root, 'spool.json'), '');
});
afterAll(() => rmSync(root, { recursive: true }));

/** What bash would offer for the last of `words`, which are split as bash splits a line. */
function complete(...words: string[]): string[] {
  const line = ['sample-tool', ...words].map((word) => `'${word}'`).join(' ');
  const script = `${COMPLETIONS.bash(sampleApp)}
COMP_WORDS=(${line}); COMP_CWORD=${words.length}
_sample_tool
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync('bash', ['--norc', '-u', '-c', script], { cwd: root, encoding: 'utf8' });
  return text
    .split('\n')
    .filter((word) => word !== '')
    .sort();
}

describe('in bash', () => {
  it('has no mistake, and completes what it is made for', () => {
    const script = `${COMPLETIONS.bash(sampleApp)}\ncomplete -p sample-tool`;
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
    expect(execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' })).toBe(
      'complete -F _sample_tool sample-tool\n',
    );
  });

  it.each<[string[], string[]]>([
    [['in'], ['inspect']],
    [['--ra'], ['--raw']],
    [['--q'], ['--quality-report']],
    [['--ver'], ['--version']],
    [['run', '--m'], ['--mode']],
    [
      ['run', '--mode', ''],
      ['catch-up', 'daily'],
    ],
    [['run', '--mode', 'c'], ['catch-up']],
    [['--mode', 'c'], ['catch-up']],
    [
      ['--mode', '='],
      ['catch-up', 'daily'],
    ],
    [['--mode', '=', 'd'], ['daily']],
    [['run', '--troubles', 's'], ['stale']],
    [['run', '--start', ''], []],
    [
      ['run', '--raw', 'spool'],
      ['spool one', 'spool.json'],
    ],
    [['run', '--config', 'spool.'], ['spool.json']],
    [['run', '--env-file', 'spool.'], ['spool.json']],
    [['run', '--no'], ['--no-isolate']],
    [['run', '--over'], ['--overwrite']],
    [['run', '--print'], ['--print-config']],
    [['run', 'in'], []],
    [
      ['inspect', 'sp'],
      ['spool one', 'spool.json'],
    ],
    [['inspect', '--f'], ['--file']],
    [['inspect', '--m'], []],
    [['quality-report', '--d'], ['--days']],
    [['--quality-report', '--d'], ['--days']],
    [
      ['completion', ''],
      ['--config', '--env-file', '--help', '--json', '--print-config', '--shell', 'bash', 'fish', 'zsh'],
    ],
    [['completion', 'f'], ['fish']],
  ])('%j offers %j', (words, offered) => expect(complete(...words)).toEqual(offered));

  it('offers commands and flags for nothing', () => {
    const offered = complete('');
    expect(offered).toEqual(expect.arrayContaining(['run', 'inspect', 'man', '--raw', '--quality-report']));
    expect(offered).not.toContain('--days');
  });
});

/** What a shell says about a script; `undefined` where there is no such shell. */
function check(shell: string, script: string): string | undefined {
  const { error, status, stderr } = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' });
  return error === undefined ? `${status} ${stderr}` : undefined;
}

describe.each(['zsh', 'fish'] as const)('in %s', (shell) => {
  const script = COMPLETIONS[shell](sampleApp);

  it('has no mistake, where there is one to say so', () => {
    expect(['0 ', undefined]).toContain(check(shell, script));
  });

  it('is quoted so that nothing of it is run or ends early', () => {
    // Outside of quotes there is nothing left of the texts.
    const outside = script
      .replace(shell === 'zsh' ? /'[^']*'|\\'/g : /'(?:[^'\\]|\\.)*'/g, '')
      .replace(/#.*/g, '');
    for (const text of ['HOME', 'replace', 'first day', '`', 'now']) expect(outside).not.toContain(text);
    expect(outside).not.toContain("'");
  });

  it('knows every command, flag and choice', () => {
    for (const text of [
      'inspect',
      'quality-report',
      'raw',
      'start',
      'no-isolate',
      'catch-up',
      'failed stale',
      'the same as the command quality-report',
      'env-file',
    ]) {
      expect(script).toContain(text);
    }
    expect(script).not.toContain('canary');
  });
});

it.each(['bash', 'zsh', 'fish'] as const)('is printed by `completion %s`', async (shell) => {
  const host = memoryHost({ argv: ['completion', shell] });
  expect(await runCli(sampleApp, host)).toBe(0);
  expect(host.out()).toBe(COMPLETIONS[shell](sampleApp));
});

it('refuses other shells', async () => {
  const host = memoryHost({ argv: ['completion', 'cmd'] });
  expect(await runCli(sampleApp, host)).toBe(2);
  expect(host.err()).toContain('expected one of "bash"|"zsh"|"fish"');
});
