import { LakeError, systemClock, type Clock } from '@ticklake/core';
import type { Host } from '../host.js';

/** What the process is made of; everything that is left out is empty. */
export interface MemoryHostOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Texts by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Of all files; private where it is left out. */
  readonly fileMode?: number;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  /** Answers of somebody at the terminal, one after another; the one after the last is Ctrl-C. Left out: nobody is there. */
  readonly answers?: readonly string[];
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A {@link Host} that keeps what is written to it. */
export interface MemoryHost extends Host {
  /** Everything written to stdout so far. */
  out(): string;
  /** Everything written to stderr so far. */
  err(): string;
  /** What was asked so far, hidden ones in brackets. */
  asked(): readonly string[];
}

/** What such a process says it holds. */
const RESIDENT_BYTES = 64 * 2 ** 20;

/** A process made of strings, to run a command line inside a test. */
export function memoryHost(options: MemoryHostOptions): MemoryHost {
  const { argv, env = {}, files = {}, clock = systemClock, isTTY = false, columns = 80 } = options;
  let out = '';
  let err = '';
  const asked: string[] = [];
  const { answers } = options;
  return {
    argv,
    env,
    clock,
    terminal: answers && {
      ask(question, { hidden }) {
        const answer = answers[asked.length];
        asked.push(hidden ? `[${question}]` : question);
        if (answer === undefined) return Promise.reject(new LakeError('cancelled', 'cancelled while asking'));
        return Promise.resolve(answer);
      },
    },
    residentBytes: () => RESIDENT_BYTES,
    signal: options.signal ?? new AbortController().signal,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text), isTTY, columns },
    async readText(path) {
      const text = files[path];
      if (text === undefined)
        throw new LakeError('missing', 'the file cannot be read', { details: { path } });
      return text;
    },
    fileMode: () => Promise.resolve(options.fileMode ?? 0o600),
    out: () => out,
    err: () => err,
    asked: () => asked,
  };
}
