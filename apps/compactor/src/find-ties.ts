import type { Arena } from '@ticklake/columnar';
import { scanKeys } from '@ticklake/engine';
import type { ParquetReader } from '@ticklake/parquet';

/** A row with one of the times that were looked for. */
export interface Tie {
  readonly time: bigint;
  /** In its file, counted from 0. */
  readonly row: number;
  /** Of the second order column; 0 where there is none. */
  readonly second: bigint;
}

/**
 * Tells every row of a file whose first order column is one of `times`, in file order. Only order columns are read.
 *
 * @throws LakeError `corrupt` as `scanKeys`.
 */
export async function findTies(
  arena: Arena,
  reader: ParquetReader,
  { orderBy, times }: { readonly orderBy: readonly string[]; readonly times: readonly bigint[] },
  onTie: (tie: Tie) => void,
): Promise<void> {
  const wanted = new Set(times);
  let rowsBefore = 0;
  await scanKeys(arena, reader, orderBy, {
    onKeys({ first, second, rowCount }, ascends) {
      const keys = arena.view(BigInt64Array, first, rowCount);
      const seconds = second === 0 ? undefined : arena.view(BigInt64Array, second, rowCount);
      const [low, high] = [keys[0] as bigint, keys[rowCount - 1] as bigint];
      const isElsewhere = ascends && times.every((time) => time < low || time > high);
      for (let i = 0; i < rowCount && !isElsewhere; i++) {
        const time = keys[i] as bigint;
        if (wanted.has(time)) onTie({ time, row: rowsBefore + i, second: seconds?.[i] ?? 0n });
      }
      rowsBefore += rowCount;
    },
  });
}
