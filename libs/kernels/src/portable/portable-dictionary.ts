import type { DictionaryKernels } from '../contract/dictionary-kernels.js';
import type { ViewMemory, Views } from './views.js';

/** Words of a dictionary's state. */
const SLOTS = 0;
const MASK = 1;
const COUNT = 2;
const MOST = 3;
const PASSED = 4;
const ENTRIES = 5;
const DATA = 6;
const HASHES = 7;
const SIZE = 8;
const ROOM = 9;

const FULL = -1;
const FIRST_SLOTS = 256;
const FEW_ENTRIES = 4096;
const FEW = { least: 4, widened: 16 } as const;
const MANY = { least: 2, widened: 4 } as const;
const PASSED_MAX = 8;
const PASSED_FREE = 4096;

const { imul } = Math;

/** The dictionary kernels. Which slots are taken does not show in what they give, but how many were passed does. */
export function portableDictionary(view: ViewMemory): DictionaryKernels {
  const open = (state: number, slots: number, entries: number, entriesMax: number) => {
    const { u32 } = view();
    u32.set([slots, FIRST_SLOTS - 1, 0, entriesMax, 0, entries], state >> 2);
    u32.fill(0, slots >> 2, (slots >> 2) + FIRST_SLOTS);
  };
  return {
    dictionaryOpen: open,
    dictionaryOpenBytes(state, slots, offsets, hashes, entriesMax, data, room) {
      open(state, slots, offsets, entriesMax);
      const { u32 } = view();
      u32[offsets >> 2] = 0;
      u32.set([data, hashes, 0, room], (state >> 2) + DATA);
    },
    dictionaryCount: (state) => view().u32[(state >> 2) + COUNT] as number,
    intern32: (state, values, count, codes) =>
      internWords(view(), { s: state >> 2, values, count, codes, words: 1 }),
    intern64: (state, values, count, codes) =>
      internWords(view(), { s: state >> 2, values, count, codes, words: 2 }),
    internBytes: (state, offsets, data, count, codes) =>
      internStrings(view(), { s: state >> 2, offsets, data, count, codes }),
    internCodes32: (state, table, map, codes, count, validity, order) =>
      internCodes(view(), { s: state >> 2, table, map, codes, count, validity, order, words: 1 }),
    internCodes64: (state, table, map, codes, count, validity, order) =>
      internCodes(view(), { s: state >> 2, table, map, codes, count, validity, order, words: 2 }),
    renumber: (codes, count, map, order) =>
      numberCodes(view(), { codes, count, validity: 0, map, known: 0, order }),
  };
}

/** Values of one or two words each. */
interface Words {
  /** The dictionary's state. */
  readonly s: number;
  readonly words: 1 | 2;
}

function internWords(
  views: Views,
  { values, count, codes, ...of }: Words & { values: number; count: number; codes: number },
): number {
  for (let i = 0; i < count; i++) {
    const code = codeOf(views, of, (values >> 2) + i * of.words);
    if (code < 0) return FULL;
    views.u32[(codes >> 2) + i] = code;
  }
  return 0;
}

interface Codes {
  readonly codes: number;
  readonly count: number;
  readonly validity: number;
  readonly map: number;
  readonly order: number;
}

/** Codes to codes from `known` on in order of first appearance; returns how many were new. */
function numberCodes(
  { u8, u32 }: Views,
  { codes, count, validity, map, known, order }: Codes & { readonly known: number },
): number {
  let fresh = 0;
  for (let i = 0; i < count; i++) {
    if (validity !== 0 && u8[validity + i] === 0) continue;
    const code = u32[(codes >> 2) + i] as number;
    const at = (map >> 2) + code;
    if (u32[at] === 0) {
      u32[(order >> 2) + fresh++] = code;
      u32[at] = known + fresh;
    }
    u32[(codes >> 2) + i] = (u32[at] as number) - 1;
  }
  return fresh;
}

