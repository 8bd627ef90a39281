// What digests of rows add up to: see CONTENT-HASH.md of @ticklake/manifest. Tiles are those of hash.ts.

import { mix } from './mix';

export function hashSum(digests: usize, rows: u32, sums: usize): void {
  let sum = v128.load(sums);
  const end = digests + (<usize>rows << 4);
  for (; digests < end; digests += 16) sum = i32x4.add(sum, v128.load(digests));
  v128.store(sums, sum);
}

/** `lanes` with those of the rows from `left` on, which may be no more than none, set to zero. */
// @ts-ignore: decorator
@inline
function firstLanes(lanes: v128, left: i32): v128 {
  return v128.and(lanes, i32x4.gt_s(i32x4.splat(left), i32x4(0, 1, 2, 3)));
}

/** So many rows' tiles stay in the nearest cache between two loops over them. */
const NEAR_ROWS: u32 = 1024;

export function hashJoinPlaces(
  tiles: usize,
  more: usize,
  rows: u32,
  sums: usize,
  first: f64,
  seed: usize,
  placed: usize,
): void {
  let place = <u64>first;
  while (rows != 0) {
    const count = min(rows, NEAR_ROWS);
    joinTiles(tiles, more, count, sums);
    addPlaces(tiles, count, true, place, seed, placed);
    tiles += <usize>count << 4;
    more += <usize>count << 4;
    place += count;
    rows -= count;
  }
}

/** As hashJoin, but that rows stay side by side, and that they are added up. */
function joinTiles(tiles: usize, more: usize, rows: u32, sums: usize): void {
  const none = i32x4.splat(0);
  let sumA = none;
  let sumB = none;
  let sumC = none;
  let sumD = none;
  for (let left = <i32>rows; left > 0; left -= 4, tiles += 64, more += 64) {
    let b = i32x4.add(v128.load(tiles, 16), v128.load(more, 16));
    let c = i32x4.add(v128.load(tiles, 32), v128.load(more, 32));
    let d = i32x4.add(v128.load(tiles, 48), v128.load(more, 48));
    // As in hashFinish.
    let a = i32x4.add(i32x4.add(i32x4.add(v128.load(tiles), v128.load(more)), b), i32x4.add(c, d));
    b = mix(i32x4.add(b, a));
    c = mix(i32x4.add(c, a));
    d = mix(i32x4.add(d, a));
    a = i32x4.add(i32x4.add(mix(a), b), i32x4.add(c, d));
    b = i32x4.add(b, a);
    c = i32x4.add(c, a);
    d = i32x4.add(d, a);
    v128.store(tiles, a);
    v128.store(tiles, b, 16);
    v128.store(tiles, c, 32);
    v128.store(tiles, d, 48);
    if (left < 4) {
      a = firstLanes(a, left);
      b = firstLanes(b, left);
      c = firstLanes(c, left);
      d = firstLanes(d, left);
    }
    sumA = i32x4.add(sumA, a);
    sumB = i32x4.add(sumB, b);
    sumC = i32x4.add(sumC, c);
    sumD = i32x4.add(sumD, d);
  }
  addSums(sums, sumA, sumB, sumC, sumD);
}

export function hashPlaces(digests: usize, rows: u32, first: f64, seed: usize, sums: usize): void {
  addPlaces(digests, rows, false, <u64>first, seed, sums);
}

