// Packs every published project, installs the packages into an empty one, imports each there and compiles against
// its types: what a user of the registry would do. Needs `npm run build` before. Exits 1 on any failure.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'ticklake-pack-'));
/** What only tests import needs a test runner, which an empty project has not. */
const FOR_TESTS = ['./testing', './conformance', './package.json'];

function npm(args, cwd) {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function packages() {
  return ['libs', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => {
      const path = join(root, folder, name);
      return {
        path,
        isLib: folder === 'libs',
        facts: JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')),
      };
    }),
  );
}

function pack({ path, facts }) {
  const [{ filename, files }] = JSON.parse(npm(['pack', '--json', '--pack-destination', work], path));
  const stray = files.map((file) => file.path).filter((name) => /\.spec\.|\.tsbuildinfo$|^src\//.test(name));
  if (stray.length > 0) throw new Error(`${facts.name} would publish ${stray.join(' ')}`);
  for (const wanted of ['README.md', 'dist/']) {
    if (!files.some((file) => file.path.startsWith(wanted))) throw new Error(`${facts.name} lacks ${wanted}`);
  }
  return `file:${join(work, filename)}`;
}

function writeProject(all, tarballs) {
  const manifest = {
    name: 'empty',
    private: true,
    type: 'module',
    dependencies: tarballs,
    overrides: tarballs,
  };
  writeFileSync(join(work, 'package.json'), JSON.stringify(manifest, undefined, 2));
  const entries = all
    .filter(({ isLib }) => isLib)
    .flatMap(({ facts }) =>
      Object.keys(facts.exports)
        .filter((name) => !FOR_TESTS.includes(name))
        .map((name) => facts.name + name.slice(1)),
    );
  const imports = entries.map((entry, index) => `import * as lib${index} from '${entry}';`);
  const uses = entries.map(
    (entry, index) => `if (Object.keys(lib${index}).length === 0) throw new Error('${entry}');`,
  );
  writeFileSync(join(work, 'use.mts'), [...imports, ...uses, ''].join('\n'));
  writeFileSync(
    join(work, 'use.mjs'),
    [...imports, ...uses, `console.log(${entries.length});`, ''].join('\n'),
  );
  // Node's types are not a dependency of the libraries, so their declarations are read without them.
  const compilerOptions = { noEmit: true, strict: true, target: 'es2022', module: 'nodenext', types: [] };
  const project = { compilerOptions: { ...compilerOptions, skipLibCheck: true }, files: ['use.mts'] };
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(project));
  return entries.length;
}

try {
  const all = packages();
  const tarballs = Object.fromEntries(all.map((one) => [one.facts.name, pack(one)]));
  const entryCount = writeProject(all, tarballs);
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], work);
  execFileSync(process.execPath, ['use.mjs'], { cwd: work, stdio: 'pipe' });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, '--project', '.'], { cwd: work, stdio: 'pipe' });
  for (const { facts } of all.filter(({ isLib }) => !isLib)) {
    for (const command of Object.keys(facts.bin ?? {})) {
      execFileSync(join(work, 'node_modules', '.bin', command), ['--help'], { cwd: work, stdio: 'pipe' });
    }
  }
  console.log(
    `packed ${all.length} packages, installed them in an empty project, imported ${entryCount} entries`,
  );
} catch (error) {
  console.error(`${error.message}\n${error.stdout ?? ''}${error.stderr ?? ''}`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
