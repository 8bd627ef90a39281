import { PassThrough } from 'node:stream';
import { LakeError } from '@ticklake/core';
import { z } from 'zod';
import { defineCommand } from './command.js';
import { runCli } from './run-cli.js';
import { openTerminal } from './terminal.js';
import { memoryHost } from './testing/memory-host.js';

function sitAt(signal = new AbortController().signal) {
  const input = new PassThrough();
  let shown = '';
  const output = { write: (text: string) => (shown += text) };
  const terminal = openTerminal({ input, output, signal });
  return { terminal, type: (keys: string) => void input.write(keys), shown: () => shown };
}

describe('a question', () => {
  it('is shown, and so is what is typed', async () => {
    const { terminal, type, shown } = sitAt();
    const answer = terminal.ask('Account: ', { hidden: false });
    type(' abc\u007fd \r');
    expect(await answer).toBe('abd');
    expect(shown()).toContain('Account: ');
    expect(shown()).toContain('ab');
  });

  it('may hide every key of its answer', async () => {
    const { terminal, type, shown } = sitAt();
    const answer = terminal.ask('Secret: ', { hidden: true });
    type('hush');
    type('-hush\r');
    expect(await answer).toBe('hush-hush');
    expect(shown()).toBe('Secret: \n');
  });

  it('comes after another one', async () => {
    const { terminal, type } = sitAt();
    for (const text of ['one', 'two', '']) {
      const answer = terminal.ask('? ', { hidden: text === 'two' });
      type(`${text}\r`);
      expect(await answer).toBe(text);
    }
  });

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('is cancelled by %s', async (_, key) => {
    for (const hidden of [true, false]) {
      const { terminal, type } = sitAt();
      const answer = terminal.ask('? ', { hidden });
      type(key);
      await expect(answer).rejects.toMatchObject({ kind: 'cancelled' });
    }
  });

  it('is cancelled by a signal, before and while it is asked', async () => {
    const stop = new AbortController();
    const { terminal } = sitAt(stop.signal);
    const answer = terminal.ask('? ', { hidden: true });
    stop.abort();
    await expect(answer).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(terminal.ask('? ', { hidden: false })).rejects.toMatchObject({ kind: 'cancelled' });
  });
});

it('a hidden answer is shown nowhere, in results and errors either', async () => {
  const command = defineCommand({
    summary: 'x',
    config: z.object({}),
    async run({ terminal, print }) {
      const secret = await terminal?.ask('Secret: ', { hidden: true });
      const shown = await terminal?.ask('Name: ', { hidden: false });
      print(`${shown} has ${secret}`);
      throw new LakeError('denied', `no access with ${secret}`);
    },
  });
  const host = memoryHost({ argv: ['x'], answers: ['hush-hush', 'somebody'] });
  const app = {
    name: 'tool',
    version: '1.0.0',
    summary: 'x',
    defaultCommand: undefined,
    commands: { x: command },
  };
  expect(await runCli(app, host)).toBe(12);
  expect(host.asked()).toEqual(['[Secret: ]', 'Name: ']);
  expect(host.out()).toBe('somebody has ***\n');
  expect(host.err()).toContain('no access with ***');
});