/** What hashPlaces does, of digests one after another or of tiles of them. */
function addPlaces(digests: usize, rows: u32, tiled: bool, place: u64, seed: usize, sums: usize): void {
  // Of the places of four rows the low words and, where those begin anew, high ones that are one more.
  const firstLow = i32x4.splat(<i32>place);
  const firstHigh = i32x4.splat(<i32>(place >> 32));
  let low = i32x4.add(firstLow, i32x4(0, 1, 2, 3));
  const sa = v128.load32_splat(seed);
  const sb = v128.load32_splat(seed, 4);
  const sc = v128.load32_splat(seed, 8);
  const sd = v128.load32_splat(seed, 12);
  const none = i32x4.splat(0);
  let sumA = none;
  let sumB = none;
  let sumC = none;
  let sumD = none;
  // Every step waits for the one before. So the cells of four tiles' places are under way at once, each at another step, and what is made of
  // a tile is finished beside the next. Rows that are none have lanes of zeros, and zeros are what those come to.
  let high1 = firstHigh;
  let b1 = none;
  let b2 = none;
  let c2 = none;
  let b3 = none;
  let c3 = none;
  let d3 = none;
  let a = none;
  let b = none;
  let c = none;
  let d = none;
  for (let row = -12; row < <i32>rows + 4; row += 4) {
    // As in hashFinish, but that what it adds to three lanes at last is added to their sums.
    a = i32x4.add(i32x4.add(a, b), i32x4.add(c, d));
    b = mix(i32x4.add(b, a));
    c = mix(i32x4.add(c, a));
    d = mix(i32x4.add(d, a));
    sumA = i32x4.add(sumA, i32x4.add(i32x4.add(mix(a), b), i32x4.add(c, d)));
    sumB = i32x4.add(sumB, b);
    sumC = i32x4.add(sumC, c);
    sumD = i32x4.add(sumD, d);
    a = v128.load(digests);
    b = v128.load(digests, 16);
    c = v128.load(digests, 32);
    d = v128.load(digests, 48);
    if (!tiled) {
      const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
      const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
      const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
      const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
      a = v128.shuffle<i64>(ab0, cd0, 0, 2);
      b = v128.shuffle<i64>(ab0, cd0, 1, 3);
      c = v128.shuffle<i64>(ab1, cd1, 0, 2);
      d = v128.shuffle<i64>(ab1, cd1, 1, 3);
    }
    // The cell of the place, as of any other 64-bit number.
    const e = mix(v128.xor(i32x4.add(c3, d3), sd));
    a = i32x4.add(a, i32x4.add(b3, e));
    b = i32x4.add(b, c3);
    c = i32x4.add(c, d3);
    d = i32x4.add(d, e);
    b3 = b2;
    c3 = c2;
    d3 = mix(v128.xor(i32x4.add(b2, c2), sc));
    b2 = b1;
    c2 = mix(i32x4.add(v128.xor(high1, b1), sb));
    b1 = mix(i32x4.add(low, sa));
    high1 = i32x4.sub(firstHigh, i32x4.lt_u(low, firstLow));
    low = i32x4.add(low, i32x4.splat(4));
    const left = row < 0 ? 0 : <i32>rows - row;
    if (left > 4) {
      digests += 64;
    } else {
      a = firstLanes(a, left);
      b = firstLanes(b, left);
      c = firstLanes(c, left);
      d = firstLanes(d, left);
    }
  }
  addSums(sums, sumA, i32x4.add(sumB, sumA), i32x4.add(sumC, sumA), i32x4.add(sumD, sumA));
}

/** Adds what is in each to one of four lanes. */
// @ts-ignore: decorator
@inline
function addSums(sums: usize, a: v128, b: v128, c: v128, d: v128): void {
  store<u32>(sums, load<u32>(sums) + sumOf(a));
  store<u32>(sums, load<u32>(sums, 4) + sumOf(b), 4);
  store<u32>(sums, load<u32>(sums, 8) + sumOf(c), 8);
  store<u32>(sums, load<u32>(sums, 12) + sumOf(d), 12);
}

// @ts-ignore: decorator
@inline
function sumOf(lanes: v128): u32 {
  return (
    <u32>i32x4.extract_lane(lanes, 0) +
    <u32>i32x4.extract_lane(lanes, 1) +
    <u32>i32x4.extract_lane(lanes, 2) +
    <u32>i32x4.extract_lane(lanes, 3)
  );
}
