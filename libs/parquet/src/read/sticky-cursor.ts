import { columnAt, copyColumn, createColumnBuffer, type Arena, type DataType } from '@ticklake/columnar';
import type { ColumnCursor } from './column-cursor.js';

/**
 * A cursor that, once `read` has failed, keeps failing: what it holds by then is of no row in particular. It gives back
 * what it holds with the failure.
 */
export function stickyCursor({
  arena,
  type,
  read,
  close,
}: { readonly arena: Arena; readonly type: DataType } & Pick<ColumnCursor, 'read' | 'close'>): ColumnCursor {
  let failure: Error | undefined;
  const fail = (error: unknown): never => {
    failure = error instanceof Error ? error : new Error(String(error));
    close();
    throw failure;
  };
  const readOrFail: ColumnCursor['read'] = (buffer, rowCount) => {
    if (failure !== undefined) throw failure;
    try {
      return read(buffer, rowCount)?.catch(fail);
    } catch (error) {
      return fail(error);
    }
  };
  return {
    read: readOrFail,
    async take(rowCount) {
      const buffer = createColumnBuffer(arena, type);
      try {
        await readOrFail(buffer, rowCount);
        return copyColumn(columnAt(arena, type, buffer.placed()));
      } finally {
        buffer.release();
      }
    },
    close,
  };
}
