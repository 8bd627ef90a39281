import { columnAt, createColumnBuffer, type Arena, type ColumnBuffer } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { ChunkReader, DataPage } from './chunk-reader.js';
import { corrupt } from '../format/corrupt.js';
import { located } from './page-walk.js';
import { plainValues } from './plain-values.js';
import type { Leaf } from './schema-tree.js';

/** The levels and values of one leaf of a nested column that are decoded but not yet assembled into rows. */
export interface LeafLevels {
  readonly leaf: Leaf;
  readonly chunk: ChunkReader;
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

/** Of one leaf. Far more than any order book is deep. */
const ROW_ENTRIES_MAX = 1_000_000;

/** A leaf before its first page. */
export function leafLevels(leaf: Leaf, chunk: ChunkReader): LeafLevels {
  return { leaf, chunk, definition: NONE, repetition: NONE, values: [], at: 0, valueAt: 0, ended: false };
}

/** Decodes pages until `rowCount` rows are complete: the next row has begun, or the chunk has ended. */
export async function fillRows(arena: Arena, levels: LeafLevels, rowCount: number): Promise<void> {
  let begun = countStarts(levels.repetition, levels.at);
  if (levels.ended || begun > rowCount) return;
  const { leaf, chunk } = levels;
  const definition = growing(levels.definition.subarray(levels.at));
  const repetition = growing(levels.repetition.subarray(levels.at));
  const values = levels.values.slice(levels.valueAt);
  /** Entries of the row that has begun last. */
  let open = repetition.length - 1 - repetition.bytes.lastIndexOf(0, repetition.length - 1);
  while (!levels.ended && begun <= rowCount) {
    const page = chunk.next();
    if (page instanceof Promise) {
      await page;
      continue;
    }
    if (page === undefined) {
      levels.ended = true;
      chunk.finish();
      break;
    }
    const { valueCount } = page;
    const pageRepetition = page.repetition ?? new Uint8Array(valueCount);
    append(definition, page.definition ?? new Uint8Array(valueCount).fill(leaf.definitionMax));
    append(repetition, pageRepetition);
    open = checkRows(pageRepetition, open, page);
    for (const value of valuesOf(arena, leaf, page)) values.push(value);
    begun += countStarts(pageRepetition, 0);
  }
  levels.definition = definition.bytes.subarray(0, definition.length);
  levels.repetition = repetition.bytes.subarray(0, repetition.length);
  levels.values = values;
  levels.at = 0;
  levels.valueAt = 0;
}

/** The value of the entry just passed. */
export function takeValue(levels: LeafLevels): unknown {
  const value = levels.values[levels.valueAt++];
  assert(value !== undefined, 'there is a value for every entry at the highest level');
  return value;
}

/** All present values of a page, which is released. */
function valuesOf(arena: Arena, { type }: Leaf, page: DataPage): unknown[] {
  const buffer: ColumnBuffer = createColumnBuffer(arena, type);
  const { presentCount: count, values, where } = page;
  try {
    values.append(buffer, { count, present: count, validity: 0 });
    return plainValues(type, columnAt(arena, type, buffer.placed()));
  } catch (error) {
    throw located(error, where);
  } finally {
    buffer.release();
    page.release();
  }
}

/**
 * A few bytes can stand for millions of values, which a row holds all at once. Returns how many entries of the page's last row there
 * are.
 *
 * @throws LakeError `corrupt` (`LIMIT`).
 */
function checkRows(repetition: Uint8Array, openBefore: number, page: DataPage): number {
  let open = openBefore;
  for (let i = 0; i < repetition.length; i++) {
    open = repetition[i] === 0 ? 1 : open + 1;
    if (open <= ROW_ENTRIES_MAX) continue;
    page.release();
    throw located(corrupt('LIMIT', 'a row has too many values', { max: ROW_ENTRIES_MAX }), page.where);
  }
  return open;
}

function countStarts(repetition: Uint8Array, from: number): number {
  let count = 0;
  for (let i = from; i < repetition.length; i++) if (repetition[i] === 0) count++;
  return count;
}

/** Bytes with room for more: a row may go through any number of pages, and may not be copied for each of them. */
interface Growing {
  bytes: Uint8Array;
  length: number;
}

function growing(bytes: Uint8Array): Growing {
  return { bytes, length: bytes.length };
}

/** What was put first is taken as it is and never written to. */
function append(to: Growing, part: Uint8Array): void {
  if (to.length === 0) to.bytes = part;
  else {
    if (to.length + part.length > to.bytes.length) {
      const wider = new Uint8Array(Math.max(to.bytes.length * 2, to.length + part.length));
      wider.set(to.bytes.subarray(0, to.length));
      to.bytes = wider;
    }
    to.bytes.set(part, to.length);
  }
  to.length += part.length;
}
