import { createColumnBuffer, type Arena, type DataType } from '@ticklake/columnar';
import type { ColumnCursor } from './column-cursor.js';

/** At once, so that what is dropped takes little memory. */
const STEP_ROWS = 4_096;

/** Reads rows of a column and forgets them, where they cannot be passed over. */
export async function dropRows(
  rows: Pick<ColumnCursor, 'read'>,
  { arena, type, rowCount }: { readonly arena: Arena; readonly type: DataType; readonly rowCount: number },
): Promise<void> {
  const buffer = createColumnBuffer(arena, type);
  try {
    for (let left = rowCount; left > 0; left -= STEP_ROWS) {
      await rows.read(buffer, Math.min(left, STEP_ROWS));
      buffer.clear();
    }
  } finally {
    buffer.release();
  }
}
