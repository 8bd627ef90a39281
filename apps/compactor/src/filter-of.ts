import type { FilterConfig } from './config/keys.js';
import type { NameFilter, NameFilters } from './discover-partitions.js';

/** The names that a command was told to look at; an empty list means no filter. */
export function filterOf({ exchange, stream, symbol }: FilterConfig): NameFilters {
  return { exchanges: nonEmpty(exchange), streams: nonEmpty(stream), symbols: nonEmpty(symbol) };
}

function nonEmpty(names: readonly string[]): NameFilter | undefined {
  return names.length === 0 ? undefined : new Set(names);
}
