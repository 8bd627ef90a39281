import { number, optionalText, text, tickDataset, type ArchitectureDataset } from './architecture-dataset.js';

/** `side` is `buy`, `sell` or `unknown`: what the taker did. Some exchanges give no `id`. */
const COLUMNS = [optionalText('id'), text('side'), number('price'), number('amount')];

/** Every trade. */
export const trades: ArchitectureDataset = tickDataset('trades', COLUMNS);

/** Every position that was closed by force. `side` is what was done to close it: a `sell` ends a long one. */
export const liquidations: ArchitectureDataset = tickDataset('liquidations', COLUMNS);
