import type { HashKernels } from '../contract/hash-kernels.js';
import type { ViewMemory, Views } from './views.js';

const { imul } = Math;

/** The hash kernels. Rows past the last of a short tile are left as they are: nobody looks at them. */
export function portableHash(view: ViewMemory): HashKernels {
  return { ...cellKernels(view), ...digestKernels(view) };
}

type Cells = 'hashFill' | 'hash64' | 'hash32' | 'hashBytes' | 'hashCodes' | 'hashTable';

function cellKernels(view: ViewMemory): Pick<HashKernels, Cells> {
  return {
    hashFill(tiles, rows, from) {
      const { i32 } = view();
      for (let row = 0; row < rows; row++) {
        const at = laneOf(tiles, row);
        for (let lane = 0; lane < 4; lane++) i32[at + 4 * lane] = i32[(from >> 2) + lane] as number;
      }
    },
    hash64(tiles, values, rows, seed, validity, none, base) {
      const views = view();
      if (base !== 0) begin(views, { tiles, rows, base });
      for (let row = 0; row < rows; row++) {
        const word = (values >> 2) + 2 * row;
        const low = views.i32[word] as number;
        const high = views.i32[word + 1] as number;
        addWord(views, laneOf(tiles, row), { low, high, seed, isNull: isNull(views, validity, row), none });
      }
    },
    hash32(tiles, values, rows, seed, validity, none, base, signed) {
      const views = view();
      if (base !== 0) begin(views, { tiles, rows, base });
      for (let row = 0; row < rows; row++) {
        const low = views.i32[(values >> 2) + row] as number;
        const high = signed ? low >> 31 : 0;
        addWord(views, laneOf(tiles, row), { low, high, seed, isNull: isNull(views, validity, row), none });
      }
    },
    hashBytes(tiles, offsets, data, rows, seed, validity, none, base) {
      const views = view();
      if (base !== 0) begin(views, { tiles, rows, base });
      for (let row = 0; row < rows; row++) {
        const start = views.u32[(offsets >> 2) + row] as number;
        const end = views.u32[(offsets >> 2) + row + 1] as number;
        const at = laneOf(tiles, row);
        if (isNull(views, validity, row)) addLanes(views.i32, at, none >> 2);
        else addBytes(views, at, { start: data + start, end: data + end, seed });
      }
    },
    hashCodes(tiles, codes, rows, table, validity, none, base) {
      const views = view();
      if (base !== 0) begin(views, { tiles, rows, base });
      for (let row = 0; row < rows; row++) {
        const code = views.u32[(codes >> 2) + row] as number;
        const from = isNull(views, validity, row) ? none : table + 16 * code;
        addLanes(views.i32, laneOf(tiles, row), from >> 2);
      }
    },
    hashTable(tiles, rows) {
      eachTile(view(), { tiles, rows, change: () => undefined });
    },
  };
}

function digestKernels(view: ViewMemory): Omit<HashKernels, Cells> {
  const digests: Omit<HashKernels, Cells> = {
    hashJoin(tiles, more, rows) {
      const { i32 } = view();
      const words = 16 * Math.ceil(rows / 4);
      for (let i = 0; i < words; i++) {
        i32[(tiles >> 2) + i] = (i32[(tiles >> 2) + i] as number) + (i32[(more >> 2) + i] as number);
      }
      eachTile(view(), { tiles, rows, change: finishRow });
    },
    hashFinish(tiles, rows) {
      eachTile(view(), { tiles, rows, change: finishRow });
    },
    hashSum(digests, rows, sums) {
      const { i32 } = view();
      for (let row = 0; row < rows; row++) addDigest(i32, sums >> 2, (digests >> 2) + 4 * row);
    },
    hashPlaces(digests, rows, first, seed, sums) {
      const { i32 } = view();
      // Lanes stand four words apart, as in a tile.
      const mixed = new Int32Array(16);
      for (let row = 0; row < rows; row++) {
        const cell = wordLanes(i32, seed >> 2, (first + row) | 0, Math.floor((first + row) / 2 ** 32) | 0);
        cell.forEach((lane, i) => (mixed[4 * i] = (i32[(digests >> 2) + 4 * row + i] as number) + lane));
        finishRow(mixed, 0);
        for (let i = 0; i < 4; i++)
          i32[(sums >> 2) + i] = (i32[(sums >> 2) + i] as number) + (mixed[4 * i] as number);
      }
    },
    hashJoinPlaces(tiles, more, rows, sums, first, seed, placed) {
      digests.hashJoin(tiles, more, rows);
      digests.hashSum(tiles, rows, sums);
      digests.hashPlaces(tiles, rows, first, seed, placed);
    },
  };
  return digests;
}

interface Tiled {
  readonly tiles: number;
  readonly rows: number;
}

