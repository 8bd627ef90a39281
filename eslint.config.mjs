import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import jsdoc from 'eslint-plugin-jsdoc';
import { housePlugin } from './tools/eslint/house-plugin.mjs';

const SPECS = ['**/*.spec.ts'];
/** Code that only tests import: the `testing` and `conformance` subpaths of a lib, and what a project's specs share. */
const FOR_TESTS = ['{libs,apps}/*/src/{testing,conformance,spec-support}/**'];
const TOOLS = ['tools/**'];
const LAYERS = 8;

/** One rule for the whole house: layer n sees the layers below it, and layer 0 sees nothing. */
const layerConstraints = Array.from({ length: LAYERS }, (_, layer) => ({
  sourceTag: `layer:${layer}`,
  onlyDependOnLibsWithTags: Array.from({ length: layer }, (_, below) => `layer:${below}`),
}));

const vendorSdks = {
  '@aws-sdk': { pattern: '^@(aws-sdk|smithy)/', why: 'a vendor SDK lives in its own backend folder only' },
  '@google-cloud': { pattern: '^@google-cloud/', why: 'a vendor SDK lives in its own backend folder only' },
};
const testOnly = {
  pattern: '^(@ticklake/[^/]+/(testing|conformance)|fast-check|playwright-core|@duckdb/.*|jest|@jest/.*)$',
  why: 'it is for tests',
};
const ambientModule = { pattern: '^(node:)?process$', why: 'environment and process belong to cli-kit' };
const restrictImports = (...bans) => ({ 'house/restricted-imports': ['error', bans] });

/** Time, randomness and environment are passed in. Formatting a given instant, `new Date(ms)`, is fine. */
const ambient = [
  ['MemberExpression[object.name="Date"][property.name="now"]', 'time comes from a Clock'],
  ['MemberExpression[object.property.name="Date"][property.name="now"]', 'time comes from a Clock'],
  ['NewExpression[callee.name="Date"][arguments.length=0]', 'time comes from a Clock'],
  ['CallExpression[callee.name="Date"]', 'time comes from a Clock'],
  ['MemberExpression[object.name="Math"][property.name="random"]', 'randomness is passed in'],
  [
    'MemberExpression[object.name="process"][property.name=/^(env|exit|exitCode|on|once)$/]',
    'environment, exit and signals belong to cli-kit',
  ],
  [
    'MemberExpression[object.property.name="process"][property.name=/^(env|exit|exitCode|on|once)$/]',
    'environment, exit and signals belong to cli-kit',
  ],
  [
    'VariableDeclarator[init.name="process"] > ObjectPattern',
    'environment, exit and signals belong to cli-kit',
  ],
].map(([selector, message]) => ({ selector, message }));

const exclusive = {
  selector:
    'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|todo)$/], CallExpression[callee.name=/^(fit|fdescribe|xit|xtest|xdescribe)$/]',
  message: 'every test runs',
};
const skipped = {
  selector: 'MemberExpression[object.name=/^(describe|it|test)$/][property.name="skip"]',
  message: 'only suites over real data (*.real.spec.ts) may be skipped, and not in CI',
};

export default [
  // AssemblyScript is a language of its own, though its files end in .ts.
  {
    ignores: [
      '**/dist',
      '**/bundle',
      '**/out-tsc',
      '**/tmp',
      '**/coverage',
      '.nx',
      'test-data',
      'libs/kernels/assembly',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...nx.configs['flat/base'],
  ...nx.configs['flat/typescript'].map((config) => ({ files: ['**/*.ts'], ...config })),
  {
    files: ['**/*.ts', '**/*.mjs', '**/*.cjs'],
    plugins: { house: housePlugin },
    rules: {
      'house/kebab-case-files': 'error',
      'max-lines': ['error', { max: 400 }],
      eqeqeq: 'error',
      'no-restricted-syntax': ['error', exclusive, skipped],
    },
  },
  {
    files: ['**/*.ts'],
    plugins: { jsdoc },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { allow: [], enforceBuildableLibDependency: false, depConstraints: layerConstraints },
      ],
      'house/project-graph': 'error',
      ...restrictImports(...Object.values(vendorSdks), testOnly, ambientModule),
      'no-restricted-syntax': ['error', ...ambient, exclusive, skipped],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      // What was caught may be thrown on as it is.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: { esm: true, cjs: false, window: false },
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          contexts: [
            'TSInterfaceDeclaration',
            'TSTypeAliasDeclaration',
            'TSEnumDeclaration',
            'VariableDeclaration',
          ],
          enableFixer: false,
        },
      ],
    },
  },
  // A backend may load its own vendor's SDK, and no other.
  {
    files: ['libs/storage/src/backends/{s3,r2}/**/*.ts'],
    rules: restrictImports(vendorSdks['@google-cloud'], testOnly, ambientModule),
  },
  {
    files: ['libs/storage/src/backends/{gs,gcs}/**/*.ts'],
    rules: restrictImports(vendorSdks['@aws-sdk'], testOnly, ambientModule),
  },
  // The two places that may ask the machine.
  {
    files: ['libs/core/src/clock.ts', 'libs/cli-kit/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', exclusive, skipped],
      ...restrictImports(...Object.values(vendorSdks), testOnly),
    },
  },
  {
    files: [...FOR_TESTS, ...TOOLS, ...SPECS],
    rules: {
      'no-restricted-syntax': ['error', exclusive, skipped],
      ...restrictImports(...Object.values(vendorSdks)),
    },
  },
  {
    files: ['libs/storage/src/backends/{s3,r2}/**/*.spec.ts'],
    rules: restrictImports(vendorSdks['@google-cloud']),
  },
  { files: [...FOR_TESTS, ...SPECS, '**/spec-support/**'], rules: { 'max-lines-per-function': 'off' } },
  {
    files: [...SPECS, '**/spec-support/**'],
    rules: { 'jsdoc/require-jsdoc': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  { files: ['**/*.real.spec.ts'], rules: { 'no-restricted-syntax': ['error', exclusive] } },
  prettier,
];
