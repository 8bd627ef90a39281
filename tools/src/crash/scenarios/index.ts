import type { Scenario } from '../scenario.js';
import { CREATE } from './create.js';
import { QUARANTINE } from './quarantine.js';
import { REPLACE } from './replace.js';
import { STATE } from './state.js';
import { UPKEEP } from './upkeep.js';

/** Everything that is struck: the place to add to. */
export const SCENARIOS: readonly Scenario[] = [...CREATE, ...REPLACE, ...QUARANTINE, ...STATE, ...UPKEEP];
