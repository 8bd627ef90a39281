import { homedir } from 'node:os';
import { readText, repositoryFiles, root } from './repository.js';

const FOLDERS = ['apps', 'libs', 'test-data', 'tools'];
/** What tools and readers look for at the root, and nowhere else. */
const FILES = [
  'LICENSE',
  'README.md',
  'eslint.config.mjs',
  'jest.preset.cjs',
  'nx.json',
  'package-lock.json',
  'package.json',
  'tsconfig.base.json',
];
const TEXT =
  /\.(ts|mjs|cjs|js|json|md|sh|sql|ya?ml|service|timer|env|html|css)$|(^|\/)(run|\.[a-z]+|LICENSE|Containerfile|crontab|logrotate)$/;

const files = repositoryFiles();
const sources = files.filter((file) => TEXT.test(file) && !file.startsWith('test-data/'));

describe('the repository', () => {
  it('has these names at the top, dotfiles aside, and no other', () => {
    const top = new Set(
      files.map((file) => file.split('/')[0] ?? '').filter((name) => !name.startsWith('.')),
    );
    expect([...top].sort()).toEqual([...FOLDERS, ...FILES].sort());
  });

  it('knows every kind of text file it holds', () => {
    const unknown = files.filter((file) => !TEXT.test(file) && !/\.(parquet|tmp|gz|zip)$/.test(file));
    expect(unknown.filter((file) => !file.startsWith('test-data/'))).toEqual([]);
  });

  it('names no path of a machine and no registry host', () => {
    // Where this very checkout lies and whose it is; elsewhere the same test looks for other paths.
    const machine = [root, homedir()].map((path) => `${path}/`).filter((path) => path.length > 2);
    const home = new RegExp(`/${'home'}/[a-z]+/|/${'Users'}/[a-z]+/`);
    const host = new RegExp(
      `${'"resolved"'}: "https?:|registry${'='}https?:|npm${'js'}\\.org|npm${'mirror'}`,
    );
    const isTelling = (text: string) =>
      home.test(text) || host.test(text) || machine.some((path) => text.includes(path));
    expect(sources.filter((file) => isTelling(readText(file)))).toEqual([]);
  });

  it('has no code file over 400 lines', () => {
    const code = sources.filter((file) => /\.(ts|mjs|cjs|sh)$/.test(file) || file === '.ci/run');
    const long = code.filter((file) => readText(file).split('\n').length > 401);
    expect(long).toEqual([]);
  });

  it('names its files in kebab-case', () => {
    const named = sources.filter((file) => /\.(ts|mjs|cjs|js)$/.test(file));
    const odd = named.filter((file) => !/(^|\/)[a-z0-9]+([-.][a-z0-9]+)*$/.test(file));
    expect(odd).toEqual([]);
  });
});
