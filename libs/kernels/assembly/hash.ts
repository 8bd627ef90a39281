// The content hash of rows, four rows at a time: see CONTENT-HASH.md of @ticklake/manifest.
// A tile is 64 bytes, the lanes of four rows side by side: aaaa bbbb cccc dddd, each of 32 bits.

import { mix } from './mix';

/** Puts what `base`, another tile or the same, holds and these lanes add up to into a tile. */
// @ts-ignore: decorator
@inline
function addLanes(tile: usize, base: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(tile, i32x4.add(v128.load(base), a));
  v128.store(tile, i32x4.add(v128.load(base, 16), b), 16);
  v128.store(tile, i32x4.add(v128.load(base, 32), c), 32);
  v128.store(tile, i32x4.add(v128.load(base, 48), d), 48);
}

/** 0xffffffff in the lanes of the rows that are present. */
// @ts-ignore: decorator
@inline
function presentMask(validity: usize): v128 {
  const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(validity)));
  return i32x4.ne(wide, i32x4.splat(0));
}

/** Adds four one-word cells to a tile; `none` holds the lanes of a null. */
// @ts-ignore: decorator
@inline
function addCells(tile: usize, base: usize, lo: v128, hi: v128, seed: usize, validity: usize, none: usize): void {
  const b = mix(i32x4.add(lo, v128.load32_splat(seed)));
  const c = mix(i32x4.add(v128.xor(hi, b), v128.load32_splat(seed, 4)));
  const d = mix(v128.xor(i32x4.add(b, c), v128.load32_splat(seed, 8)));
  const e = mix(v128.xor(i32x4.add(c, d), v128.load32_splat(seed, 12)));
  const a = i32x4.add(b, e);
  if (validity == 0) {
    addLanes(tile, base, a, c, d, e);
    return;
  }
  const mask = presentMask(validity);
  addLanes(
    tile,
    base,
    v128.bitselect(a, v128.load32_splat(none), mask),
    v128.bitselect(c, v128.load32_splat(none, 4), mask),
    v128.bitselect(d, v128.load32_splat(none, 8), mask),
    v128.bitselect(e, v128.load32_splat(none, 12), mask),
  );
}

export function hashFill(tiles: usize, rows: u32, row: usize): void {
  const a = v128.load32_splat(row);
  const b = v128.load32_splat(row, 4);
  const c = v128.load32_splat(row, 8);
  const d = v128.load32_splat(row, 12);
  const end = tiles + ((<usize>rows + 3) >> 2) * 64;
  for (; tiles < end; tiles += 64) {
    v128.store(tiles, a);
    v128.store(tiles, b, 16);
    v128.store(tiles, c, 32);
    v128.store(tiles, d, 48);
  }
}

