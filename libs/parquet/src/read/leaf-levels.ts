import { assert } from '@ticklake/core';
import type { ChunkValues } from './chunk-values.js';
import { plainValues } from './plain-values.js';
import type { Leaf } from './schema-tree.js';

/** The levels and values of one leaf of a nested column that are decoded but not yet assembled into rows. */
export interface LeafLevels {
  readonly leaf: Leaf;
  readonly chunk: ChunkValues;
  definition: Uint8Array;
  repetition: Uint8Array;
  /** Present values only; `null` has no entry. */
  values: unknown[];
  /** Next entry of the levels. */
  at: number;
  /** Next entry of the values. */
  valueAt: number;
  ended: boolean;
}

const NONE = new Uint8Array(0);

/** A leaf before its first page. */
export function leafLevels(leaf: Leaf, chunk: ChunkValues): LeafLevels {
  return { leaf, chunk, definition: NONE, repetition: NONE, values: [], at: 0, valueAt: 0, ended: false };
}

/** Decodes pages until `rowCount` rows are complete: the next row has begun, or the chunk has ended. */
export async function fillRows(levels: LeafLevels, rowCount: number): Promise<void> {
  let begun = countStarts(levels.repetition, levels.at);
  while (!levels.ended && begun <= rowCount) {
    const page = await levels.chunk.next();
    if (page === undefined) {
      levels.ended = true;
      return;
    }
    const { valueCount } = page;
    const definition = page.definition ?? new Uint8Array(valueCount).fill(levels.leaf.definitionMax);
    const repetition = page.repetition ?? new Uint8Array(valueCount);
    levels.definition = joined(levels.definition.subarray(levels.at), definition);
    levels.repetition = joined(levels.repetition.subarray(levels.at), repetition);
    levels.values = levels.values.slice(levels.valueAt).concat(plainValues(levels.leaf.type, page.dense));
    levels.at = 0;
    levels.valueAt = 0;
    begun += countStarts(repetition, 0);
  }
}

/** The value of the entry just passed. */
export function takeValue(levels: LeafLevels): unknown {
  const value = levels.values[levels.valueAt++];
  assert(value !== undefined, 'there is a value for every entry at the highest level');
  return value;
}

function countStarts(repetition: Uint8Array, from: number): number {
  let count = 0;
  for (let i = from; i < repetition.length; i++) if (repetition[i] === 0) count++;
  return count;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b;
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
