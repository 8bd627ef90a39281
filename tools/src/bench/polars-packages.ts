import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Where polars is, and the Node that can load it. */
export interface PolarsPackages {
  /** A `package.json` beside which `nodejs-polars` is installed. */
  readonly packages: string;
  /** Its platform binary asks for Node 22. */
  readonly node: string;
}

/** What is installed, to the patch. */
export const POLARS_VERSION = '0.26.1';
const NODE_VERSION = '22.23.3';
const CACHE = fileURLToPath(
  new URL(`../../../node_modules/.cache/ticklake-bench/polars-${POLARS_VERSION}`, import.meta.url),
);

/**
 * Installs polars and a Node for it, once. They are no dependencies of the repository: 240 MB that only this benchmark
 * needs.
 *
 * @throws Error when npm cannot install them.
 */
export async function installPolars(): Promise<PolarsPackages> {
  const packages = join(CACHE, 'package.json');
  const binaries = join(CACHE, 'node_modules', 'node', 'bin');
  const done = join(CACHE, 'installed');
  if (!existsSync(done)) {
    await mkdir(CACHE, { recursive: true });
    await writeFile(packages, '{ "private": true }\n');
    await npmInstall(`node@${NODE_VERSION}`, {});
    // npm leaves out optional packages that ask for a newer Node than its own, and the binary is one: so it runs on 22.
    await npmInstall(`nodejs-polars@${POLARS_VERSION}`, {
      PATH: `${binaries}${delimiter}${process.env['PATH'] ?? ''}`,
    });
    await writeFile(done, '');
  }
  return { packages, node: join(binaries, 'node') };
}

async function npmInstall(spec: string, env: Readonly<Record<string, string>>): Promise<void> {
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', spec];
  await promisify(execFile)('npm', args, { cwd: CACHE, env: { ...process.env, ...env } });
}
