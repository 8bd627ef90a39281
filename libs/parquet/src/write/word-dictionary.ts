import type { WordBuffer } from './word-buffer.js';

/** Distinct values of a {@link WordBuffer} in order of first appearance. */
export interface WordDictionary {
  /** One a value. */
  readonly codes: Int32Array;
  /** The entries' words; only the first `entryCount` entries count. */
  readonly words: Int32Array;
  readonly entryCount: number;
}

/** After this many values a dictionary that hardly repeats is given up. */
const PROBE_VALUES = 4096;
const PROBE_DISTINCT_MAX = (PROBE_VALUES * 3) / 4;
/** Once, because a global is slow to look up where a module runs in a sandbox. */
const { imul } = Math;

const SLOTS_MIN = 256;

/**
 * The dictionary of `buffer`, or `undefined` as soon as it takes more than `entriesMax` entries or its first values
 * hardly repeat. Values are equal when all their bits are.
 */
export function buildWordDictionary(buffer: WordBuffer, entriesMax: number): WordDictionary | undefined {
  const { valueCount, wordsPerValue, words } = buffer;
  const codes = new Int32Array(valueCount);
  const table = createTable(wordsPerValue);
  const collisionsMax = () => 8 * table.entryCount + PROBE_VALUES;
  for (let i = 0; i < valueCount; i++) {
    const before = table.entryCount;
    const code =
      wordsPerValue === 2
        ? internWords(table, words[2 * i] as number, words[2 * i + 1] as number)
        : internWords(table, words[i] as number, 0);
    codes[i] = code;
    if (code === before && (before >= entriesMax || table.collisionCount > collisionsMax())) return undefined;
    if (i === PROBE_VALUES && table.entryCount > PROBE_DISTINCT_MAX) return undefined;
  }
  return { codes, words: table.words, entryCount: table.entryCount };
}

interface Table {
  readonly wordsPerValue: 1 | 2;
  words: Int32Array;
  /** Entry + 1, or 0 when free; linear probing. */
  slots: Int32Array;
  entryCount: number;
  collisionCount: number;
}

function createTable(wordsPerValue: 1 | 2): Table {
  return {
    wordsPerValue,
    words: new Int32Array((SLOTS_MIN / 2) * wordsPerValue),
    slots: new Int32Array(SLOTS_MIN),
    entryCount: 0,
    collisionCount: 0,
  };
}

function internWords(table: Table, low: number, high: number): number {
  const { slots, words, wordsPerValue } = table;
  const mask = slots.length - 1;
  let slot = hashOf(low, high) & mask;
  let passed = 0;
  for (;;) {
    const entry = (slots[slot] as number) - 1;
    if (entry < 0) break;
    if (words[entry * wordsPerValue] === low && (wordsPerValue === 1 || words[entry * 2 + 1] === high))
      return entry;
    slot = (slot + 1) & mask;
    passed++;
  }
  table.collisionCount += passed;
  const entry = table.entryCount++;
  words[entry * wordsPerValue] = low;
  if (wordsPerValue === 2) words[entry * 2 + 1] = high;
  slots[slot] = entry + 1;
  if (table.entryCount * 2 >= slots.length) grow(table);
  return entry;
}

function hashOf(low: number, high: number): number {
  let hash = imul(low ^ (high >>> 16), 0x85ebca6b) ^ imul(high, 0xc2b2ae35);
  hash = imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function grow(table: Table): void {
  const slots = new Int32Array(table.slots.length * 2);
  const words = new Int32Array((slots.length / 2) * table.wordsPerValue);
  words.set(table.words);
  const mask = slots.length - 1;
  for (let entry = 0; entry < table.entryCount; entry++) {
    const at = entry * table.wordsPerValue;
    const high = table.wordsPerValue === 2 ? (words[at + 1] as number) : 0;
    let slot = hashOf(words[at] as number, high) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = entry + 1;
  }
  table.slots = slots;
  table.words = words;
}
