import type { Arena, Field } from '@ticklake/columnar';
import type { ByteSource } from '@ticklake/core';
import type { TimeRule, UnifiedDataset } from '@ticklake/market';
import { inFile, openCsv } from './csv-source.js';
import { openParquetSource } from './parquet-source.js';
import type { SourceFormat } from './source-file.js';
import type { OpenSource } from './source-rows.js';

/** What is read out of a source. */
export interface ReadRequest {
  readonly arena: Arena;
  readonly dataset: UnifiedDataset;
  /** The fields of the dataset whose values come from sources. */
  readonly valueFields: readonly Field[];
  /** The key of the source, for messages; the day of some is in it. */
  readonly file: string;
  readonly symbol: string;
  readonly time: TimeRule;
  /** How far the clock of times without a zone was ahead of UTC; `undefined` refuses them. */
  readonly utcOffsetMinutes: number | undefined;
}

/**
 * Opens a source of any format. Its rows come in its order; what is wrong with it is told with `file` and, for text, `line`, for
 * Parquet, `row`.
 *
 * @throws LakeError `corrupt` for bytes, columns, values and times that cannot be taken as they are; likewise from the rows.
 */
export async function openSource(
  source: ByteSource,
  format: SourceFormat,
  request: ReadRequest,
): Promise<OpenSource> {
  try {
    const opened =
      format === 'parquet'
        ? await openParquetSource(source, request)
        : await openCsv(source, format, request);
    return {
      async *rows() {
        try {
          yield* opened.rows();
        } catch (error) {
          throw inFile(error, request.file);
        }
      },
      reading: () => opened.reading(),
    };
  } catch (error) {
    throw inFile(error, request.file);
  }
}
