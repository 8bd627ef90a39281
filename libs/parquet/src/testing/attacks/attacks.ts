import type { Attack } from './attack.js';
import { CODEC_ATTACKS } from './codec-attacks.js';
import { DELTA_ATTACKS } from './delta-attacks.js';
import { DICTIONARY_ATTACKS } from './dictionary-attacks.js';
import { FOOTER_ATTACKS } from './footer-attacks.js';
import { LEVEL_ATTACKS } from './level-attacks.js';
import { PAGE_ATTACKS } from './page-attacks.js';

/**
 * Files that are made to hang, crash, exhaust or mislead a reader, and how each must end for a reader with ordinary
 * limits. Names are unique.
 */
export const ATTACKS: readonly Attack[] = [
  ...LEVEL_ATTACKS,
  ...DICTIONARY_ATTACKS,
  ...DELTA_ATTACKS,
  ...CODEC_ATTACKS,
  ...PAGE_ATTACKS,
  ...FOOTER_ATTACKS,
];
