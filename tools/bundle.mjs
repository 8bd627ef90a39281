// Puts a program of a project and all that it uses of this repository into few files, under `bundle/`:
// `node tools/bundle.mjs PROJECT ENTRY…`, entries being built files. Node takes a millisecond of processor time for every
// module it loads, of which a program has hundreds. Packages of others stay outside, as dependencies of the project.
import { build } from 'esbuild';
import { readFileSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [project = '', ...entries] = process.argv.slice(2);
const home = join(root, project);
const outdir = join(home, 'bundle');

/** Files that threads and processes are started with, as modules name them: each beside whoever starts it. */
const STARTED = /new URL\('(\.\/[\w-]+\.js)', import\.meta\.url\)/g;

const isOurs = (name) => name.startsWith('@ticklake/');

/** Leaves packages of others where they are. */
const othersOutside = {
  name: 'others-outside',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || isOurs(path) ? undefined : { path, external: true },
    );
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
    plugins: [othersOutside],
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

let all = entries.map((entry) => join(home, entry));
for (let known = 0; known < all.length; ) {
  known = all.length;
  const metafile = await bundle(all);
  all = [...new Set([...all, ...startedBy(metafile)])];
}
const names = all.map((path) => basename(path));
if (new Set(names).size < names.length) throw new Error(`two of ${names.join(', ')} have one name`);
