import type { Field } from '@ticklake/columnar';
import { BATCH_ROWS } from '../limits.js';
import { openListed, type SourceRequest } from '../sources/open-source.js';
import type { SourceReading, SourceRows } from '../sources/source-rows.js';
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
  /** Reads one, as the rows before it were read, where it holds none, some are left, and none of the file is too large to hold. */
  readOne(reading: SourceReading): Promise<void>;
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
  private source: AsyncGenerator<SourceRows> | undefined;
  private slots: readonly SharedArrayBuffer[] = [];
  private claimed = 0;
  private isOver = false;

  constructor(private readonly parts: AheadParts) {}

  get rowGroup(): number | undefined {
    return this.held?.rowGroup;
  }

  async readOne(reading: SourceReading): Promise<void> {
    const { rowGroupMax } = reading.rowCounts ?? { rowGroupMax: Infinity };
    if (this.held !== undefined || this.isOver || rowGroupMax > BATCHES_MAX * BATCH_ROWS) return;
    this.source ??= await this.open(reading);
    const batches: SlotRows[] = [];
    let failure: HeldGroup['failure'];
    try {
      for (let isLast = false; !isLast; ) {
        const { value: rows } = (await this.source.next()) as { readonly value: SourceRows | undefined };
        this.isOver = rows === undefined;
        if (rows?.within === undefined) return;
        const { rowCount, columns, within } = rows;
        const nulls = fillSlot(this.slots[batches.length] as SharedArrayBuffer, columns);
        batches.push({ rowCount, nulls });
        isLast = within.isLast;
      }
    } catch (error) {
      // Told when its turn comes: what is wrong with rows before it comes first.
      failure = { error };
      this.isOver = true;
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
    await this.source?.return(undefined);
  }

  private async open({ sourceUnit }: SourceReading): Promise<AsyncGenerator<SourceRows>> {
    const { request, tools, fields } = this.parts;
    this.slots = createSlots(fields, BATCHES_MAX);
    const opened = await openListed({ ...request, time: { ...request.time, sourceUnit } }, tools);
    return opened.rows(this.groups(opened.rowGroups?.length ?? 0));
  }

  private *groups(count: number): Iterable<number> {
    for (const rowGroup of this.parts.claims.take(count)) {
      this.claimed = rowGroup;
      yield rowGroup;
    }
  }
}
