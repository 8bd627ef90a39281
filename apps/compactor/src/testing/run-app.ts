import { runCli } from '@ticklake/cli-kit';
import { memoryHost } from '@ticklake/cli-kit/testing';
import { app } from '../app.js';
import { noonOf } from './context.js';

/** Runs a command line of the program in this process, on noon of 2026-02-04. */
export function runApp(...argv: readonly string[]) {
  return runAppOn('2026-02-04', ...argv);
}

/** {@link runApp} on noon of `day`. */
export function runAppOn(day: string, ...argv: readonly string[]) {
  return run({ day, files: {} }, argv);
}

/** {@link runApp}, where `files` can be read. */
export function runAppWith(files: Readonly<Record<string, string>>, ...argv: readonly string[]) {
  return run({ day: '2026-02-04', files }, argv);
}

interface Surroundings {
  readonly day: string;
  readonly files: Readonly<Record<string, string>>;
}

async function run({ day, files }: Surroundings, argv: readonly string[]) {
  // What isolated workers run is built, and this is not.
  const env = { TICKLAKE_ISOLATE: 'false' };
  const host = memoryHost({ argv: [...argv], env, files, clock: noonOf(day) });
  const code = await runCli(app, host);
  return { code, out: host.out(), err: host.err() };
}
