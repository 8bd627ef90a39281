import type { Schema } from '@ticklake/columnar';
import type { FileFacts } from '@ticklake/manifest';
import type { ColumnOptions, WrittenCodec } from '@ticklake/parquet';
import { PARQUET } from '../limits.js';

/** What pages are compressed by, and which columns are stored in another way (UC-38). */
export type StorageOptions = Pick<ColumnOptions, 'compression' | 'zstdLevel' | 'columns'>;

/**
 * How files of `schema` are stored: options for columns that it does not have are those of other datasets. A codec that a column is given by
 * its name is that of all its chunks.
 */
export function parquetOptions({ columns = {}, ...all }: StorageOptions, { fields }: Schema) {
  const own = Object.entries(columns)
    .filter(([name]) => fields.some((field) => field.name === name))
    .map(([name, stored]) => [
      name,
      stored.compression === undefined ? stored : { codecSavesMin: 0, ...stored },
    ]);
  return { ...PARQUET, ...all, columns: Object.fromEntries(own) };
}

/** The codec of a file, and those of columns that have another: none, where it would have saved little of every chunk. */
export interface StoredCodecs {
  readonly compression: WrittenCodec;
  readonly others: Readonly<Record<string, WrittenCodec>>;
}

const NAMES: Readonly<Record<string, WrittenCodec>> = {
  SNAPPY: 'snappy',
  ZSTD: 'zstd',
};

/** The codec of a column whose chunks are compressed by it, or all of them not. */
function codecOfColumn(found: string): WrittenCodec {
  const [codec] = found.split('+').flatMap((name) => (name === 'UNCOMPRESSED' ? [] : [NAMES[name]]));
  return codec ?? 'none';
}

/** What a file that we wrote is compressed by: what most columns are that are; of two codecs that as many columns have, the first's. */
export function codecsOfFile({ codecs }: Pick<FileFacts, 'codecs'>): StoredCodecs {
  const named = Object.entries(codecs).map(([column, found]) => [column, codecOfColumn(found)] as const);
  const counts = new Map<WrittenCodec, number>();
  for (const [, codec] of named) if (codec !== 'none') counts.set(codec, (counts.get(codec) ?? 0) + 1);
  const [compression = 'none'] = [...counts].sort(([, a], [, b]) => b - a).map(([codec]) => codec);
  return { compression, others: Object.fromEntries(named.filter(([, codec]) => codec !== compression)) };
}
