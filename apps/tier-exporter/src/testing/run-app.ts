import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { app } from '../app.js';
import { noonOf } from './context.js';

/** Runs a command line of the program in this process, on noon of 2026-01-16. */
export async function runApp(...argv: readonly string[]) {
  const host = memoryHost({ argv: [...argv], clock: noonOf('2026-01-16') });
  const code = await runCli(app, host);
  return { code, out: host.out(), err: host.err() };
}
