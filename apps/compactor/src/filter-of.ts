import type { CommandContext } from '@ticklake/cli-kit';
import { LakeError } from '@ticklake/core';
import type { FilterConfig } from './config/keys.js';
import type { NameFilters } from './discover-partitions.js';
import { nameFilter, type NameFilter } from './name-filter.js';

/**
 * The names that a command was told to look at (spec row CM-29): no list, no filter. A file of symbols is a list too, and one without a symbol is
 * refused, as it never means all of them.
 *
 * @throws LakeError `invalid` when a glob is malformed (`GLOB`) or the file names nothing (`SYMBOLS_FILE`).
 * @throws LakeError `missing`, `denied` or `invalid` when the file cannot be read.
 */
export async function filterOf({
  config,
  readText,
}: Pick<CommandContext<FilterConfig>, 'config' | 'readText'>): Promise<NameFilters> {
  const { exchange, stream, symbol, symbolsFile } = config;
  const listed = symbolsFile === undefined ? [] : patternsIn(await readText(symbolsFile), symbolsFile);
  return {
    exchanges: filterUnlessEmpty(exchange),
    streams: filterUnlessEmpty(stream),
    symbols: filterUnlessEmpty([...symbol, ...listed]),
  };
}

/** One name or glob a line; `#` at the start or after a space begins a comment. */
function patternsIn(text: string, path: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const patterns = lines.map((line) => line.replace(/(^|\s)#.*/s, '').trim()).filter((line) => line !== '');
  if (patterns.length > 0) return patterns;
  throw new LakeError('invalid', 'the file of symbols names none', {
    code: 'SYMBOLS_FILE',
    details: { path },
  });
}

function filterUnlessEmpty(patterns: readonly string[]): NameFilter | undefined {
  return patterns.length === 0 ? undefined : nameFilter(patterns);
}
