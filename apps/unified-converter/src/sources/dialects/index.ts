import type { UnifiedName } from '@ticklake/market';
import { aggtradesDialects } from './aggtrades.js';
import type { Dialect } from './dialect.js';
import { futuresDialects } from './futures.js';
import { klinesDialects } from './klines.js';

export type { Dialect, TimeForm } from './dialect.js';

/** Every way to write a dataset that is understood; of several that fit a header the first is taken. */
export const DIALECTS: Readonly<Record<UnifiedName, readonly Dialect[]>> = {
  klines: klinesDialects,
  aggtrades: aggtradesDialects,
  futures: futuresDialects,
};
