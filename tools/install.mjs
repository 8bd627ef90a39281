// Installs the locked dependencies where they are not installed yet, so that `npm test` and `npm run demo` are
// the only commands of a fresh clone. Plain Node: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8')).packages ?? {};
  } catch {
    return undefined;
  }
}

/** npm writes what it installed to a hidden lock, last; it must hold every locked package at its version. */
function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf(join('node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/')) return true;
    const found = present[path];
    return found === undefined ? optional === true : link === true || found.version === version;
  });
}

if (!isInstalled()) {
  process.stderr.write('installing dependencies (once)\n');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status, error } =
    npm === undefined
      ? spawnSync('npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: ['ignore', 2, 2] });
  if (error !== undefined) process.stderr.write(`npm could not be started: ${error.message}\n`);
  process.exitCode = error === undefined ? (status ?? 1) : 1;
}
