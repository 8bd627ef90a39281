import {
  columnAt,
  createColumnBuffer,
  sliceColumn,
  type Arena,
  type ColumnBuffer,
  type StripedLeaf,
} from '@ticklake/columnar';
import type { ChunkReader, DataPage } from './chunk-reader.js';
import { corrupt } from '../format/corrupt.js';
import { located } from './page-walk.js';
import type { Leaf } from './schema-tree.js';

/** Decodes the chunk of one leaf of a nested column and hands it out by rows. */
export interface LeafLevels {
  readonly chunk: ChunkReader;
  /** Decodes pages until `rowCount` rows are complete: the next row has begun, or the chunk has ended. */
  fill(rowCount: number): Promise<void>;
  /** Takes `rowCount` rows, fewer where there are no more; they hold until the next call of {@link LeafLevels.fill}. */
  take(rowCount: number): StripedLeaf & { readonly rowCount: number };
  /** Whether everything was decoded and taken. */
  readonly isDone: boolean;
  release(): void;
}

/** Of one leaf. Far more than any order book is deep. */
const ROW_ENTRIES_MAX = 1_000_000;

/** A leaf before its first page. */
export function openLeafLevels(arena: Arena, leaf: Leaf, chunk: ChunkReader): LeafLevels {
  return new Levels(arena, leaf, chunk);
}

class Levels implements LeafLevels {
  private definition = growing();
  private repetition = growing();
  /** The values that are present, and those that are kept while others are put after them. */
  private values: ColumnBuffer;
  private spare: ColumnBuffer;
  /** The next slot. */
  private at = 0;
  /** The next value. */
  private valueAt = 0;
  private ended = false;

  constructor(
    private readonly arena: Arena,
    private readonly leaf: Leaf,
    readonly chunk: ChunkReader,
  ) {
    this.values = createColumnBuffer(arena, leaf.type);
    this.spare = createColumnBuffer(arena, leaf.type);
  }

  get isDone(): boolean {
    return this.ended && this.at >= this.definition.length;
  }

  async fill(rowCount: number): Promise<void> {
    let begun = countStarts(this.levelsOf(this.repetition), this.at);
    if (this.ended || begun > rowCount) return;
    this.forgetTaken();
    const { chunk, definition, repetition } = this;
    /** Entries of the row that has begun last. */
    let open = repetition.length - 1 - repetition.bytes.lastIndexOf(0, repetition.length - 1);
    while (!this.ended && begun <= rowCount) {
      const page = chunk.next();
      if (page instanceof Promise) {
        await page;
        continue;
      }
      if (page === undefined) {
        this.ended = true;
        chunk.finish();
        break;
      }
      try {
        const starts = page.repetition ?? new Uint8Array(page.valueCount);
        append(definition, page.definition ?? new Uint8Array(page.valueCount).fill(this.leaf.definitionMax));
        append(repetition, starts);
        open = checkRows(starts, open, page);
        const { presentCount: count } = page;
        page.values.append(this.values, { count, present: count, validity: 0 });
        begun += countStarts(starts, 0);
      } catch (error) {
        throw located(error, page.where);
      } finally {
        page.release();
      }
    }
  }

  take(rowCount: number): StripedLeaf & { readonly rowCount: number } {
    const { leaf, at, valueAt } = this;
    const [definition, repetition] = [this.levelsOf(this.definition), this.levelsOf(this.repetition)];
    let rows = 0;
    let present = 0;
    let end = at;
    for (; end < definition.length; end++) {
      if (repetition[end] === 0 && rows++ === rowCount) break;
      if (definition[end] === leaf.definitionMax) present++;
    }
    this.at = end;
    this.valueAt += present;
    const column = columnAt(this.arena, leaf.type, this.values.placedAsRead());
    return {
      rowCount: Math.min(rows, rowCount),
      slotCount: end - at,
      definitions: definition.subarray(at, end),
      repetitions: leaf.repetitionMax > 0 ? repetition.subarray(at, end) : undefined,
      values: sliceColumn(column, valueAt, this.valueAt),
    };
  }

  release(): void {
    this.chunk.release();
    this.values.release();
    this.spare.release();
  }

  private levelsOf({ bytes, length }: Growing): Uint8Array {
    return bytes.subarray(0, length);
  }

  /** What was taken makes room for what comes. */
  private forgetTaken(): void {
    const { arena, leaf, values, spare, valueAt } = this;
    drop(this.definition, this.at);
    drop(this.repetition, this.at);
    this.at = 0;
    this.valueAt = 0;
    spare.clear();
    if (valueAt < values.rowCount) {
      spare.append(columnAt(arena, leaf.type, values.placedAsRead()), valueAt, values.rowCount);
    }
    this.values = spare;
    this.spare = values;
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

function growing(): Growing {
  return { bytes: new Uint8Array(0), length: 0 };
}

function drop(from: Growing, count: number): void {
  from.bytes.copyWithin(0, count, from.length);
  from.length -= count;
}

function append(to: Growing, part: Uint8Array): void {
  if (to.length + part.length > to.bytes.length) {
    const wider = new Uint8Array(Math.max(to.bytes.length * 2, to.length + part.length));
    wider.set(to.bytes.subarray(0, to.length));
    to.bytes = wider;
  }
  to.bytes.set(part, to.length);
  to.length += part.length;
}
