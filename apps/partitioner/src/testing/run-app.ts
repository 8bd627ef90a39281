import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { app } from '../app.js';
import { NOON } from './context.js';

/** Runs a command line of the program in this process, on noon of 2023-05-24. */
export async function runApp(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const host = memoryHost({ argv: [...argv], clock: NOON, env });
  const code = await runCli(app, host);
  return { code, out: host.out(), err: host.err() };
}