function begin({ i32 }: Views, { tiles, rows, base }: Tiled & { readonly base: number }): void {
  for (let row = 0; row < rows; row++) {
    const [at, from] = [laneOf(tiles, row), laneOf(base, row & 3)];
    for (let lane = 0; lane < 4; lane++) i32[at + 4 * lane] = i32[from + 4 * lane] as number;
  }
}

/** Where the first lane of a row stands in its tile, in words; the others follow four words apart. */
function laneOf(tiles: number, row: number): number {
  return (tiles >> 2) + (row >> 2) * 16 + (row & 3);
}

function isNull({ u8 }: Views, validity: number, row: number): boolean {
  return validity !== 0 && u8[validity + row] === 0;
}

function addLanes(i32: Int32Array, at: number, from: number): void {
  for (let lane = 0; lane < 4; lane++)
    i32[at + 4 * lane] = (i32[at + 4 * lane] as number) + (i32[from + lane] as number);
}

function addDigest(i32: Int32Array, at: number, from: number): void {
  for (let lane = 0; lane < 4; lane++)
    i32[at + lane] = (i32[at + lane] as number) + (i32[from + lane] as number);
}

/** The finaliser of MurmurHash3 (32 bits): a bijection in which every input bit moves every output bit. */
function mix(value: number): number {
  let h = value ^ (value >>> 16);
  h = imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

interface Word {
  readonly low: number;
  readonly high: number;
  readonly seed: number;
  readonly isNull: boolean;
  readonly none: number;
}

function addWord({ i32 }: Views, at: number, { low, high, seed, isNull: absent, none }: Word): void {
  if (absent) return addLanes(i32, at, none >> 2);
  const lanes = wordLanes(i32, seed >> 2, low, high);
  for (let lane = 0; lane < 4; lane++) {
    i32[at + 4 * lane] = (i32[at + 4 * lane] as number) + (lanes[lane] as number);
  }
}

function wordLanes(i32: Int32Array, seed: number, low: number, high: number): readonly number[] {
  const b = mix((low + (i32[seed] as number)) | 0);
  const c = mix(((high ^ b) + (i32[seed + 1] as number)) | 0);
  const d = mix(((b + c) | 0) ^ (i32[seed + 2] as number));
  const e = mix(((c + d) | 0) ^ (i32[seed + 3] as number));
  return [(b + e) | 0, c, d, e];
}

/** The length first, then eight bytes at a time, the last ones filled up with zeros; an empty string is one word of nothing. */
function addBytes(
  { i32, u8, any }: Views,
  at: number,
  { start, end, seed }: { readonly start: number; readonly end: number; readonly seed: number },
): void {
  const s = seed >> 2;
  let a = i32[s] as number;
  let b = i32[s + 1] as number;
  let c = ((i32[s + 2] as number) + (end - start)) | 0;
  let d = i32[s + 3] as number;
  let from = start;
  const half = (place: number) => {
    if (end - place >= 4) return any.getInt32(place, true);
    let word = 0;
    for (let i = 0; place + i < end; i++) word |= (u8[place + i] as number) << (8 * i);
    return word;
  };
  do {
    const p = mix((half(from) + a) | 0);
    b = mix(((half(from + 4) ^ p) + b) | 0);
    c = mix(((p + b) | 0) ^ c);
    d = mix(((b + c) | 0) ^ d);
    a = (p + d) | 0;
    from += 8;
  } while (from < end);
  i32[at] = (i32[at] as number) + a;
  i32[at + 4] = (i32[at + 4] as number) + b;
  i32[at + 8] = (i32[at + 8] as number) + c;
  i32[at + 12] = (i32[at + 12] as number) + d;
}

/** Sums alone would not notice two rows exchanging cells; after this, which is one-to-one but not linear, they do. */
function finishRow(i32: Int32Array, at: number): void {
  let a = i32[at] as number;
  let b = i32[at + 4] as number;
  let c = i32[at + 8] as number;
  let d = i32[at + 12] as number;
  a = (a + b + c + d) | 0;
  b = mix((b + a) | 0);
  c = mix((c + a) | 0);
  d = mix((d + a) | 0);
  a = (mix(a) + b + c + d) | 0;
  i32[at] = a;
  i32[at + 4] = b + a;
  i32[at + 8] = c + a;
  i32[at + 12] = d + a;
}

/** Changes each row of each tile, then turns lanes side by side into rows one after another. */
function eachTile({ i32 }: Views, tiled: Tiled & { change(i32: Int32Array, at: number): void }): void {
  const rows = new Int32Array(16);
  for (let tile = 0; tile * 4 < tiled.rows; tile++) {
    const at = (tiled.tiles >> 2) + tile * 16;
    for (let row = 0; row < 4; row++) {
      tiled.change(i32, at + row);
      for (let lane = 0; lane < 4; lane++) rows[row * 4 + lane] = i32[at + 4 * lane + row] as number;
    }
    i32.set(rows, at);
  }
}
