import type { Arena } from '@ticklake/columnar';
import { isLakeError } from '@ticklake/core';
import { readReceiptFooter } from '@ticklake/manifest';
import { openParquet, type ParquetReader } from '@ticklake/parquet';
import type { ObjectSource } from '@ticklake/storage';
import { PARQUET_LIMITS } from '../limits.js';
import type { ViewCopy } from './manifest.js';

/**
 * A copy that is what the manifest says, by its size and by the receipt in its footer; `undefined` for one that is not, or is being
 * replaced: the rows in the primary view are the same.
 */
export async function openCopy(
  source: ObjectSource,
  copy: ViewCopy,
  arena: Arena,
): Promise<ParquetReader | undefined> {
  if (source.size !== copy.size_bytes) return undefined;
  let reader: ParquetReader | undefined;
  try {
    reader = await openParquet({ source, arena }, PARQUET_LIMITS);
    const output = readReceiptFooter(reader.metadata)?.receipt.output;
    if (output?.multiset === copy.multiset && output.rows === copy.rows) return reader;
  } catch (error) {
    if (!isUnusable(error)) throw error;
  }
  reader?.close();
  return undefined;
}

function isUnusable(error: unknown): boolean {
  return isLakeError(error, 'corrupt') || isLakeError(error, 'conflict') || isLakeError(error, 'missing');
}
