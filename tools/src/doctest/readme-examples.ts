import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { readText, repositoryFiles, root } from '../checks/repository.js';

/** The first example of a README, as a module of its own. */
export interface Example {
  /** The README, from the root. */
  readonly readme: string;
  /** Where the example's code was put. */
  readonly path: string;
}

/** Inside `tools`, so that `@ticklake/*` resolves as everywhere, and ignored by git. */
const FOLDER = join(root, 'tools', 'tmp', 'examples');

/** Writes the first TypeScript block of every README of a lib or app, and of the root, as a module. */
export function writeExamples(): readonly Example[] {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const readmes = repositoryFiles().filter((file) => /^((libs|apps)\/[^/]+\/)?README\.md$/.test(file));
  return readmes.flatMap((readme) => {
    const code = /^```ts\n(.*?)^```$/ms.exec(readText(readme))?.[1];
    if (code === undefined) return [];
    const path = join(FOLDER, `${readme.split('/')[1] ?? 'ticklake'}.ts`);
    writeFileSync(path, `${code}\nexport {};\n`);
    return [{ readme, path }];
  });
}

/** What the compiler, as strict as for the sources, says about the examples. */
export function compileExamples(examples: readonly Example[]): readonly string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), (path) => ts.sys.readFile(path));
  const { options, errors } = ts.convertCompilerOptionsFromJson(
    {
      ...config.compilerOptions,
      composite: false,
      declarationMap: false,
      noEmit: true,
      types: ['node', 'jest'],
    },
    root,
  );
  const program = ts.createProgram(
    examples.map(({ path }) => path),
    options,
  );
  const own = examples.flatMap(({ path }) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  });
  return [...errors, ...own].map((one) => {
    const line = one.file?.getLineAndCharacterOfPosition(one.start ?? 0).line ?? 0;
    return `${one.file?.fileName ?? ''}:${line + 1} ${ts.flattenDiagnosticMessageText(one.messageText, ' ')}`;
  });
}
