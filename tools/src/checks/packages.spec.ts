import { builtinModules } from 'node:module';
import { importsOf, packageOf } from './imports-of.js';
import { projects, readText, type PackageFacts, type Project } from './repository.js';

const all = projects();
const published = all.filter(({ path }) => path !== 'tools');
const libs = all.filter(({ path }) => path.startsWith('libs/'));
const rootFacts = JSON.parse(readText('package.json')) as PackageFacts;
/** The layer of each lib: the whole map of the house, as its documents draw it. */
const LAYERS: Readonly<Record<string, number>> = {
  core: 0,
  kernels: 0,
  columnar: 1,
  storage: 1,
  parquet: 2,
  jsonl: 2,
  csv: 2,
  merge: 2,
  market: 2,
  shuffle: 2,
  partition: 3,
  manifest: 3,
  engine: 3,
  scan: 3,
  jobs: 4,
  'cli-kit': 5,
};
/** `importHelpers` makes the compiler import it where it needs to, which the sources do not show. */
const IMPLICIT = ['tslib'];

describe.each(all)('$path', (project) => {
  const { path, facts, files } = project;
  const isSpec = (file: string) => file.endsWith('.spec.ts');
  const sources = files.filter((file) => file.startsWith(`${path}/src/`) && file.endsWith('.ts'));

  it('is of the layer that the map says', () => {
    const layer = path.startsWith('libs/') ? LAYERS[path.slice('libs/'.length)] : path === 'tools' ? 7 : 6;
    expect(facts.nx?.tags).toEqual([`layer:${layer}`]);
  });

  it('depends on exact versions, and on the projects here at the version they have', () => {
    for (const [name, range] of Object.entries(facts.dependencies ?? {})) {
      const own = all.find((one) => one.facts.name === name);
      if (own !== undefined) expect({ name, range }).toEqual({ name, range: own.facts.version });
      else if (!IMPLICIT.includes(name))
        expect({ name, range }).toEqual({ name, range: expect.stringMatching(/^\d/) });
    }
  });

  it('declares what it imports, and imports what it declares', () => {
    const imported = importedPackages(sources.filter((file) => !isSpec(file) && !isForTests(path, file)));
    const declared = Object.keys(facts.dependencies ?? {}).filter((name) => !IMPLICIT.includes(name));
    if (path === 'tools') {
      // Never published: the root's packages are theirs as well, and libs stand ready for the next tool.
      const given = [...declared, ...Object.keys(rootFacts.devDependencies ?? {})];
      expect(imported.filter((name) => !given.includes(name))).toEqual([]);
    } else {
      expect(declared.sort()).toEqual(
        [...new Set([...imported, ...Object.keys(bundledImports(project))])].sort(),
      );
    }
  });

  it('has what its bundle imports at the version that the libs in it have', () => {
    expect(facts.dependencies ?? {}).toMatchObject(bundledImports(project));
  });

  it('uses in its tests only what it or the root declares', () => {
    const imported = importedPackages(sources.filter((file) => isSpec(file) || isForTests(path, file)));
    const declared = new Set([
      ...Object.keys(facts.dependencies ?? {}),
      ...Object.keys(rootFacts.devDependencies ?? {}),
      ...all.map((one) => one.facts.name),
    ]);
    expect(imported.filter((name) => !declared.has(name))).toEqual([]);
  });

  it('has tests', () => {
    expect(sources.filter(isSpec).length).toBeGreaterThan(0);
  });

  it('refers from its build to the builds of what it depends on', () => {
    const config = JSON.parse(readText(`${path}/tsconfig.lib.json`)) as { references?: { path: string }[] };
    const referred = (config.references ?? []).map((one) =>
      one.path.replace(/^.*\/([^/]+)\/[^/]+$/, '@ticklake/$1'),
    );
    const wanted = Object.keys(facts.dependencies ?? {}).filter((name) => name.startsWith('@ticklake/'));
    expect(wanted.filter((name) => !referred.includes(name))).toEqual([]);
  });
});

describe.each(published)('$path as a package', ({ path, facts, files }) => {
  it('says what it is', () => {
    expect(facts).toMatchObject({
      name: `@ticklake/${path.split('/')[1]}`,
      license: rootFacts.license,
      type: 'module',
      engines: rootFacts.engines,
      publishConfig: { access: 'public' },
    });
    expect(facts.description).toMatch(/\.$/);
    expect(facts.private).toBeUndefined();
    expect(facts.files).toEqual(expect.arrayContaining(['dist', '!**/*.tsbuildinfo']));
  });

  it('exports built files, and the sources behind them to this repository only', () => {
    for (const [name, target] of Object.entries(facts.exports ?? {})) {
      if (name === './package.json') continue;
      const { '@ticklake/source': source, default: built } = target as Record<string, string>;
      expect(built).toBe(source?.replace('./src/', './dist/').replace(/\.ts$/, '.js'));
      expect(files).toContain(`${path}/${source?.slice(2)}`);
    }
    expect(Object.keys(facts.exports ?? {})).toContain('.');
  });

  it('has a README that opens with what it is and has an example', () => {
    const readme = readText(`${path}/README.md`);
    expect(readme).toMatch(new RegExp(`^# ${facts.name}\\n`));
    if (path.startsWith('libs/')) expect(readme).toMatch(/^```ts\n/m);
  });
});

it('every lib of the map is there, and no other', () => {
  expect(libs.map(({ path }) => path.slice('libs/'.length)).sort()).toEqual(Object.keys(LAYERS).sort());
});

/** Packages of others that the libs in a published project's bundle depend on, with their versions; none where it has no bundle. */
function bundledImports({ facts }: Project): Readonly<Record<string, string>> {
  if (facts.private === true || facts.nx?.targets?.['bundle'] === undefined) return {};
  const libsOf = (one: Project['facts']): readonly Project[] => {
    const own = libs.filter((lib) => lib.facts.name in (one.dependencies ?? {}));
    return own.flatMap((lib) => [lib, ...libsOf(lib.facts)]);
  };
  const all = libsOf(facts).flatMap((lib) => Object.entries(lib.facts.dependencies ?? {}));
  return Object.fromEntries(
    all.filter(([name]) => !name.startsWith('@ticklake/') && !IMPLICIT.includes(name)),
  );
}

function importedPackages(files: readonly string[]): readonly string[] {
  const names = files.flatMap((file) => importsOf(readText(file)));
  const outside = names.filter(
    (name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name),
  );
  return [...new Set(outside.map(packageOf))].sort();
}

/** Shipped, but for tests: what they import beyond the dependencies is theirs who run tests. */
function isForTests(path: Project['path'], file: string): boolean {
  return /^\/src\/(testing\/|conformance\/|(.+\/)?spec-support\/)/.test(file.slice(path.length));
}
