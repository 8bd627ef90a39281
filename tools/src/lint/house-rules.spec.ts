import { execFile } from 'node:child_process';
import { resolve } from 'node:path';

/** Code put where `path` stands, and the rule that must refuse it; `undefined` means it must pass. */
interface Case {
  readonly path: string;
  readonly code: string;
  readonly rule: string | undefined;
  readonly message?: RegExp;
}

const BOUNDARIES = '@nx/enforce-module-boundaries';
const IMPORTS = 'house/restricted-imports';
const SYNTAX = 'no-restricted-syntax';
const doc = '/** Documented. */\n';

const cases: readonly Case[] = [
  // The law: imports only point down.
  {
    path: 'libs/core/src/bytes.ts',
    code: `export { typeText } from '@ticklake/columnar';`,
    rule: BOUNDARIES,
  },
  {
    path: 'libs/columnar/src/batch.ts',
    code: `export { openStore } from '@ticklake/storage';`,
    rule: BOUNDARIES,
    message: /tagged with "layer:1" can only depend on libs tagged with "layer:0"/,
  },
  { path: 'libs/storage/src/index.ts', code: `export { x } from '@ticklake/manifest';`, rule: BOUNDARIES },
  { path: 'libs/merge/src/index.ts', code: `export type { x } from '@ticklake/parquet';`, rule: BOUNDARIES },
  { path: 'libs/jobs/src/index.ts', code: `export const x = import('@ticklake/cli-kit');`, rule: BOUNDARIES },
  { path: 'libs/manifest/src/index.ts', code: `export { x } from '@ticklake/compactor';`, rule: BOUNDARIES },
  { path: 'apps/compactor/src/documents.ts', code: `export { x } from '@ticklake/tools';`, rule: BOUNDARIES },
  {
    path: 'libs/columnar/src/batch.ts',
    code: `export { x } from '../../core/src/index.js';`,
    rule: BOUNDARIES,
  },
  {
    path: 'libs/manifest/src/index.ts',
    code: `export { openParquet } from '@ticklake/parquet';`,
    rule: undefined,
  },
  // Vendor SDKs, test-only modules, the machine.
  { path: 'libs/storage/src/index.ts', code: `export * from '@aws-sdk/client-s3';`, rule: IMPORTS },
  {
    path: 'libs/storage/src/index.ts',
    code: `export const x = import('@google-cloud/storage');`,
    rule: IMPORTS,
  },
  {
    path: 'libs/manifest/src/index.ts',
    code: `export { x } from '@ticklake/columnar/testing';`,
    rule: IMPORTS,
  },
  { path: 'libs/core/src/bytes.ts', code: `export { assert } from 'fast-check';`, rule: IMPORTS },
  { path: 'libs/core/src/bytes.ts', code: `export { env } from 'node:process';`, rule: IMPORTS },
  { path: 'libs/core/src/bytes.ts', code: `${doc}export const t = Date.now();`, rule: SYNTAX },
  { path: 'libs/core/src/bytes.ts', code: `${doc}export const t = globalThis.Date.now();`, rule: SYNTAX },
  { path: 'libs/core/src/bytes.ts', code: `${doc}export const t = new Date();`, rule: SYNTAX },
  { path: 'libs/core/src/bytes.ts', code: `${doc}export const t = new Date(5);`, rule: undefined },
  { path: 'libs/core/src/bytes.ts', code: `${doc}export const r = Math.random();`, rule: SYNTAX },
  { path: 'libs/core/src/bytes.ts', code: `${doc}export const e = process.env;`, rule: SYNTAX },
  { path: 'libs/core/src/bytes.ts', code: `${doc}export const { env } = process;`, rule: SYNTAX },
  { path: 'libs/jobs/src/index.ts', code: `process.exit(1);`, rule: SYNTAX },
  { path: 'libs/jobs/src/index.ts', code: `process.on('SIGTERM', String);`, rule: SYNTAX },
  { path: 'libs/core/src/clock.ts', code: `${doc}export const t = Date.now();`, rule: undefined },
  { path: 'libs/cli-kit/src/index.ts', code: `${doc}export const e = process.env;`, rule: undefined },
  // Shape and honesty of the code.
  { path: 'libs/core/src/bytes.ts', code: `export const a = 1;`, rule: 'jsdoc/require-jsdoc' },
  { path: 'libs/core/src/bytes.ts', code: `export type A = 1;`, rule: 'jsdoc/require-jsdoc' },
  { path: 'libs/core/src/bytes.ts', code: `export interface A { a: 1 }`, rule: 'jsdoc/require-jsdoc' },
  { path: 'libs/core/src/bytes.ts', code: `export function a() { return 1; }`, rule: 'jsdoc/require-jsdoc' },
  { path: 'libs/core/src/bytes.ts', code: `${doc}export const a = 1;\n`.repeat(201), rule: 'max-lines' },
  {
    path: 'libs/core/src/bytes.ts',
    code: `${doc}export function a() {\n${'String(1);\n'.repeat(70)}}`,
    rule: 'max-lines-per-function',
  },
  {
    path: 'libs/core/src/bytes.ts',
    code: `${doc}export const f = () => { Promise.resolve(1); };`,
    rule: '@typescript-eslint/no-floating-promises',
  },
  {
    path: 'libs/core/src/bytes.ts',
    code: `${doc}export const a = 1 as any;`,
    rule: '@typescript-eslint/no-explicit-any',
  },
  { path: 'tools/eslint/camelCase.mjs', code: 'export {};', rule: 'house/kebab-case-files' },
  { path: 'tools/src/lint/house-rules.spec.ts', code: `it.only('x', () => undefined);`, rule: SYNTAX },
  { path: 'tools/src/lint/house-rules.spec.ts', code: `it.skip('x', () => undefined);`, rule: SYNTAX },
];

interface Message {
  readonly rule: string | null;
  readonly message: string;
}

describe('the house rules bite', () => {
  let answers: readonly (readonly Message[])[] = [];
  beforeAll(async () => {
    answers = await lintTexts(cases);
  });

  it.each(cases.map((item, index) => ({ ...item, index })))(
    '$rule: $path',
    ({ rule, message, index, code }) => {
      const found = answers[index] ?? [];
      expect({ code, rules: found.map((one) => one.rule) }).toEqual({
        code,
        rules: rule === undefined ? [] : expect.arrayContaining([rule]),
      });
      if (message !== undefined) expect(found.map((one) => one.message).join('\n')).toMatch(message);
    },
  );
});

function lintTexts(texts: readonly Case[]): Promise<(readonly Message[])[]> {
  const script = resolve('eslint/lint-texts.mjs');
  return new Promise((done, failed) => {
    const options = { cwd: resolve('..'), env: { ...process.env, NX_DAEMON: 'false', NODE_OPTIONS: '' } };
    const child = execFile(process.execPath, [script], options, (error, stdout, stderr) => {
      if (error === null) done(JSON.parse(stdout.slice(stdout.indexOf('[['))) as Message[][]);
      else failed(new Error(stderr));
    });
    child.stdin?.end(JSON.stringify(texts.map(({ path, code }) => ({ path, code }))));
  });
}
