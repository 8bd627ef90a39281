import type { Field } from '@ticklake/columnar';
import { BATCH_ROWS } from '../limits.js';
import { openListed, type SourceRequest } from '../sources/open-source.js';
import type { OpenSource, SourceReading, SourceRows } from '../sources/source-rows.js';
import type { Claims } from './claims.js';
import type { LaneTools } from './lane-work.js';
import { createSlots, fillSlot, slotBatch, type SlotRows } from './row-slots.js';

/** A row group of so many batches is read ahead. */
const BATCHES_MAX = 2;

/** What row groups are read ahead of. */
export interface AheadParts {
  readonly request: SourceRequest;
  readonly tools: Pick<LaneTools, 'data' | 'arena'>;
  readonly claims: Claims;
  readonly fields: readonly Field[];
}

interface HeldGroup {
  readonly rowGroup: number;
  readonly batches: readonly SlotRows[];
  /** Why there are no more batches. */
  readonly failure: { readonly error: unknown } | undefined;
}

/** Reads row groups of a source that nobody else has taken, one at a time, and holds it until its rows are asked for. */
export interface ReadAhead {
  /** The row group it holds. */
  readonly rowGroup: number | undefined;
  /** How the source was read so far; `undefined` before anything was. */
  readonly reading: SourceReading | undefined;
  /**
   * Reads one, where it holds none and some are left: of Parquet whose row groups are all small enough to hold.
   *
   * @throws LakeError as `openListed`, the first time.
   */
  readOne(): Promise<void>;
  /** The rows it holds, if any, which it forgets. @throws LakeError as the source. */
  rows(): Iterable<Pick<SourceRows, 'rowCount' | 'columns'>>;
  close(): Promise<void>;
}

/** Holds nothing yet. */
export function createReadAhead(parts: AheadParts): ReadAhead {
  return new AheadReader(parts);
}

class AheadReader implements ReadAhead {
  private held: HeldGroup | undefined;
  private opened: OpenSource | undefined;
  /** No more of them once it is `undefined`, after it was opened. */
  private batches: AsyncGenerator<SourceRows> | undefined;
  private readonly slots: readonly SharedArrayBuffer[];
  private claimed = 0;

  constructor(private readonly parts: AheadParts) {
    this.slots = createSlots(parts.fields, BATCHES_MAX);
  }

  get rowGroup(): number | undefined {
    return this.held?.rowGroup;
  }

  get reading(): SourceReading | undefined {
    return this.opened?.reading();
  }

  async readOne(): Promise<void> {
    if (this.held !== undefined) return;
    if (this.opened === undefined) await this.open();
    if (this.batches === undefined) return;
    const batches: SlotRows[] = [];
    let failure: HeldGroup['failure'];
    try {
      for (let isLast = false; !isLast; ) {
        const { value: rows } = (await this.batches.next()) as { readonly value: SourceRows | undefined };
        if (rows?.within === undefined) {
          this.batches = undefined;
          return;
        }
        const { rowCount, columns, within } = rows;
        const nulls = fillSlot(this.slots[batches.length] as SharedArrayBuffer, columns);
        batches.push({ rowCount, nulls });
        isLast = within.isLast;
      }
    } catch (error) {
      // Told when its turn comes: what is wrong with rows before it comes first.
      failure = { error };
    }
    this.held = { rowGroup: this.claimed, batches, failure };
  }

  *rows(): Generator<Pick<SourceRows, 'rowCount' | 'columns'>> {
    const { held, slots } = this;
    if (held === undefined) return;
    for (const [i, rows] of held.batches.entries())
      yield slotBatch(slots[i] as SharedArrayBuffer, this.parts.fields, rows);
    this.held = undefined;
    if (held.failure !== undefined) throw held.failure.error;
  }

  async close(): Promise<void> {
    await this.batches?.return(undefined);
    this.batches = undefined;
  }

  private async open(): Promise<void> {
    const { request, tools } = this.parts;
    if (request.format !== 'parquet') return;
    this.opened = await openListed(request, tools);
    const { rowGroups = [] } = this.opened;
    if (rowGroups.every(({ rowCount }) => rowCount <= BATCHES_MAX * BATCH_ROWS))
      this.batches = this.opened.rows(this.groups(rowGroups.length));
    else this.opened.close();
  }

  private *groups(count: number): Iterable<number> {
    for (const rowGroup of this.parts.claims.take(count)) {
      this.claimed = rowGroup;
      yield rowGroup;
    }
  }
}