function internCodes(views: Views, { s, words, table, ...all }: Words & Codes & { table: number }): number {
  const { u32 } = views;
  const [map, order, codes] = [all.map >> 2, all.order >> 2, all.codes >> 2];
  const known = u32[s + COUNT] as number;
  const fresh = numberCodes(views, { ...all, known });
  reserve(views, { s, words }, known + fresh);
  for (let i = order; i < order + fresh; i++) {
    const code = u32[i] as number;
    const entry = codeOf(views, { s, words }, (table >> 2) + code * words);
    if (entry < 0) return FULL;
    u32[map + code] = entry + 1;
  }
  for (let i = codes; i < codes + all.count; i++) {
    const code = u32[i] as number;
    if (code >= known && fresh > 0) {
      u32[i] = (u32[map + (u32[order + code - known] as number)] as number) - 1;
    }
  }
  return 0;
}

/** The code of the value at word `at`, which is added where it is new; −1 when the dictionary is given up. */
function codeOf(views: Views, { s, words }: Words, at: number): number {
  const { u32 } = views;
  const entries = (u32[s + ENTRIES] as number) >> 2;
  const wordOf = (of: number, k: number) => (k < words ? (u32[of + k] as number) : 0);
  const { slot, entry, passed } = find(views, s, hashWords(wordOf(at, 0), wordOf(at, 1)), (known) => {
    const of = entries + known * words;
    return wordOf(of, 0) === wordOf(at, 0) && wordOf(of, 1) === wordOf(at, 1);
  });
  if (entry >= 0) return entry;
  const code = u32[s + COUNT] as number;
  if (!mayAdd(views, s, passed)) return FULL;
  for (let k = 0; k < words; k++) u32[entries + code * words + k] = wordOf(at, k);
  u32[((u32[s + SLOTS] as number) >> 2) + slot] = code + 1;
  u32[s + COUNT] = code + 1;
  reserve(views, { s, words }, code + 1);
  return code;
}

/** Slots for so many entries. */
function reserve(views: Views, { s, words }: Words, entryCount: number): void {
  const { u32 } = views;
  const entries = (u32[s + ENTRIES] as number) >> 2;
  widen(views, s, entryCount, (entry) => {
    const at = entries + entry * words;
    return hashWords(u32[at] as number, words === 2 ? (u32[at + 1] as number) : 0);
  });
}

function internStrings(
  views: Views,
  strings: {
    readonly s: number;
    readonly offsets: number;
    readonly data: number;
    readonly count: number;
    readonly codes: number;
  },
): number {
  const { u8, u32 } = views;
  const { s, offsets, count, codes } = strings;
  const entries = (u32[s + ENTRIES] as number) >> 2;
  const hashes = (u32[s + HASHES] as number) >> 2;
  const data = u32[s + DATA] as number;
  for (let i = 0; i < count; i++) {
    const start = strings.data + (u32[(offsets >> 2) + i] as number);
    const end = strings.data + (u32[(offsets >> 2) + i + 1] as number);
    const hash = hashString(views, start, end);
    const { slot, entry, passed } = find(views, s, hash, (known) => {
      const from = data + (u32[entries + known] as number);
      if (u32[hashes + known] !== hash) return false;
      if (data + (u32[entries + known + 1] as number) - from !== end - start) return false;
      for (let k = 0; k < end - start; k++) if (u8[from + k] !== u8[start + k]) return false;
      return true;
    });
    let code = entry;
    if (code < 0) {
      code = u32[s + COUNT] as number;
      const size = u32[s + SIZE] as number;
      if (!mayAdd(views, s, passed) || end - start > (u32[s + ROOM] as number) - size) return FULL;
      u8.copyWithin(data + size, start, end);
      u32[s + SIZE] = size + end - start;
      u32[entries + code + 1] = size + end - start;
      u32[hashes + code] = hash;
      u32[((u32[s + SLOTS] as number) >> 2) + slot] = code + 1;
      u32[s + COUNT] = code + 1;
      widen(views, s, code + 1, (known) => u32[hashes + known] as number);
    }
    u32[(codes >> 2) + i] = code;
  }
  return 0;
}

