import { INSTANT, optionalNumber, tickDataset, type ArchitectureDataset } from './architecture-dataset.js';

/** Funding, open interest, index and mark price of a derivative, whenever one of them changes; null what an exchange does not tell. */
export const derivativeTicker: ArchitectureDataset = tickDataset('derivative_ticker', [
  { name: 'funding_timestamp', type: INSTANT, nullable: true },
  ...[
    'funding_rate',
    'predicted_funding_rate',
    'open_interest',
    'last_price',
    'index_price',
    'mark_price',
  ].map(optionalNumber),
]);
