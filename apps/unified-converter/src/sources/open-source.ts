import type { Arena, Field } from '@ticklake/columnar';
import type { ByteSource } from '@ticklake/core';
import { UNIFIED, type TimeRule, type UnifiedDataset, type UnifiedName } from '@ticklake/market';
import type { ObjectStore } from '@ticklake/storage';
import { valueFieldsOf } from '../partitions/stored-columns.js';
import { inFile, openCsv } from './csv-source.js';
import { openParquetSource } from './parquet-source.js';
import { sourceChanged } from './source-changed.js';
import type { SourceFormat } from './source-file.js';
import type { OpenSource, SourceReading, SourceRows } from './source-rows.js';

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
      rowGroups: opened.rowGroups,
      async *rows(rowGroups) {
        try {
          yield* opened.rows(rowGroups);
        } catch (error) {
          throw inFile(error, request.file);
        }
      },
      reading: () => opened.reading(),
      close: () => opened.close(),
    };
  } catch (error) {
    throw inFile(error, request.file);
  }
}

/** A source to be read. */
export interface SourceRequest {
  readonly key: string;
  /** As it was listed. */
  readonly etag: string;
  readonly format: SourceFormat;
  readonly dataset: UnifiedName;
  readonly symbol: string;
  readonly time: TimeRule;
  readonly utcOffsetMinutes: number | undefined;
}

/** A source being read, here or elsewhere. */
export interface ReadSource {
  rows(): AsyncIterable<Pick<SourceRows, 'rowCount' | 'columns'>>;
  /** How it was read so far, once there were rows or none came. */
  reading(): SourceReading;
}

/**
 * Opens a source as it was listed.
 *
 * @throws LakeError as {@link openSource}; `conflict` (`SOURCE_CHANGED`) where it is not what was listed; as the store.
 */
export async function openListed(
  { key, etag, format, dataset: name, ...how }: SourceRequest,
  { data, arena }: { readonly data: ObjectStore; readonly arena: Arena },
): Promise<OpenSource> {
  const source = await data.open(key);
  if (source.meta.etag !== etag) throw sourceChanged(key);
  const dataset = UNIFIED[name];
  return openSource(source, format, {
    ...how,
    arena,
    dataset,
    valueFields: valueFieldsOf(dataset),
    file: key,
  });
}