// @ts-ignore: decorator
@inline
function lowWords(values: usize): v128 {
  return v128.shuffle<i32>(v128.load(values), v128.load(values, 16), 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
function highWords(values: usize): v128 {
  return v128.shuffle<i32>(v128.load(values), v128.load(values, 16), 1, 3, 5, 7);
}

export function hash64(
  tiles: usize,
  values: usize,
  rows: u32,
  seed: usize,
  validity: usize,
  none: usize,
  base: usize,
): void {
  const step: usize = base == 0 ? 64 : 0;
  if (base == 0) base = tiles;
  if (validity == 0) {
    addWords(tiles, base, step, values, rows, seed);
    return;
  }
  const end = tiles + ((<usize>rows + 3) >> 2) * 64;
  for (; tiles < end; tiles += 64, base += step, values += 32, validity += 4) {
    addCells(tiles, base, lowWords(values), highWords(values), seed, validity, none);
  }
}

/** Adds the cells of words that are all there. */
// @ts-ignore: decorator
@inline
function addWords(tiles: usize, base: usize, step: usize, values: usize, rows: u32, seed: usize): void {
  const sa = v128.load32_splat(seed);
  const sb = v128.load32_splat(seed, 4);
  const sc = v128.load32_splat(seed, 8);
  const sd = v128.load32_splat(seed, 12);
  // Every step waits for the one before, so four tiles are under way at once, each at another step: a third less than one after another.
  let high1 = i32x4.splat(0);
  let b1 = high1;
  let b2 = high1;
  let c2 = high1;
  let b3 = high1;
  let c3 = high1;
  let d3 = high1;
  const count = <i32>((rows + 3) >> 2);
  for (let tile = -3; tile < count; tile++) {
    const e = mix(v128.xor(i32x4.add(c3, d3), sd));
    if (tile >= 0) {
      addLanes(tiles, base, i32x4.add(b3, e), c3, d3, e);
      tiles += 64;
      base += step;
    }
    b3 = b2;
    c3 = c2;
    d3 = mix(v128.xor(i32x4.add(b2, c2), sc));
    b2 = b1;
    c2 = mix(i32x4.add(v128.xor(high1, b1), sb));
    b1 = mix(i32x4.add(lowWords(values), sa));
    high1 = highWords(values);
    if (tile < count - 4) values += 32;
  }
}

export function hash32(
  tiles: usize,
  values: usize,
  rows: u32,
  seed: usize,
  validity: usize,
  none: usize,
  base: usize,
  signed: bool,
): void {
  const end = tiles + ((<usize>rows + 3) >> 2) * 64;
  const step: usize = base == 0 ? 64 : 0;
  const present: usize = validity == 0 ? 0 : 4;
  if (base == 0) base = tiles;
  for (; tiles < end; tiles += 64, base += step, values += 16, validity += present) {
    const lo = v128.load(values);
    const hi = signed ? i32x4.shr_s(lo, 31) : i32x4.splat(0);
    addCells(tiles, base, lo, hi, seed, validity, none);
  }
}

/** The `left` bytes at `at`, at most eight, as a word filled up with zeros. Reads up to seven bytes past them. */
// @ts-ignore: decorator
@inline
function wordAt(at: usize, left: i32): u64 {
  if (left <= 0) return 0;
  const word = load<u64>(at);
  return left >= 8 ? word : word & ((<u64>1 << (<u64>left << 3)) - 1);
}

export function hashBytes(
  tiles: usize,
  offsets: usize,
  data: usize,
  rows: u32,
  seed: usize,
  validity: usize,
  none: usize,
  base: usize,
): void {
  const step: usize = base == 0 ? 64 : 0;
  if (base == 0) base = tiles;
  for (let row: u32 = 0; row < rows; row += 4, tiles += 64, base += step, offsets += 16) {
    const o0 = load<u32>(offsets);
    const o1 = load<u32>(offsets, 4);
    // What lies past the last offset is not one, so a short tile ends in values of no bytes.
    const o2 = row + 1 < rows ? load<u32>(offsets, 8) : o1;
    const o3 = row + 2 < rows ? load<u32>(offsets, 12) : o2;
    const o4 = row + 3 < rows ? load<u32>(offsets, 16) : o3;
    const starts = i32x4(o0, o1, o2, o3);
    const lengths = i32x4.sub(i32x4(o1, o2, o3, o4), starts);
    let longest = max(max(o1 - o0, o2 - o1), max(o3 - o2, o4 - o3));
    if (longest == 0) longest = 1;
    let a = v128.load32_splat(seed);
    let b = v128.load32_splat(seed, 4);
    let c = i32x4.add(v128.load32_splat(seed, 8), lengths);
    let d = v128.load32_splat(seed, 12);
    for (let done: u32 = 0; done < longest; done += 8) {
      const w0 = wordAt(data + o0 + done, <i32>(o1 - o0 - done));
      const w1 = wordAt(data + o1 + done, <i32>(o2 - o1 - done));
      const w2 = wordAt(data + o2 + done, <i32>(o3 - o2 - done));
      const w3 = wordAt(data + o3 + done, <i32>(o4 - o3 - done));
      const x = i64x2(w0, w1);
      const y = i64x2(w2, w3);
      const lo = v128.shuffle<i32>(x, y, 0, 2, 4, 6);
      const hi = v128.shuffle<i32>(x, y, 1, 3, 5, 7);
      const p = mix(i32x4.add(lo, a));
      const q = mix(i32x4.add(v128.xor(hi, p), b));
      const r = mix(v128.xor(i32x4.add(p, q), c));
      const s = mix(v128.xor(i32x4.add(q, r), d));
      // Every value has a first word, if only of zeros; after it, values that have ended keep what they have.
      const active = done == 0 ? i32x4.splat(-1) : i32x4.gt_u(lengths, i32x4.splat(done));
      a = v128.bitselect(i32x4.add(p, s), a, active);
      b = v128.bitselect(q, b, active);
      c = v128.bitselect(r, c, active);
      d = v128.bitselect(s, d, active);
    }
    if (validity != 0) {
      const mask = presentMask(validity + row);
      a = v128.bitselect(a, v128.load32_splat(none), mask);
      b = v128.bitselect(b, v128.load32_splat(none, 4), mask);
      c = v128.bitselect(c, v128.load32_splat(none, 8), mask);
      d = v128.bitselect(d, v128.load32_splat(none, 12), mask);
    }
    addLanes(tiles, base, a, b, c, d);
  }
}

/** Adds the lanes of four rows, each 16 bytes at an address of its own, to a tile. */
// @ts-ignore: decorator
@inline
function addRows(tile: usize, base: usize, r0: usize, r1: usize, r2: usize, r3: usize): void {
  const x = v128.load(r0);
  const y = v128.load(r1);
  const z = v128.load(r2);
  const w = v128.load(r3);
  const xy0 = v128.shuffle<i32>(x, y, 0, 4, 1, 5);
  const zw0 = v128.shuffle<i32>(z, w, 0, 4, 1, 5);
  const xy1 = v128.shuffle<i32>(x, y, 2, 6, 3, 7);
  const zw1 = v128.shuffle<i32>(z, w, 2, 6, 3, 7);
  addLanes(
    tile,
    base,
    v128.shuffle<i64>(xy0, zw0, 0, 2),
    v128.shuffle<i64>(xy0, zw0, 1, 3),
    v128.shuffle<i64>(xy1, zw1, 0, 2),
    v128.shuffle<i64>(xy1, zw1, 1, 3),
  );
}

// @ts-ignore: decorator
@inline
function rowAddress(codes: usize, row: u32, table: usize, validity: usize, none: usize): usize {
  if (validity != 0 && load<u8>(validity + row) == 0) return none;
  return table + (<usize>load<u32>(codes + (<usize>row << 2)) << 4);
}

export function hashCodes(
  tiles: usize,
  codes: usize,
  rows: u32,
  table: usize,
  validity: usize,
  none: usize,
  base: usize,
): void {
  const step: usize = base == 0 ? 64 : 0;
  if (base == 0) base = tiles;
  const whole = rows & ~3;
  let row: u32 = 0;
  if (validity == 0) {
    // Nearly all columns; looked at row by row it takes two thirds as long again.
    for (; row < whole; row += 4, tiles += 64, base += step, codes += 16) {
      addRows(
        tiles,
        base,
        table + (<usize>load<u32>(codes) << 4),
        table + (<usize>load<u32>(codes, 4) << 4),
        table + (<usize>load<u32>(codes, 8) << 4),
        table + (<usize>load<u32>(codes, 12) << 4),
      );
    }
    codes -= <usize>row << 2;
  }
  for (; row < whole; row += 4, tiles += 64, base += step) {
    addRows(
      tiles,
      base,
      rowAddress(codes, row, table, validity, none),
      rowAddress(codes, row + 1, table, validity, none),
      rowAddress(codes, row + 2, table, validity, none),
      rowAddress(codes, row + 3, table, validity, none),
    );
  }
  if (row == rows) return;
  // What lies past the last code is not one.
  const last = rows - 1;
  addRows(
    tiles,
    base,
    rowAddress(codes, row, table, validity, none),
    rowAddress(codes, min(row + 1, last), table, validity, none),
    rowAddress(codes, min(row + 2, last), table, validity, none),
    rowAddress(codes, last, table, validity, none),
  );
}

/** Four rows side by side to four rows one after another, in place. */
// @ts-ignore: decorator
@inline
function storeRows(tile: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(tile, v128.shuffle<i64>(ab0, cd0, 0, 2));
  v128.store(tile, v128.shuffle<i64>(ab0, cd0, 1, 3), 16);
  v128.store(tile, v128.shuffle<i64>(ab1, cd1, 0, 2), 32);
  v128.store(tile, v128.shuffle<i64>(ab1, cd1, 1, 3), 48);
}

export function hashTable(tiles: usize, rows: u32): void {
  const end = tiles + ((<usize>rows + 3) >> 2) * 64;
  for (; tiles < end; tiles += 64) {
    storeRows(tiles, v128.load(tiles), v128.load(tiles, 16), v128.load(tiles, 32), v128.load(tiles, 48));
  }
}

/** What hashFinish makes of the lanes of four rows, to `tile`. */
// @ts-ignore: decorator
@inline
function finishTile(tile: usize, a: v128, b: v128, c: v128, d: v128): void {
  a = i32x4.add(i32x4.add(a, b), i32x4.add(c, d));
  b = mix(i32x4.add(b, a));
  c = mix(i32x4.add(c, a));
  d = mix(i32x4.add(d, a));
  a = i32x4.add(i32x4.add(mix(a), b), i32x4.add(c, d));
  storeRows(tile, a, i32x4.add(b, a), i32x4.add(c, a), i32x4.add(d, a));
}

export function hashJoin(tiles: usize, more: usize, rows: u32): void {
  const end = tiles + ((<usize>rows + 3) >> 2) * 64;
  for (; tiles < end; tiles += 64, more += 64) {
    const a = i32x4.add(v128.load(tiles), v128.load(more));
    const b = i32x4.add(v128.load(tiles, 16), v128.load(more, 16));
    const c = i32x4.add(v128.load(tiles, 32), v128.load(more, 32));
    finishTile(tiles, a, b, c, i32x4.add(v128.load(tiles, 48), v128.load(more, 48)));
  }
}

export function hashFinish(tiles: usize, rows: u32): void {
  const end = tiles + ((<usize>rows + 3) >> 2) * 64;
  for (; tiles < end; tiles += 64) {
    finishTile(tiles, v128.load(tiles), v128.load(tiles, 16), v128.load(tiles, 32), v128.load(tiles, 48));
  }
}
