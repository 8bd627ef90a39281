import type { BytesColumn, DictionaryColumn, FixedColumn } from './batch.js';
import { takeBytes, takeFixed } from './take-column.js';

/** The same rows as plain values: every row's entry is copied. A null row of byte strings becomes empty bytes. */
export function decodeDictionary({
  codes,
  dictionary,
  validity,
}: DictionaryColumn): BytesColumn | FixedColumn {
  return 'offsets' in dictionary
    ? { layout: 'bytes', values: takeBytes(dictionary, codes, validity), validity }
    : { layout: 'fixed', values: takeFixed(dictionary, codes), validity };
}
