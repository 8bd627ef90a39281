import { fakeClock } from '@ticklake/core/testing';
import { z } from 'zod';
import { defineCommand, printableValue, runCli, type App } from './index.js';
import { printable } from './printable.js';
import { memoryHost } from './testing/index.js';

/** Sets a title, clears the screen, turns the direction of what follows. */
const HOSTILE = 'a\u001b]0;title\u0007\u009b2J\u202eb';
const HARMLESS = 'a\ufffd]0;title\ufffd\ufffd2J\ufffdb';

const app: App = {
  name: 'tool',
  version: '1.2.3',
  summary: 'a tool',
  defaultCommand: undefined,
  commands: {
    look: defineCommand({
      summary: 'look at a file',
      config: z.object({ file: z.string() }),
      positionals: ['file'],
      async run({ config, print }) {
        print({ file: config.file }, `file:\t${config.file}`);
        return 'success';
      },
    }),
  },
};

async function cli(...argv: string[]) {
  const host = memoryHost({ argv, clock: fakeClock(0) });
  await runCli(app, host);
  return { out: host.out(), err: host.err() };
}

it('leaves nothing in a text that a terminal obeys, but for how it is laid out', () => {
  expect(printable(`${HOSTILE}\r\n\tb`)).toBe(`${HARMLESS}\ufffd\n\tb`);
  expect(printable('ünï → 🦆')).toBe('ünï → 🦆');
  expect(printableValue(`${HOSTILE}\n\tb`)).toBe(`${HARMLESS}\ufffd\ufffdb`);
});

it('is what people get of every command', async () => {
  expect(await cli('look', HOSTILE)).toEqual({ out: `file:\t${HARMLESS}\n`, err: '' });
  expect((await cli('look', HOSTILE, '--print-config')).out).toContain(HARMLESS);
  const { err } = await cli('look', `--${HOSTILE}`);
  expect(err).toContain(HARMLESS);
  expect(err).not.toContain('\u001b');
});

it('is not what machines get: they are told what it is', async () => {
  expect(JSON.parse((await cli('look', HOSTILE, '--json')).out)).toEqual({ file: HOSTILE });
});
