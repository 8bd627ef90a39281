import type { Column } from '@ticklake/columnar';
import type { ColumnCursor } from './column-cursor.js';

/** A cursor that, once `take` has failed, keeps failing: what it holds by then is of no row in particular. */
export function stickyCursor(take: (rowCount: number) => Promise<Column>): ColumnCursor {
  let failure: Error | undefined;
  return {
    async take(rowCount) {
      if (failure !== undefined) throw failure;
      try {
        return await take(rowCount);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        throw failure;
      }
    },
  };
}
