import { CHANGE } from './change.js';
import { FLIPPED_READ, FLIPPED_WRITE, SHORT_PUT } from './damage.js';
import { KILL, KILL_TWICE, POWER_CUT } from './kill.js';
import { STAND_STILL } from './rival.js';
import type { Strike } from './strike.js';

export type { Point, Strike } from './strike.js';

/** Every way in which things go wrong: the place to add to. */
export const STRIKES: readonly Strike[] = [
  STAND_STILL,
  CHANGE,
  FLIPPED_WRITE,
  FLIPPED_READ,
  SHORT_PUT,
  POWER_CUT,
  KILL,
  KILL_TWICE,
];

/** Those that are processes or machines that die. */
export const KILLS: readonly string[] = [POWER_CUT.name, KILL.name, KILL_TWICE.name];
