// `npm run demo` on a fresh clone: install, build, then the demo itself (src/demo/main.ts).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const steps = [
  [join('tools', 'install.mjs')],
  [
    join('node_modules', 'nx', 'dist', 'bin', 'nx.js'),
    'run-many',
    '-t',
    'build',
    'bundle',
    '-p',
    '@ticklake/compactor',
    '@ticklake/tools',
  ],
  [join('tools', 'dist', 'demo', 'main.js')],
];

for (const step of steps) {
  // What the build says is not the demo's result.
  const isBuild = step[1] === 'run-many';
  const { status } = spawnSync(process.execPath, step, {
    cwd: root,
    stdio: ['ignore', isBuild ? 2 : 'inherit', 'inherit'],
    env: { ...process.env, NX_TUI: 'false' },
  });
  if (status !== 0) {
    process.exitCode = status ?? 1;
    break;
  }
}
