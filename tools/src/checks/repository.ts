import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The folder that holds everything. Suites run with `tools` as working directory. */
export const root = resolve('..');

/** What `package.json` of a project says, as far as the checks ask. */
export interface PackageFacts {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly private?: boolean;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly engines?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly nx?: {
    readonly tags?: readonly string[];
    readonly targets?: Readonly<Record<string, unknown>>;
  };
  readonly publishConfig?: Readonly<Record<string, string>>;
}

/** A folder with a `package.json`, below `libs`, `apps`, or `tools` itself. */
export interface Project {
  /** e.g. `libs/core`. */
  readonly path: string;
  readonly facts: PackageFacts;
  readonly files: readonly string[];
}

/** Files that git has or would take: ignored ones are not the repository's. Paths from the root, sorted. */
export function repositoryFiles(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const names = execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 64 * 2 ** 20 }).split(
    '\0',
  );
  return [...new Set(names)].filter((name) => name !== '' && existsSync(join(root, name))).sort();
}

/** Every project with its facts and files. */
export function projects(): readonly Project[] {
  const all = repositoryFiles();
  return all
    .filter((file) => /^((libs|apps)\/[^/]+|tools)\/package\.json$/.test(file))
    .map((file) => {
      const path = file.slice(0, -'/package.json'.length);
      return {
        path,
        facts: JSON.parse(readText(file)) as PackageFacts,
        files: all.filter((name) => name.startsWith(`${path}/`)),
      };
    });
}

/** The text of a file named from the root. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
