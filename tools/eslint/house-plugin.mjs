// The house's own lint rules: few, small, and about things no published rule says.
import { readCachedProjectGraph } from '@nx/devkit';
import { basename } from 'node:path';

/** Every way a module can name another: static, re-exported, dynamic, required, or in a type. */
const IMPORTS = [
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
  'TSExternalModuleReference',
  "CallExpression[callee.name='require']",
];

function importedName(node) {
  const source = node.source ?? node.argument ?? node.expression ?? node.arguments?.[0];
  const literal = source?.type === 'TSLiteralType' ? source.literal : source;
  return typeof literal?.value === 'string' ? literal.value : undefined;
}

const restrictedImports = {
  meta: {
    type: 'problem',
    schema: [{ type: 'array', items: { type: 'object' } }],
    messages: { restricted: "'{{name}}' may not be imported here: {{why}}" },
  },
  create(context) {
    const bans = (context.options[0] ?? []).map(({ pattern, why }) => ({
      pattern: new RegExp(pattern),
      why,
    }));
    const check = (node) => {
      const name = importedName(node);
      const ban = name === undefined ? undefined : bans.find(({ pattern }) => pattern.test(name));
      if (ban !== undefined) context.report({ node, messageId: 'restricted', data: { name, why: ban.why } });
    };
    return Object.fromEntries(IMPORTS.map((selector) => [selector, check]));
  },
};

const kebabCaseFiles = {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { name: "file names are kebab-case: '{{name}}'" },
  },
  create(context) {
    return {
      Program(node) {
        const name = basename(context.filename);
        if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/.test(name)) {
          context.report({ node, messageId: 'name', data: { name } });
        }
      },
    };
  },
};

let graphFound;
function hasProjectGraph() {
  try {
    readCachedProjectGraph();
    return true;
  } catch {
    return false;
  }
}

/** Without a cached project graph `@nx/enforce-module-boundaries` prints a warning and passes everything. */
const projectGraph = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      absent: 'no project graph, so no layer rule: lint with `nx lint`, or run `nx show projects` first',
    },
  },
  create(context) {
    graphFound ??= hasProjectGraph();
    return graphFound ? {} : { Program: (node) => context.report({ node, messageId: 'absent' }) };
  },
};

/** Registered in the root configuration as `house/…`. */
export const housePlugin = {
  rules: {
    'restricted-imports': restrictedImports,
    'kebab-case-files': kebabCaseFiles,
    'project-graph': projectGraph,
  },
};
