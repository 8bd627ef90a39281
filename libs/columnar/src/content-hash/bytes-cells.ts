import { createBytesHasher, type BytesHasher } from './byte-words.js';
import { nullLanes, type Lanes } from './mix.js';
import type { BytesColumn, BytesValues, DictionaryColumn } from '../batch.js';

/** Adds every cell of a column of byte strings to the row sums in `lanes`. */
export function addBytesCells(lanes: Int32Array, seed: Lanes, { values, validity }: BytesColumn): void {
  const hasher = createBytesHasher(values, seed);
  const none = Int32Array.from(nullLanes(seed));
  const cell = new Int32Array(4);
  for (let row = 0, at = 0; at < lanes.length; row++, at += 4) {
    if (validity !== undefined && validity[row] === 0) {
      addCell(lanes, at, none, 0);
      continue;
    }
    hasher.hash(row, cell, 0);
    addCell(lanes, at, cell, 0);
  }
}

/** As {@link addBytesCells}; each entry of the dictionary is hashed at most once, however many batches share it. */
export function addDictionaryCells(lanes: Int32Array, seed: Lanes, column: DictionaryColumn): void {
  const { codes, dictionary, validity } = column;
  const none = Int32Array.from(nullLanes(seed));
  const { hasher, entries, known } = entriesOf(dictionary, seed);
  for (let row = 0, at = 0; at < lanes.length; row++, at += 4) {
    if (validity !== undefined && validity[row] === 0) {
      addCell(lanes, at, none, 0);
      continue;
    }
    const code = codes[row] as number;
    if (known[code] === 0) {
      hasher.hash(code, entries, code * 4);
      known[code] = 1;
    }
    addCell(lanes, at, entries, code * 4);
  }
}

interface Entries {
  readonly seed: Lanes;
  readonly hasher: BytesHasher;
  readonly entries: Int32Array;
  /** 1 where the entry's lanes have been computed: a slice of a large dictionary touches few of them. */
  readonly known: Uint8Array;
}

const remembered = new WeakMap<BytesValues, Entries>();

function entriesOf(dictionary: BytesValues, seed: Lanes): Entries {
  const last = remembered.get(dictionary);
  if (last !== undefined && last.seed.every((lane, i) => lane === seed[i])) return last;
  const count = dictionary.offsets.length - 1;
  const fresh: Entries = {
    seed,
    hasher: createBytesHasher(dictionary, seed),
    entries: new Int32Array(count * 4),
    known: new Uint8Array(count),
  };
  remembered.set(dictionary, fresh);
  return fresh;
}

function addCell(lanes: Int32Array, at: number, cells: Int32Array, from: number): void {
  lanes[at] = (lanes[at] as number) + (cells[from] as number);
  lanes[at + 1] = (lanes[at + 1] as number) + (cells[from + 1] as number);
  lanes[at + 2] = (lanes[at + 2] as number) + (cells[from + 2] as number);
  lanes[at + 3] = (lanes[at + 3] as number) + (cells[from + 3] as number);
}
