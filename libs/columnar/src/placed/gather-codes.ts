import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';

/** Codes of some rows, `to[i] = codes[rows[i]]`, which nobody has to look up where there is one entry: nulls have code 0 too. */
export function gatherCodes(
  arena: Arena,
  from: { readonly codes: Address; readonly entryCount: number },
  { rows, count, to }: { readonly rows: Address; readonly count: number; readonly to: Address },
): void {
  if (from.entryCount <= 1) arena.fill(to, count * 4, 0);
  else arena.kernels.gather32(from.codes, rows, count, to);
}
