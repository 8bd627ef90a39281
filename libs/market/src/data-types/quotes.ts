import { optionalNumber, tickDataset, type ArchitectureDataset } from './architecture-dataset.js';

/** The best ask and bid, whenever one of them changes. A side without orders is null. */
export const quotes: ArchitectureDataset = tickDataset(
  'quotes',
  ['ask_amount', 'ask_price', 'bid_price', 'bid_amount'].map(optionalNumber),
);
