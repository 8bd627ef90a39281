import type { CellColumn } from '@ticklake/csv';

/** Cells that all have to name one symbol, in whatever case, and with or without a `-`, `_` or `/` in it. Nothing is kept of them. */
export function symbolCells(symbol: string): CellColumn<'fixed'> {
  const wanted = plainSymbol(symbol);
  const none = new Uint8Array(0);
  return {
    layout: 'fixed',
    type: { kind: 'bool' },
    readPlain: () => -1,
    bulk: undefined,
    put(bytes, start, end) {
      const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 64))).toString('latin1');
      return plainSymbol(text) === wanted ? undefined : `another symbol than ${symbol}`;
    },
    take: () => none,
  };
}

function plainSymbol(text: string): string {
  return text.toUpperCase().replaceAll(/[-_/]/g, '');
}
