import { assert } from '@ticklake/core';
import type { BytesValues, DictionaryColumn } from '@ticklake/columnar';
import { copyRuns, forEachRun } from './copy-runs.js';
import { createInterner, type Interner } from './interner.js';
import type { RunList } from './run-list.js';

/** Codes and dictionary of the output rows. Internal. */
export function gatherDictionary(
  runs: RunList,
  columns: ReadonlyMap<number, DictionaryColumn>,
): { readonly codes: Uint32Array; readonly dictionary: BytesValues } {
  const codes = new Uint32Array(runs.rowCount);
  const dictionaries = new Set([...columns.values()].map(({ dictionary }) => dictionary));
  const [first] = dictionaries;
  if (dictionaries.size === 1 && first !== undefined) {
    copyRuns(runs, new Map([...columns].map(([source, column]) => [source, column.codes])), codes, 1);
    return { codes, dictionary: first };
  }
  const interner = createInterner();
  const remaps = new Map([...dictionaries].map((dictionary) => [dictionary, createRemap(dictionary)]));
  let row = 0;
  forEachRun(runs, (source, start, count) => {
    const column = columns.get(source);
    assert(column !== undefined, 'every source of the list has a column');
    const remap = remaps.get(column.dictionary);
    assert(remap !== undefined, 'every dictionary has its remap');
    for (let i = start; i < start + count; i++, row++) {
      // The code of a null row means nothing, and may not even be in the dictionary.
      if (column.validity?.[i] === 0) continue;
      const code = column.codes[i] as number;
      const known = remap[code] ?? 0;
      codes[row] = known > 0 ? known - 1 : intern(interner, column.dictionary, remap, code);
    }
  });
  return { codes, dictionary: interner.finish() };
}

/** Per entry of one dictionary: its code in the result plus one, 0 before the entry is first seen. */
function createRemap(dictionary: BytesValues): Uint32Array {
  return new Uint32Array(dictionary.offsets.length - 1);
}

function intern(
  interner: Interner,
  { offsets, data }: BytesValues,
  remap: Uint32Array,
  code: number,
): number {
  assert(code < remap.length, 'a code is within its dictionary');
  const unified = interner.intern(data, offsets[code] as number, offsets[code + 1] as number);
  remap[code] = unified + 1;
  return unified;
}
