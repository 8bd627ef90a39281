export { ATTACKS } from './attacks/attacks.js';
export { type Attack, type AttackEnd } from './attacks/attack.js';
export { fileSource } from './file-source.js';
export { memorySink } from './memory-sink.js';
