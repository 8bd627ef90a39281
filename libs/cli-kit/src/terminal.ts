import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { LakeError } from '@ticklake/core';
import type { TextSink } from './host.js';

/** A person who can be asked. */
export interface Terminal {
  /**
   * The answer to `question`, without spaces around it. What is typed is not shown where it is to be hidden.
   *
   * @throws LakeError `cancelled` when Ctrl-C or Ctrl-D is typed, or the signal aborts.
   */
  ask(question: string, options: { readonly hidden: boolean }): Promise<string>;
}

/** What a terminal is made of: what is typed, where questions are shown, and what ends all waiting. */
export interface TerminalStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: TextSink;
  readonly signal: AbortSignal;
}

/** A terminal on these streams, which is in raw mode only while it asks. */
export function openTerminal({ input, output, signal }: TerminalStreams): Terminal {
  return {
    ask(question, { hidden }) {
      return new Promise((resolve, reject) => {
        // Of a hidden answer the reader of lines would show every key.
        const shown = new Writable({
          write(chunk: Buffer, _, done) {
            if (!hidden) output.write(chunk.toString());
            done();
          },
        });
        if (hidden) output.write(question);
        const lines = createInterface({ input, output: shown, terminal: true, historySize: 0 });
        const cancel = () => {
          output.write('\n');
          lines.close();
        };
        let answer: string | undefined;
        lines.once('SIGINT', cancel);
        lines.once('close', () => {
          signal.removeEventListener('abort', cancel);
          if (answer === undefined) reject(new LakeError('cancelled', 'cancelled while asking'));
          else resolve(answer.trim());
        });
        signal.addEventListener('abort', cancel, { once: true });
        lines.question(hidden ? '' : question, (line) => {
          answer = line;
          if (hidden) output.write('\n');
          lines.close();
        });
        if (signal.aborted) cancel();
      });
    },
  };
}
