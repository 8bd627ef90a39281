import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

let project: string;
beforeEach(() => {
  const parent = join(REPOSITORY, 'tools/tmp');
  mkdirSync(parent, { recursive: true });
  project = mkdtempSync(join(parent, 'bundle-'));
});
afterEach(() => rmSync(project, { recursive: true, force: true }));

/** Bundles a program and runs it; what it does and how it ends. */
function run(program: string) {
  writeFileSync(join(project, 'main.js'), program);
  execFileSync(process.execPath, [
    join(REPOSITORY, 'tools/bundle.mjs'),
    relative(REPOSITORY, project),
    'main.js',
  ]);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(project, 'bundle/main.js')], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

it.each([
  ['is done', "await Promise.resolve(console.log('done'));", { status: 0, stdout: 'done\n' }],
  ['waits for nothing', "console.log('done');", { status: 0, stdout: 'done\n' }],
  ['says how it ends', 'await Promise.resolve((process.exitCode = 3));', { status: 3 }],
  ['says how it ends, at once', 'await new Promise(() => process.exit(0));', { status: 0 }],
  ['fails', "await Promise.reject(new Error('broken'));", { status: 1 }],
  // Nothing must pass for done that is not: a job that waits for what never comes.
  ['waits for what nothing is left to end', 'await new Promise(() => undefined);', { status: 13 }],
])('bundles a program that %s', (_, program, ended) => {
  expect(run(program)).toMatchObject(ended);
});

it('tells of what failed', () => {
  expect(run("await Promise.reject(new Error('broken'));").stderr).toContain('broken');
});

it('bundles a program that starts threads, each beside it, under its own address', () => {
  const worker =
    "import { parentPort } from 'node:worker_threads';\nparentPort.postMessage(import.meta.url);\n";
  writeFileSync(join(project, 'part.js'), worker);
  const { stdout } = run(`import { Worker } from 'node:worker_threads';
    new Worker(new URL('./part.js', import.meta.url)).on('message', (url) => console.log(url));`);
  expect(stdout).toMatch(/^file:\/\/.*\/bundle\/part\.js\n$/);
});

it('bundles a thread that waits for what never comes as one that fails, too', () => {
  writeFileSync(join(project, 'part.js'), 'await new Promise(() => undefined);\n');
  const { stdout } = run(`import { Worker } from 'node:worker_threads';
    new Worker(new URL('./part.js', import.meta.url)).on('exit', (code) => console.log(String(code)));`);
  expect(stdout).toBe('13\n');
});
