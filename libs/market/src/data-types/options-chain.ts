import {
  INSTANT,
  number,
  optionalNumber,
  optionalText,
  text,
  tickDataset,
  type ArchitectureDataset,
} from './architecture-dataset.js';

/** Prices, volatilities in percent and greeks of an option, whenever one of them changes. `type` is `call` or `put`. */
export const optionsChain: ArchitectureDataset = tickDataset('options_chain', [
  text('type'),
  number('strike_price'),
  { name: 'expiration', type: INSTANT, nullable: false },
  ...['open_interest', 'last_price', 'bid_price', 'bid_amount', 'bid_iv'].map(optionalNumber),
  ...['ask_price', 'ask_amount', 'ask_iv', 'mark_price', 'mark_iv'].map(optionalNumber),
  optionalText('underlying_index'),
  ...['underlying_price', 'delta', 'gamma', 'vega', 'theta', 'rho'].map(optionalNumber),
]);
