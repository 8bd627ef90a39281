// Loaded by `--import`, before the program: makes it the mutant that the environment names.
import { register } from 'node:module';
import { MUTANTS } from './mutants.js';

const mutant = MUTANTS.find(({ name }) => name === process.env['TICKLAKE_MUTANT']);
if (mutant === undefined) throw new Error('TICKLAKE_MUTANT names no mutant');
register(new URL('./load-mutated.js', import.meta.url), { data: mutant });
