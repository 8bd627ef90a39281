import {
  optionalNumber,
  tickDataset,
  type ArchitectureDataset,
  type TickColumn,
} from './architecture-dataset.js';

/** The best five levels of both sides, whenever one of them changes. */
export const bookSnapshot5: ArchitectureDataset = tickDataset('book_snapshot_5', levels(5));

/** The best 25 levels of both sides, whenever one of them changes. */
export const bookSnapshot25: ArchitectureDataset = tickDataset('book_snapshot_25', levels(25));

/** `ask_price_1` is the best ask. Levels are null where the book is thinner. */
function levels(count: number): TickColumn[] {
  const column = (side: 'ask' | 'bid', [ours, theirs]: readonly [string, string]): TickColumn[] =>
    Array.from({ length: count }, (_, level) => ({
      ...optionalNumber(`${side}_${ours}_${level + 1}`),
      csv: `${side}s[${level}].${theirs}`,
    }));
  const price = ['price', 'price'] as const;
  const volume = ['volume', 'amount'] as const;
  return [column('ask', price), column('ask', volume), column('bid', price), column('bid', volume)].flat();
}
