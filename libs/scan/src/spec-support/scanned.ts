import { concatBatches, emptyColumn, type RecordBatch } from '@ticklake/columnar';
import type { ParquetReader } from '@ticklake/parquet';
import { predicatesOf, type Filter } from '../filter.js';
import { scanParquet, type ScanOptions } from '../scan-parquet.js';
import { scanSchema } from '../scan-schema.js';

/** Everything that a scan gives, as one batch. */
export async function scanned(
  reader: ParquetReader,
  { filters = [], ...options }: Partial<ScanOptions> & { readonly filters?: readonly Filter[] },
): Promise<RecordBatch> {
  const { constants } = options;
  const predicates = predicatesOf(filters, scanSchema(reader.schema, { constants }));
  const batches: RecordBatch[] = [];
  for await (const batch of scanParquet(reader, { batchRows: 40, ...options, predicates }))
    batches.push(batch);
  const schema = scanSchema(reader.schema, options);
  const columns = schema.fields.map(({ type }) => emptyColumn(type));
  return batches.length === 0 ? { schema, rowCount: 0, columns } : concatBatches(batches);
}
