import type { BytesColumn, DictionaryColumn } from './batch.js';
import { takeBytes } from './take-column.js';

/** The same rows as plain bytes: every row's entry is copied. A null row becomes empty bytes. */
export function decodeDictionary({ codes, dictionary, validity }: DictionaryColumn): BytesColumn {
  return { layout: 'bytes', values: takeBytes(dictionary, codes, validity), validity };
}
