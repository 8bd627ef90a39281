export { ATTACKS } from './attacks/attacks.js';
export { type Attack, type AttackEnd } from './attacks/attack.js';
