import { SCENARIOS } from '../scenarios/index.js';
import { STRIKES } from '../strikes/index.js';
import { MUTANTS } from './mutants.js';
import { mutate } from './patch.js';

const mutant = { name: 'm', scenario: 's', strike: 'k', file: 'f.js', find: 'sync();', replace: '' };

it('takes out what stands there once, and nothing else', () => {
  expect(mutate(mutant, 'a(); sync(); b();')).toBe('a();  b();');
  expect(() => mutate(mutant, 'a();')).toThrow("mutant 'm' fits f.js 0 times, not once");
  expect(() => mutate(mutant, 'sync(); sync();')).toThrow('2 times');
});

it('every mutant has a name of its own, and names a scenario and a strike that there are', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  for (const { scenario, strike } of MUTANTS) {
    expect(SCENARIOS.map(({ name }) => name)).toContain(scenario);
    expect(STRIKES.map(({ name }) => name)).toContain(strike);
  }
});
