import { assert } from '@ticklake/core';
import type { RunList } from './run-list.js';

/** Values moved as raw unsigned words. */
export type Words = Uint8Array | Uint16Array | Uint32Array;

/** Below this many words a loop beats the call that a block copy costs. */
const BLOCK_WORDS = 24;

/**
 * Copy each run's values to `to`, one run after another; a value is `perValue` words. Long runs are block copies.
 * Words, not numbers: no float passes through a register that could change a NaN. Internal.
 */
export function copyRuns(runs: RunList, parts: ReadonlyMap<number, Words>, to: Words, perValue: 1 | 2): void {
  const { slots, froms } = slotsOf(parts);
  const starts = new Uint32Array(froms.length);
  let at = 0;
  for (let run = 0; run < runs.runCount; run++) {
    const slot = slots[runs.sources[run] as number] as number;
    const from = froms[slot] as Words;
    const start = starts[slot] as number;
    const length = (runs.counts[run] as number) * perValue;
    if (length >= BLOCK_WORDS) to.set(from.subarray(start, start + length), at);
    else for (let i = 0; i < length; i++) to[at + i] = from[start + i] as number;
    starts[slot] = start + length;
    at += length;
  }
}

/** Call `visit` with each run's source, first row within that source's column, and row count. Internal. */
export function forEachRun(
  runs: RunList,
  visit: (source: number, start: number, count: number) => void,
): void {
  const starts = new Uint32Array(highestSource(runs) + 1);
  for (let run = 0; run < runs.runCount; run++) {
    const source = runs.sources[run] as number;
    const count = runs.counts[run] as number;
    const start = starts[source] as number;
    starts[source] = start + count;
    visit(source, start, count);
  }
}

/** Assert that `columns` has exactly the rows that `runs` takes of each source. Internal. */
export function assertWhole(runs: RunList, lengths: ReadonlyMap<number, number>): void {
  for (const [source, count] of rowsTaken(runs)) {
    assert(lengths.get(source) === count, 'a column has exactly the rows its run list takes');
  }
}

/** How many rows a list takes of each source in it, in order of sources. Internal. */
export function rowsTaken(runs: RunList): Map<number, number> {
  const counts = new Float64Array(highestSource(runs) + 1);
  for (let run = 0; run < runs.runCount; run++) {
    const source = runs.sources[run] as number;
    counts[source] = (counts[source] as number) + (runs.counts[run] as number);
  }
  const taken = new Map<number, number>();
  counts.forEach((count, source) => {
    if (count > 0) taken.set(source, count);
  });
  return taken;
}

/** Of the sources in the list; 0 when it is empty. */
function highestSource({ sources, runCount }: RunList): number {
  let highest = 0;
  for (let run = 0; run < runCount; run++) {
    const source = sources[run] as number;
    if (source > highest) highest = source;
  }
  return highest;
}

/** Small dense numbers for the sources, so that the copy loop touches arrays only. */
function slotsOf(parts: ReadonlyMap<number, Words>): { slots: Uint32Array; froms: Words[] } {
  const slots = new Uint32Array([...parts.keys()].reduce((max, source) => Math.max(max, source), 0) + 1);
  const froms = [...parts].map(([source, words], slot) => {
    slots[source] = slot;
    return words;
  });
  return { slots, froms };
}