/** The entry that `isSame` knows, or −1 and the slot where it would stand. */
function find(
  { u32 }: Views,
  s: number,
  hash: number,
  isSame: (entry: number) => boolean,
): { readonly slot: number; readonly entry: number; readonly passed: number } {
  const slots = (u32[s + SLOTS] as number) >> 2;
  const mask = u32[s + MASK] as number;
  let slot = (hash & mask) >>> 0;
  for (let passed = 0; ; passed++) {
    const entry = (u32[slots + slot] as number) - 1;
    if (entry < 0 || isSame(entry)) return { slot, entry, passed };
    slot = (slot + 1) & mask;
  }
}

function mayAdd({ u32 }: Views, s: number, passed: number): boolean {
  const count = u32[s + COUNT] as number;
  const allPassed = (u32[s + PASSED] as number) + passed;
  u32[s + PASSED] = allPassed;
  return count < (u32[s + MOST] as number) && allPassed <= count * PASSED_MAX + PASSED_FREE;
}

/** Where slots are few beside entries, and there is memory for more. */
function widen({ u32 }: Views, s: number, entryCount: number, hashOf: (entry: number) => number): void {
  const before = u32[s + MASK] as number;
  const slotsPerEntry = entryCount <= FEW_ENTRIES ? FEW : MANY;
  if (entryCount * slotsPerEntry.least <= before) return;
  const wanted = entryCount * slotsPerEntry.widened;
  let mask = before;
  while (mask < wanted && mask <= (u32[s + MOST] as number) * 2) mask = mask * 2 + 1;
  if (mask === before) return;
  u32[s + MASK] = mask;
  const slots = (u32[s + SLOTS] as number) >> 2;
  u32.fill(0, slots, slots + mask + 1);
  for (let entry = 0; entry < (u32[s + COUNT] as number); entry++) {
    let at = (hashOf(entry) & mask) >>> 0;
    while (u32[slots + at] !== 0) at = (at + 1) & mask;
    u32[slots + at] = entry + 1;
  }
}

/** 2^64 over the golden ratio, in halves. */
const MULTIPLIER_LOW = 0x7f4a7c15;
const MULTIPLIER_HIGH = 0x9e3779b9;

interface Product {
  readonly low: number;
  readonly high: number;
}

/** The low 64 bits of a product with the multiplier. */
function multiply(low: number, high: number): Product {
  const [a, b] = [low & 0xffff, low >>> 16];
  const [c, d] = [MULTIPLIER_LOW & 0xffff, MULTIPLIER_LOW >>> 16];
  const middle = b * c + Math.floor((a * c) / 65_536);
  const carried = a * d + (middle % 65_536);
  const carry = b * d + Math.floor(middle / 65_536) + Math.floor(carried / 65_536);
  return {
    low: imul(low, MULTIPLIER_LOW),
    high: (carry + imul(low, MULTIPLIER_HIGH) + imul(high, MULTIPLIER_LOW)) | 0,
  };
}

function hashWords(low: number, high: number): number {
  const product = multiply(low ^ high, high);
  return (product.high ^ ((product.low >>> 15) | (product.high << 17))) >>> 0;
}

function hashString({ u8 }: Views, start: number, end: number): number {
  let low = end - start;
  let high = 0;
  for (let at = start; at < end; at += 8) {
    for (let k = 0; k < 8 && at + k < end; k++) {
      if (k < 4) low ^= (u8[at + k] as number) << (8 * k);
      else high ^= (u8[at + k] as number) << (8 * (k - 4));
    }
    const product = multiply(low, high);
    const isWhole = at + 8 <= end;
    low = isWhole ? product.low ^ ((product.low >>> 29) | (product.high << 3)) : product.low;
    high = isWhole ? product.high ^ (product.high >>> 29) : product.high;
  }
  return hashWords(low, high);
}
