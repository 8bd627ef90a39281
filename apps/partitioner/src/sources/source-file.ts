import { compareUtf8, LakeError } from '@ticklake/core';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';

/** How a source is stored. */
export type SourceFormat = 'parquet' | 'csv' | 'csv.gz' | 'json';

/** A source of rows or of instruments. */
export interface SourceFile {
  readonly object: ObjectMeta;
  readonly format: SourceFormat;
}

const FORMATS: readonly (readonly [end: string, format: SourceFormat])[] = [
  ['.parquet', 'parquet'],
  ['.csv', 'csv'],
  ['.csv.gz', 'csv.gz'],
  ['.json', 'json'],
];

/** What the name of a file says of its format; `undefined` for another ending, and for names that begin with `_` or `.`. */
export function formatOf(key: string): SourceFormat | undefined {
  const name = key.slice(key.lastIndexOf('/') + 1).toLowerCase();
  if (/^[._]/.test(name)) return undefined;
  return FORMATS.find(([end]) => name.endsWith(end))?.[1];
}

/** What is looked for below an input. */
export interface FindOptions {
  readonly formats: readonly SourceFormat[];
  /** Keys of sources, instead of all there are. */
  readonly files: readonly string[];
}

/**
 * The sources below a store's root, in byte order of key, or those that are named.
 *
 * @throws LakeError `missing` (`NO_SOURCE`) for a named one that is not there, and where there are none at all; `invalid` (`NAME`) for a
 *   named one of no known format.
 */
export async function findSources(
  store: ObjectStore,
  { formats, files }: FindOptions,
): Promise<readonly SourceFile[]> {
  const found: SourceFile[] = [];
  if (files.length === 0) {
    for await (const object of store.list('')) {
      const format = formatOf(object.key);
      if (format !== undefined && formats.includes(format)) found.push({ object, format });
    }
  }
  for (const key of new Set(files)) {
    const object = await store.head(key);
    const format = formatOf(key);
    if (object === undefined) throw noSource({ file: key, store: store.url });
    if (format === undefined || !formats.includes(format)) {
      throw new LakeError('invalid', 'a source ends in none of the formats that are read', {
        code: 'NAME',
        details: { file: key, formats: formats.join() },
      });
    }
    found.push({ object, format });
  }
  if (found.length === 0) throw noSource({ store: store.url, formats: formats.join() });
  return found.sort((a, b) => compareUtf8(a.object.key, b.object.key));
}

function noSource(details: Readonly<Record<string, unknown>>): LakeError {
  return new LakeError('missing', 'there is no source', { code: 'NO_SOURCE', details });
}
