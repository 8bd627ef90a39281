// Puts a program of a project and all that it uses of this repository into few files, under `bundle/`:
// `node tools/bundle.mjs PROJECT ENTRY…`, entries being built files. Node takes a millisecond of processor time for every
// module it loads, of which a program has hundreds, and opens the files of imports side by side: where a process may have 64
// files open, hundreds do not even load. Packages of others stay outside, as dependencies of the project, but for those that
// are many small modules themselves; their licences are put beside the program.
import { build } from 'esbuild';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [project = '', ...entries] = process.argv.slice(2);
const home = join(root, project);
const outdir = join(home, 'bundle');

/** Files that threads and processes are started with, as modules name them: each beside whoever starts it. */
const STARTED = /new URL\('(\.\/[\w-]+\.js)', import\.meta\.url\)/g;

/** Packages of others that are bundled too. */
const INLINED = ['zod'];

const isInside = (name) => name.startsWith('@ticklake/') || INLINED.includes(name);

/** Leaves packages of others where they are. */
const othersOutside = {
  name: 'others-outside',
  setup({ onResolve }) {
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

async function bundle(entryPoints) {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    ...{
      entryPoints,
      outdir,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
    },
    ...{ metafile: true, logLevel: 'warning', entryNames: '[name]', chunkNames: 'chunk-[hash]' },
    plugins: [othersOutside, englishOnly],
    absWorkingDir: root,
  });
  return metafile;
}

/** What the modules of a bundle start, which has to be bundled too. */
function startedBy({ inputs }) {
  return Object.keys(inputs).flatMap((input) => {
    const path = join(root, input);
    const names = [...readFileSync(path, 'utf8').matchAll(STARTED)].map(([, name]) => name);
    return names.map((name) => resolve(dirname(path), name));
  });
}

/** What the licences of others ask for. */
function writeNotices() {
  const notices = INLINED.map((name) => {
    const folder = dirname(createRequire(join(root, 'package.json')).resolve(`${name}/package.json`));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${readFileSync(join(folder, 'LICENSE'), 'utf8').trim()}\n`;
  });
  writeFileSync(join(outdir, 'THIRD-PARTY-NOTICES.txt'), notices.join('\n'));
}

let all = entries.map((entry) => join(home, entry));
for (let known = 0; known < all.length; ) {
  known = all.length;
  const metafile = await bundle(all);
  all = [...new Set([...all, ...startedBy(metafile)])];
}
writeNotices();
const names = all.map((path) => basename(path));
if (new Set(names).size < names.length) throw new Error(`two of ${names.join(', ')} have one name`);
