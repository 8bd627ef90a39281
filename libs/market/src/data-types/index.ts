import { LakeError } from '@ticklake/core';
import type { ArchitectureDataset, DataTier, TardisCsv } from './architecture-dataset.js';
import { availableInstruments, isAvailableOn, type Availability } from './available-instruments.js';
import { bookSnapshot25, bookSnapshot5 } from './book-snapshots.js';
import { CANDLE_TIMEFRAMES, candles } from './candles.js';
import { CATEGORICAL_COLUMNS } from './categorical-columns.js';
import { derivativeTicker } from './derivative-ticker.js';
import { features } from './features.js';
import { optionsChain } from './options-chain.js';
import { quotes } from './quotes.js';
import { liquidations, trades } from './trades.js';

export { CANDLE_TIMEFRAMES, CATEGORICAL_COLUMNS, isAvailableOn };
export type { ArchitectureDataset, Availability, DataTier, TardisCsv };

/** Every data type of the architecture, tier by tier. A new one is a file beside this one and a line here (AP-34). */
export const ARCHITECTURE_DATASETS: readonly ArchitectureDataset[] = [
  trades,
  bookSnapshot5,
  bookSnapshot25,
  liquidations,
  derivativeTicker,
  optionsChain,
  quotes,
  ...candles,
  ...features,
  availableInstruments,
];

const byName: ReadonlyMap<string, ArchitectureDataset> = new Map(
  ARCHITECTURE_DATASETS.map((dataset) => [dataset.name, dataset]),
);

/**
 * A data type by its name, to the letter (AP-18 to AP-20).
 *
 * @throws LakeError `invalid` (`DATA_TYPE`) for any other name; its detail `known` lists those that there are.
 */
export function architectureDataset(name: string): ArchitectureDataset {
  const dataset = byName.get(name);
  if (dataset !== undefined) return dataset;
  throw new LakeError('invalid', 'not a data type of the architecture', {
    code: 'DATA_TYPE',
    details: { name: name.slice(0, 64), known: [...byName.keys()].join(' ') },
  });
}
