import type { Field } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { createSpill, type Spill } from './spill.js';

/**
 * A spill in `directory` for sorted runs, which takes no more rows once `signal` is aborted: sorting a large partition takes a while before
 * its first row is there.
 *
 * @throws LakeError as `createSpill`; `cancelled`, from `put`.
 */
export async function createRunSpill(
  directory: string,
  fields: readonly Field[],
  signal: AbortSignal,
): Promise<Spill> {
  const spill = await createSpill(directory, fields);
  return {
    async put(rowCount, columns) {
      if (signal.aborted) throw new LakeError('cancelled', 'cancelled while a partition was sorted');
      return spill.put(rowCount, columns);
    },
    seal: () => spill.seal(),
    read: (rows, into) => spill.read(rows, into),
    get path() {
      return spill.path;
    },
    dispose: () => spill.dispose(),
  };
}

/** How many runs can be merged at once where each has a batch in the memory for sorting: two at least, and `runsMax` at most. */
export function runsThatFit({
  sortRowsMax,
  batchRows,
  runsMax,
}: {
  readonly sortRowsMax: number;
  readonly batchRows: number;
  readonly runsMax: number;
}): number {
  return Math.min(runsMax, Math.max(2, Math.floor(sortRowsMax / batchRows)));
}
