// Puts a program of a project and all that it uses of this repository into few files, under `bundle/`:
// `node tools/bundle.mjs PROJECT ENTRY…`, entries being built files. Node takes a millisecond of processor time for every
// module it loads, of which a program has hundreds, and opens the files of imports side by side: where a process may have 64
// files open, hundreds do not even load. Packages of others stay outside, as dependencies of the project, but for those that
// are many small modules themselves; their licences are put beside the program.
//
// Each is one script, and beside it stands what V8 makes of it: compiling what a run uses takes 40 ms of its start and 30 ms after
// it. So are what it starts threads and processes with, which take as long before they do their part. V8 takes its own work back
// only in the very same version, under the flags that it has by itself, and the name of the file says which Node on which
// processor made it; any other compiles the script as always.
import { build, transform } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

const root = fileURLToPath(new URL('..', import.meta.url));
const [project = '', ...entries] = process.argv.slice(2);
const home = join(root, project);
const outdir = join(home, 'bundle');

/** Files that threads and processes are started with, as modules name them: each beside whoever starts it. */
const STARTED = /new URL\('(\.\/[\w-]+\.js)', import\.meta\.url\)/g;

/** Packages of others that are bundled too. */
const INLINED = ['zod', 'commander'];

/** Leaves packages of others where they are, but for some. */
const othersOutside = {
  name: 'others-outside',
  setup({ onResolve }) {
    const isInside = (name) => name.startsWith('@ticklake/') || INLINED.includes(name);
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || isInside(path) ? undefined : { path, external: true },
    );
  },
};

/** Messages of zod in other languages than ours are a quarter of a program, which is read and compiled at every start. */
const englishOnly = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** Of a namespace that is imported by name nothing is left out, and zod has much that nobody uses here. */
const zodByParts = {
  name: 'zod-by-parts',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](libs|apps)[\\/][^\\/]+[\\/]dist[\\/].*\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(
        /^import \{ z \} from 'zod';$/m,
        "import * as z from 'zod';",
      ),
    }));
  },
};

/** A script has nothing to wait for its end with: it hands out the promise that its module waits for, if it does. */
const endedOutside = (entry) => ({
  name: 'ended-outside',
  setup({ onLoad }) {
    onLoad({ filter: new RegExp(`[\\\\/]${basename(entry)}$`) }, ({ path }) => {
      if (path !== entry) return undefined;
      const module = readFileSync(path, 'utf8').replace(/^#!.*\n/, '');
      return { contents: module.replace(/^await (.*);$/m, 'export const ended = $1;') };
    });
  },
});

/** What a script is given, which has no module around it. */
const WRAPPER = ['(function (require, importModule, moduleUrl, module) {', '})'];

/** Bundles what begins at `entry`, and tells what of its modules is in it. */
async function bundleScript(entry) {
  const name = basename(entry, '.js');
  const { metafile, outputFiles } = await build({
    ...{ entryPoints: [entry], outdir, bundle: true, write: false, metafile: true, logLevel: 'warning' },
    // Objects that are spread into others where they are made become parts of those, which V8 makes in 0.1 µs instead of 2.
    minifySyntax: true,
    ...{ platform: 'node', target: 'node20', format: 'cjs', define: { 'import.meta.url': 'moduleUrl' } },
    banner: { js: WRAPPER[0] },
    footer: { js: WRAPPER[1] },
    plugins: [endedOutside(entry), othersOutside, englishOnly, zodByParts],
    absWorkingDir: root,
  });
  const [{ imports, inputs }] = Object.values(metafile.outputs);
  const outside = imports.filter(({ kind }) => kind === 'dynamic-import');
  let found = 0;
  const bundled = outputFiles[0].text;
  const text = bundled
    // A script that V8 had compiled before cannot import by itself.
    .replaceAll(/\bimport\(/g, () => (found++, 'importModule('))
    // Beyond ASCII there are comments only, and such a script takes twice the memory and longer to read.
    .replaceAll(/[\u0080-\uffff]/g, '?');
  const { code } = await transform(bundled, { minifyWhitespace: true, legalComments: 'none' });
  if (/[\u0080-\uffff]/.test(code)) throw new Error(`${entry} has more than ASCII outside of comments`);
  if (found !== outside.length) throw new Error(`${entry} imports ${outside.length} modules, not ${found}`);
  const { version, platform, arch } = process;
  const compiled = compile(text);
  const cache = {
    file: `${name}-${sha256(text).slice(0, 12)}-${version}-${platform}-${arch}.cache`,
    sha256: sha256(compiled),
  };
  writeFileSync(join(outdir, `${name}.cjs`), text);
  writeFileSync(join(outdir, cache.file), compiled);
  writeFileSync(join(outdir, `${name}.js`), starter(name, cache), { mode: 0o755 });
  return Object.keys(inputs).filter((input) => inputs[input].bytesInOutput > 0);
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** All functions of a script as V8 runs them: by itself it would leave those out that have not been called. */
function compile(text) {
  setFlagsFromString('--no-lazy');
  const script = new Script(text);
  // V8 refuses what was made under other flags than it runs with.
  setFlagsFromString('--lazy');
  return script.createCachedData();
}

/**
 * V8 does not see whether its work was damaged since, and runs whatever that has become. A script that starts a script: as a module it would
 * start 4 ms later.
 */
function starter(name, { file, sha256: known }) {
  return `#!/usr/bin/env node
'use strict';
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');

const filename = join(__dirname, '${name}.cjs');
const compiled = join(__dirname, '${file}');
const cache = existsSync(compiled) ? readFileSync(compiled) : undefined;
const isWhole = cache && createHash('sha256').update(cache).digest('hex') === '${known}';
const program = new Script(readFileSync(filename, 'latin1'), {
  filename,
  cachedData: isWhole ? cache : undefined,
});
const made = { exports: {} };
program.runInThisContext()(require, (name) => import(name), pathToFileURL(__filename).href, made);

// As of a module that waits for what nothing is left to end.
let isEnded = false;
Promise.resolve(made.exports.ended).then(() => (isEnded = true));
process.on('beforeExit', () => {
  if (!isEnded) process.exitCode ??= 13;
});
`;
}

/** What modules of a bundle start, which has to be bundled too. */
function startedBy(inputs) {
  return inputs.flatMap((input) => {
    const path = join(root, input);
    const names = [...readFileSync(path, 'utf8').matchAll(STARTED)].map(([, name]) => name);
    return names.map((name) => resolve(dirname(path), name));
  });
}

/** What the licences of others ask for. */
function writeNotices() {
  const notices = INLINED.map((name) => {
    const folder = join(root, 'node_modules', name);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`;
  });
  writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES.txt'), notices.join('\n'));
}

rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
// Of a project whose other programs are modules.
writeFileSync(join(outdir, 'package.json'), `${JSON.stringify({ type: 'commonjs' })}\n`);
const scripts = new Set(entries.map((entry) => join(home, entry)));
// What a script starts is added, and has its turn, while there are any.
for (const script of scripts)
  for (const started of startedBy(await bundleScript(script))) scripts.add(started);
writeNotices();
const names = new Set([...scripts].map((path) => basename(path)));
if (names.size < scripts.size) throw new Error(`two of ${[...scripts].join(', ')} have one name`);
