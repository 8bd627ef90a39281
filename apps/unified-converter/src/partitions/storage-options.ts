import type { Schema } from '@ticklake/columnar';
import type { FileFacts } from '@ticklake/manifest';
import type { ColumnOptions, WrittenCodec } from '@ticklake/parquet';
import { PARQUET } from '../limits.js';

/** What pages are compressed by, and which columns are stored in another way (UC-38). */
export type StorageOptions = Pick<ColumnOptions, 'compression' | 'zstdLevel' | 'columns'>;

/** How files of `schema` are stored: options for columns that it does not have are those of other datasets. */
export function parquetOptions({ columns = {}, ...all }: StorageOptions, { fields }: Schema) {
  const own = Object.entries(columns).filter(([name]) => fields.some((field) => field.name === name));
  return { ...PARQUET, ...all, columns: Object.fromEntries(own) };
}

/** The codec that most columns of a file have, as its footer says it, and those of the others. */
export interface StoredCodecs {
  readonly compression: WrittenCodec;
  readonly others: Readonly<Record<string, WrittenCodec>>;
}

const NAMES: Readonly<Record<string, WrittenCodec>> = {
  UNCOMPRESSED: 'none',
  SNAPPY: 'snappy',
  ZSTD: 'zstd',
};

/** What a file that we wrote is compressed by; of two codecs that as many columns have, that of the first. */
export function codecsOfFile({ codecs }: Pick<FileFacts, 'codecs'>): StoredCodecs {
  const named = Object.entries(codecs).map(([column, codec]) => [column, NAMES[codec] ?? 'none'] as const);
  const counts = new Map<WrittenCodec, number>();
  for (const [, codec] of named) counts.set(codec, (counts.get(codec) ?? 0) + 1);
  const [compression = 'none'] = [...counts].sort(([, a], [, b]) => b - a).map(([codec]) => codec);
  return { compression, others: Object.fromEntries(named.filter(([, codec]) => codec !== compression)) };
}
