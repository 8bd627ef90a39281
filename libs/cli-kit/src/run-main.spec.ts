import { EventEmitter } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LakeError } from '@ticklake/core';
import { z } from 'zod';
import { defineCommand, type App, type CommandContext } from './command.js';
import type { CommandOutcome } from './exit-codes.js';
import { runMain, type ProcessLike } from './run-main.js';

const config = z.object({ value: z.string().default('none') });
type Context = CommandContext<z.infer<typeof config>>;

function appOf(run: (context: Context) => Promise<CommandOutcome>): App {
  const commands = { run: defineCommand({ summary: 'x', config, run }) };
  return { name: 'tool', version: '1.0.0', summary: 'x', defaultCommand: 'run', commands };
}

/** A stream that keeps its text. */
function stream() {
  const written: string[] = [];
  const events = new EventEmitter();
  const sink = {
    write: (text: string) => written.push(text),
    on: (event: 'error', listener: (error: Error) => void) => events.on(event, listener),
  };
  return { sink, text: () => written.join(''), fail: (error: Error) => events.emit('error', error) };
}

function fakeProcess(argv: readonly string[] = []) {
  const events = new EventEmitter();
  const exits: number[] = [];
  const stdout = stream();
  const stderr = stream();
  const target: ProcessLike = {
    argv: ['node', 'main.js', ...argv],
    env: { MY_TOKEN: 'canary-token' },
    stdin: new PassThrough(),
    stdout: stdout.sink,
    stderr: stderr.sink,
    memoryUsage: { rss: () => 2 ** 26 },
    on: (event, listener) => events.on(event, listener),
    exit: (code) => exits.push(code),
  };
  return { target, events, exits, stdout, stderr };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new LakeError('cancelled', 'stopped')));
  });
}

describe('runMain', () => {
  it('sets the exit code and lets the process end by itself', async () => {
    const { target, exits, stdout } = fakeProcess(['--value', 'x']);
    await runMain(
      appOf(async ({ config: { value }, print }) => {
        print(value);
        return 'failures';
      }),
      target,
    );
    expect([target.exitCode, exits, stdout.text()]).toEqual([3, [], 'x\n']);
  });

  it.each(['SIGTERM', 'SIGINT'])('%s stops the command, which ends with 130', async (name) => {
    const { target, events, exits } = fakeProcess();
    const running = runMain(
      appOf(({ signal }) => untilAborted(signal)),
      target,
    );
    await new Promise((resolve) => setImmediate(resolve));
    events.emit(name);
    await running;
    expect([target.exitCode, exits]).toEqual([130, []]);
  });

  it('exits at once on a second signal, whichever it is', async () => {
    const { target, events, exits } = fakeProcess();
    let finish: (outcome: CommandOutcome) => void = () => undefined;
    const deaf = new Promise<CommandOutcome>((resolve) => (finish = resolve));
    const running = runMain(
      appOf(() => deaf),
      target,
    );
    await new Promise((resolve) => setImmediate(resolve));
    events.emit('SIGINT');
    expect(exits).toEqual([]);
    events.emit('SIGTERM');
    expect(exits).toEqual([130]);
    finish('success');
    await running;
  });

  it.each(['unhandledRejection', 'uncaughtException'])(
    '%s is shown without secrets, and exits 1',
    async (name) => {
      const { target, events, exits, stderr } = fakeProcess();
      await runMain(
        appOf(() => Promise.resolve('success')),
        target,
      );
      events.emit(name, new TypeError('broke with canary-token'));
      expect(exits).toEqual([1]);
      expect(stderr.text()).toMatch(/^tool: bug: TypeError: broke with \*\*\*\n +at /);
    },
  );

  it('a reader that closes our output early is not an error, any other failure is', async () => {
    const { target, exits, stdout, stderr } = fakeProcess();
    await runMain(
      appOf(() => Promise.resolve('success')),
      target,
    );
    stdout.fail(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    stderr.fail(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(exits).toEqual([]);
    stdout.fail(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
    expect(exits).toEqual([1]);
  });

  it('reads configuration files from the disk', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ticklake-cli-'));
    try {
      const path = join(directory, 'tool.json');
      await writeFile(path, '{"value":"from disk"}');
      const found = fakeProcess(['--config', path]);
      const app = appOf(async ({ config: { value }, print }) => {
        print(value);
        return 'success';
      });
      await runMain(app, found.target);
      expect(found.stdout.text()).toBe('from disk\n');
      const absent = fakeProcess(['--config', `${path}.none`]);
      await runMain(app, absent.target);
      expect(absent.target.exitCode).toBe(10);
      const folder = fakeProcess(['--config', directory]);
      await runMain(app, folder.target);
      expect(folder.target.exitCode).toBe(2);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('looks at the disk for who may read an environment file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ticklake-cli-'));
    try {
      const path = join(directory, 'tool.env');
      await writeFile(path, 'TICKLAKE_VALUE=from file\nMY_SECRET=canary\n', { mode: 0o640 });
      const app = appOf(async ({ config: { value }, env, print }) => {
        print(`${value} ${env['MY_SECRET']}`);
        return 'success';
      });
      const closed = fakeProcess(['--env-file', path]);
      await runMain(app, closed.target);
      expect([closed.target.exitCode, closed.stdout.text()]).toEqual([0, 'from file ***\n']);
      await chmod(path, 0o644);
      const open = fakeProcess(['--env-file', path]);
      await runMain(app, open.target);
      expect([open.target.exitCode, open.stdout.text()]).toEqual([12, '']);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
