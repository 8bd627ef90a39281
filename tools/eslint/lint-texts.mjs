// Lints pieces of code as if they stood in the named files: a JSON list of { path, code } on stdin,
// a JSON list of [{ rule, message }] on stdout. A process of its own because ESLint loads its configuration
// by dynamic import, which Jest would route through its own module loader.
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import { text } from 'node:stream/consumers';

await createProjectGraphAsync({ exitOnError: false });
const eslint = new ESLint({ cwd: new URL('../..', import.meta.url).pathname });
const answers = [];
for (const { path, code } of JSON.parse(await text(process.stdin))) {
  const [result] = await eslint.lintText(code, { filePath: path });
  answers.push(result.messages.map(({ ruleId, message }) => ({ rule: ruleId, message })));
}
process.stdout.write(JSON.stringify(answers));
