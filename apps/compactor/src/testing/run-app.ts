import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { app } from '../app.js';
import { noonOf } from './context.js';

/** Runs a command line of the program in this process, on noon of 2026-02-04. */
export function runApp(...argv: readonly string[]) {
  return runAppOn('2026-02-04', ...argv);
}

/** {@link runApp} on noon of `day`. */
export async function runAppOn(day: string, ...argv: readonly string[]) {
  // What isolated workers run is built, and this is not.
  const env = { TICKLAKE_ISOLATE: 'false' };
  const host = memoryHost({ argv: [...argv], env, clock: noonOf(day) });
  const code = await runCli(app, host);
  return { code, out: host.out(), err: host.err() };
}
