import { bbo } from './bbo.js';
import { funding } from './funding.js';
import { genericDataset } from './generic.js';
import { markPrice } from './mark-price.js';
import { openInterest } from './open-interest.js';
import { trade } from './trade.js';
import type { Dataset } from '../dataset.js';

export { bbo, funding, genericDataset, markPrice, openInterest, trade };

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
