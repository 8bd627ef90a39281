import type { ColumnBuffer } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { FileMeta } from '../format/metadata.js';
import {
  openChunk,
  type ChunkReader,
  type ChunkTask,
  type DataPage,
  type PassingPage,
} from './chunk-reader.js';
import { dropRows } from './drop-rows.js';
import { located, type PageContext } from './page-walk.js';
import type { PagePlan } from './page-plan.js';
import type { Leaf } from './schema-tree.js';
import type { CursorRows } from './sticky-cursor.js';
import { appendWholeChunk } from './whole-chunk.js';

/** A column of which every row is one value or null. */
export interface FlatColumn {
  readonly meta: FileMeta;
  readonly leaf: Leaf;
  readonly leafIndex: number;
  readonly firstRowGroup: number;
  /** The first row group that is none of it; behind the last one of the file when left out. */
  readonly rowGroupEnd?: number;
  /** Of the first row group. */
  readonly plan?: PagePlan | undefined;
  readonly onPage?: ((page: PassingPage) => void) | undefined;
}

/** What a cursor over a flat column reads with. */
export function flatRows(context: PageContext, column: FlatColumn): CursorRows {
  return new FlatRows(context, column);
}

class FlatRows implements CursorRows {
  private rowGroup: number;
  private chunk: ChunkReader | undefined;
  private page: DataPage | undefined;
  /** Of the page that is open: its validity, how many of its rows have been read. */
  private validity: Address = 0;
  private next = 0;

  constructor(
    private readonly context: PageContext,
    private readonly column: FlatColumn,
  ) {
    this.rowGroup = column.firstRowGroup;
  }

  read(buffer: ColumnBuffer, rowCount: number): Promise<void> | undefined {
    let left = rowCount;
    while (left > 0) {
      if (this.page === undefined) {
        const appended = this.appendChunk(buffer, left);
        left -= appended;
        const wait = appended > 0 ? undefined : this.openPage();
        if (wait === undefined) continue;
        const rest = left;
        return wait.then(() => this.read(buffer, rest));
      }
      const count = Math.min(left, this.page.valueCount - this.next);
      this.append(buffer, this.page, count);
      this.next += count;
      left -= count;
      if (this.next === this.page.valueCount) this.finishPage();
    }
    return undefined;
  }

  open(): Promise<void> | undefined {
    if (this.page !== undefined) return undefined;
    return this.openPage()?.then(() => this.open());
  }

  async skip(rowCount: number): Promise<void> {
    for (let left = rowCount; left > 0; ) {
      if (this.page === undefined) {
        this.chunk ??= this.openNextChunk();
        const passed = this.chunk.pass(left);
        if (passed instanceof Promise) await passed;
        else if (passed === 0) await this.openPage();
        else {
          left -= passed;
          if (this.chunk.isEnded) this.finishChunk(this.chunk);
        }
        continue;
      }
      const rest = this.page.valueCount - this.next;
      if (rest > left) {
        const { arena } = this.context;
        return dropRows(this, { arena, type: this.column.leaf.type, rowCount: left });
      }
      left -= rest;
      this.chunk?.passRest();
      this.finishPage();
    }
  }

  close(): void {
    this.closePage();
    this.chunk?.release();
    this.chunk = undefined;
  }

  /** Opens the next page; a promise when its bytes must be waited for. */
  private openPage(): Promise<void> | undefined {
    for (;;) {
      this.chunk ??= this.openNextChunk();
      const page = this.chunk.next();
      if (page instanceof Promise) return page;
      if (page !== undefined) {
        this.page = page;
        this.validity = this.placeValidity(page.definition);
        this.next = 0;
        return undefined;
      }
      // A chunk without values.
      this.finishChunk(this.chunk);
    }
  }

  /** Appends the rows of the next chunk, if none of it has been read and there are no more, at once; how many that were. */
  private appendChunk(buffer: ColumnBuffer, rowsMax: number): number {
    const { plan, onPage } = this.column;
    if (this.chunk !== undefined || plan !== undefined || onPage !== undefined) return 0;
    const task = this.nextChunk();
    const { valueCount } = task.chunk;
    // Where none of its values are, a chunk may be said to stand anywhere.
    if (valueCount === 0 || valueCount > rowsMax || !appendWholeChunk(this.context, task, buffer)) return 0;
    this.rowGroup++;
    return valueCount;
  }

  private openNextChunk(): ChunkReader {
    const task = this.nextChunk();
    this.rowGroup++;
    return openChunk(this.context, task);
  }

  private nextChunk(): ChunkTask {
    const { meta, leaf, leafIndex, firstRowGroup, rowGroupEnd = Infinity, onPage } = this.column;
    const { rowGroup } = this;
    const chunk = meta.rowGroups[rowGroup]?.chunk(leafIndex);
    assert(chunk !== undefined && rowGroup < rowGroupEnd, 'the column has fewer rows left');
    const plan = rowGroup === firstRowGroup ? this.column.plan : undefined;
    return { chunk, leaf, rowGroup, plan, onPage };
  }

  private placeValidity(definition: Uint8Array | undefined): Address {
    if (definition === undefined) return 0;
    const { arena } = this.context;
    const address = arena.alloc(definition.length);
    arena.put(definition, address);
    return address;
  }

  private append(buffer: ColumnBuffer, page: DataPage, count: number): void {
    const at = this.validity === 0 ? 0 : this.validity + this.next;
    const present = at === 0 ? count : countOnes(this.context.arena.bytes, at, count);
    try {
      page.values.append(buffer, { count, present, validity: present === count ? 0 : at });
    } catch (error) {
      throw located(error, page.where);
    }
  }

  /** What the footer says of a chunk is settled with its last value, whether or not anybody asks for more. */
  private finishPage(): void {
    this.closePage();
    if (this.chunk?.isEnded === true) this.finishChunk(this.chunk);
  }

  private finishChunk(chunk: ChunkReader): void {
    chunk.finish();
    chunk.release();
    this.chunk = undefined;
  }

  private closePage(): void {
    this.page?.release();
    this.page = undefined;
    if (this.validity !== 0) this.context.arena.free(this.validity);
    this.validity = 0;
  }
}

function countOnes(bytes: Uint8Array, at: Address, count: number): number {
  let ones = 0;
  for (let i = at; i < at + count; i++) ones += bytes[i] as number;
  return ones;
}
