import { createColumnBuffer, createRowHasher, type Arena, type RowDigests } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { ParquetReader } from '@ticklake/parquet';
import { SESSION_TABLE_BYTES } from '../../limits.js';

/** What {@link countDuplicateSessions} works with. */
export interface SessionTools {
  readonly arena: Arena;
  readonly signal: AbortSignal;
  /** Memory for sessions, at least that of two; 16 MiB when left out. More of them take more passes. */
  readonly tableBytes?: number;
}

/**
 * How many entries have a `meta.session_id` that an earlier one of `days` has (T2-21). Reads that leaf and no other, and holds of every
 * session 128 bits of hash in a table of fixed size: where there are more than fit, the sessions are split by their hashes, and each pass
 * over the leaf counts one part. Two sessions of one hash, of which there is one chance in 10^24 among ten million, would be counted as one.
 *
 * @throws LakeError `corrupt` when a page is bad, `cancelled`; what the source throws.
 */
export async function countDuplicateSessions(
  days: readonly ParquetReader[],
  tools: SessionTools,
): Promise<number> {
  const tableSlots = Math.max(4, Math.floor((tools.tableBytes ?? SESSION_TABLE_BYTES) / SLOT_BYTES));
  const rowCount = days.reduce((sum, reader) => sum + reader.rowCount, 0);
  // No more than half full: then the next free slot is near.
  for (let passCount = Math.max(1, Math.ceil((2 * rowCount) / tableSlots)); ; passCount *= 2) {
    const slotCount = Math.min(tableSlots, 2 * rowCount + 2);
    const duplicates = await countInPasses(days, { ...tools, passCount, slotCount });
    if (duplicates !== undefined) return duplicates;
  }
}

/** The 32-bit lanes of a digest. */
const LANES = 4;
const SLOT_BYTES = LANES * 4;

const SESSION = { name: 'session_id', type: { kind: 'utf8' }, nullable: false } as const;
const PATH = 'meta.session_id';

interface Passes extends SessionTools {
  readonly passCount: number;
  readonly slotCount: number;
}

/** `undefined` when the sessions of one pass do not fit. */
async function countInPasses(
  days: readonly ParquetReader[],
  { arena, signal, passCount, slotCount }: Passes,
): Promise<number | undefined> {
  const buffer = createColumnBuffer(arena, SESSION.type);
  const hasher = createRowHasher(arena, { fields: [SESSION] }, { exclude: [] });
  const table = new SessionTable(slotCount);
  const places = days.map((reader) => ({
    reader,
    leaf: reader.leaves.findIndex(({ path }) => path.join('.') === PATH),
  }));
  let duplicates = 0;
  try {
    for (let pass = 0; pass < passCount; pass++) {
      table.clear();
      for (const { reader, leaf } of places) {
        if (leaf < 0) continue;
        for (let rowGroup = 0; rowGroup < reader.rowGroups.length; rowGroup++) {
          if (signal.aborted) throw new LakeError('cancelled', 'cancelled while sessions were counted');
          buffer.clear();
          await reader.leafValues({ rowGroup, leaf }, buffer);
          const digests = hasher.digest([buffer.placedAsRead()], { start: 0, end: buffer.rowCount });
          const found = table.add(digests, { pass, passCount });
          if (found === undefined) return undefined;
          duplicates += found;
        }
      }
    }
    return duplicates;
  } finally {
    buffer.release();
    hasher.release();
  }
}

/** Digests by open addressing. */
class SessionTable {
  private readonly slots: Int32Array;
  private filled = 0;

  constructor(private readonly slotCount: number) {
    this.slots = new Int32Array(slotCount * LANES);
  }

  clear(): void {
    this.slots.fill(0);
    this.filled = 0;
  }

  /** How many of those that are of this pass were there already; `undefined` when the table is full. */
  add(
    { arena, address, rowCount }: RowDigests,
    { pass, passCount }: { readonly pass: number; readonly passCount: number },
  ): number | undefined {
    const lanes = arena.view(Int32Array, address, rowCount * LANES);
    let found = 0;
    for (let i = 0; i < lanes.length; i += LANES) {
      if (((lanes[i + 3] as number) >>> 0) % passCount !== pass) continue;
      if (this.has(lanes, i)) found++;
      else if (this.filled >= this.slotCount - 1) return undefined;
    }
    return found;
  }

  /** Whether it was there; it is afterwards. */
  private has(lanes: Int32Array, from: number): boolean {
    const { slots, slotCount } = this;
    // A slot whose first lane is 0 is free.
    const first = (lanes[from] as number) || 1;
    let slot = ((lanes[from + 1] as number) >>> 0) % slotCount;
    for (;;) {
      const at = slot * LANES;
      if (slots[at] === 0) {
        slots[at] = first;
        for (let lane = 1; lane < LANES; lane++) slots[at + lane] = lanes[from + lane] as number;
        this.filled++;
        return false;
      }
      if (
        slots[at] === first &&
        slots[at + 1] === lanes[from + 1] &&
        slots[at + 2] === lanes[from + 2] &&
        slots[at + 3] === lanes[from + 3]
      ) {
        return true;
      }
      slot = slot + 1 === slotCount ? 0 : slot + 1;
    }
  }
}
