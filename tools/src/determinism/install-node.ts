import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorText } from '@ticklake/core';

/** Each is some 100 MB, so what was installed once is kept. */
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/ticklake/', import.meta.url));

/**
 * Installs Node `version` from npm, where that has not been done, and gives the path of its program.
 *
 * The package `node` has no program of its own: its install script installs that of the platform. Where install
 * scripts are switched off, the platform's package is asked for by its name.
 *
 * @throws Error when the registry cannot be reached, or what it gave does not run.
 */
export async function installNode(version: string): Promise<string> {
  const folder = join(CACHE, `node-${version}`);
  const modules = join(folder, 'node_modules');
  const platform = platformPackage();
  const programs = [join(modules, 'node', 'bin', 'node'), join(modules, platform, 'bin', 'node')];
  const installed = () => programs.find((path) => existsSync(path) && runs(path, version));
  const known = installed();
  if (known !== undefined) return known;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true }');
  for (const name of ['node', platform]) {
    npmInstall(`${name}@${version}`, folder);
    const program = installed();
    if (program !== undefined) return program;
  }
  throw new Error(`npm installed no program of node ${version}`);
}

function runs(program: string, version: string): boolean {
  try {
    return execFileSync(program, ['--version'], { encoding: 'utf8' }).trim() === `v${version}`;
  } catch {
    // Left behind by an installation that was interrupted.
    return false;
  }
}

function npmInstall(what: string, folder: string): void {
  const npm = process.env.npm_execpath;
  // The folder stands below another project's, which npm would otherwise install to.
  const where = ['--prefix', folder, '--workspaces=false'];
  const args = ['install', ...where, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', what];
  const [program, given] = npm === undefined ? ['npm', args] : [process.execPath, [npm, ...args]];
  try {
    execFileSync(program as string, given as string[], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    throw new Error(`${what} could not be installed: ${errorText(error)}`, { cause: error });
  }
}

/** As the package `node` itself chooses it. */
function platformPackage(): string {
  const isAppleSilicon = process.platform === 'darwin' && process.arch === 'arm64';
  return `${isAppleSilicon ? 'node-bin' : 'node'}-${process.platform}-${process.arch}`;
}
