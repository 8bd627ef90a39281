import { aggtrades } from './aggtrades.js';
import { bbo } from './bbo.js';
import { funding } from './funding.js';
import { futures } from './futures.js';
import { genericDataset } from './generic.js';
import { klines } from './klines.js';
import { markPrice } from './mark-price.js';
import { openInterest } from './open-interest.js';
import { trade } from './trade.js';
import type { Dataset } from '../dataset.js';
import type { UnifiedDataset, UnifiedName } from './unified.js';

export { aggtrades, bbo, funding, futures, genericDataset, klines, markPrice, openInterest, trade };
export type { UnifiedDataset, UnifiedName };

/** The datasets of the unified converter, by name. */
export const UNIFIED: Readonly<Record<UnifiedName, UnifiedDataset>> = { klines, aggtrades, futures };

/** A new dataset is a file beside this one and a line here. */
const datasets: ReadonlyMap<string, Dataset> = new Map([
  [bbo.name, bbo],
  [trade.name, trade],
  // The collector says `trade`; older spools have directories called `trades`.
  ['trades', trade],
  [openInterest.name, openInterest],
  [funding.name, funding],
  [markPrice.name, markPrice],
]);

/** What a stream directory holds: a described dataset by its name or alias, else a generic one of that name. */
export function datasetOf(stream: string): Dataset {
  return datasets.get(stream) ?? genericDataset(stream);
}
