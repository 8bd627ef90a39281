import { projects } from '../checks/repository.js';
import { compileExamples, writeExamples } from './readme-examples.js';

const examples = writeExamples();
const libs = projects().filter(({ path }) => path.startsWith('libs/'));

describe('the first example of every README', () => {
  it('is there for every lib', () => {
    const withExample = examples.map(({ readme }) => readme);
    expect(
      libs.map(({ path }) => `${path}/README.md`).filter((readme) => !withExample.includes(readme)),
    ).toEqual([]);
  });

  it('compiles', () => {
    expect(compileExamples(examples)).toEqual([]);
  });

  // Each asserts for itself; what it throws fails the test.
  it.each(examples)('runs: $readme', async ({ path }) => {
    await expect(import(path)).resolves.toBeDefined();
  });
});
