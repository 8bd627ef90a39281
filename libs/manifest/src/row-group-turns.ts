/**
 * The row groups of a file, each of which is read by one of several threads: whichever asks for it first. Memory that threads share, so that it
 * can be posted to one.
 */
export type RowGroupTurns = SharedArrayBuffer;

/** At the first row group. */
export function createTurns(): RowGroupTurns {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
}

/** The next row groups that nobody has asked for, of `count`. */
export function* takeTurns(turns: RowGroupTurns, count: number): Generator<number> {
  const next = new Int32Array(turns);
  for (let at = Atomics.add(next, 0, 1); at < count; at = Atomics.add(next, 0, 1)) yield at;
}

/** Nobody is given another one. */
export function endTurns(turns: RowGroupTurns): void {
  Atomics.store(new Int32Array(turns), 0, 2 ** 30);
}
