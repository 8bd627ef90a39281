import type { ColumnBuffer } from '@ticklake/columnar';
import { openChunk, type ChunkTask } from './chunk-reader.js';
import type { PageContext } from './page-walk.js';

/** Appends the values of a chunk that are present, whatever rows they are of. @throws LakeError `corrupt`. */
export async function readLeafValues(
  context: PageContext,
  task: ChunkTask,
  into: ColumnBuffer,
): Promise<void> {
  if (task.chunk.valueCount === 0) return;
  const chunk = openChunk(context, task);
  try {
    for (let page = chunk.next(); page !== undefined; page = chunk.next()) {
      if (page instanceof Promise) {
        await page;
        continue;
      }
      const { presentCount: count } = page;
      try {
        page.values.append(into, { count, present: count, validity: 0 });
      } finally {
        page.release();
      }
    }
    chunk.finish();
  } finally {
    chunk.release();
  }
}
