import type { RecordBatch } from '@ticklake/columnar';
import { parseUtcDay, type UtcDay } from '@ticklake/core';
import { isAvailableOn, parseInstrumentType } from '@ticklake/market';
import { instrumentRows, type InstrumentRow } from '../instruments/index.js';
import { listPartitions } from '../partitions/list-partitions.js';
import type { LakeReader } from '../reader/open-lake.js';

/** Which of the instruments are asked for. */
export interface InstrumentFilter {
  readonly venue?: string;
  /** In any spelling. */
  readonly instrumentType?: string;
}

/** Instruments of a lake in memory, by day (RD-14, AP-31). */
export interface AvailabilityIndex {
  /** Days that instruments were published of, in order. */
  readonly days: readonly UtcDay[];
  /** The instruments that were published of a day; none where nothing was. */
  on(day: string, filter?: InstrumentFilter): readonly InstrumentRow[];
  /**
   * The instruments that could be traded on a day, by what was known of them on that day: by the last publication up to it, or where the first
   * is later, by that.
   */
  availableOn(day: string, filter?: InstrumentFilter): readonly InstrumentRow[];
}

/**
 * Loads the instruments of a lake, of a range of days or of all there are, so that asking for those of a day reads nothing.
 *
 * @throws LakeError as reads of the availability tier.
 */
export async function openAvailability(
  lake: LakeReader,
  { from, to }: { readonly from?: string; readonly to?: string } = {},
): Promise<AvailabilityIndex> {
  const [first, last] = [from && parseUtcDay(from), to && parseUtcDay(to)];
  const { store, layout } = await lake.tier('availability');
  const byDay = new Map<UtcDay, readonly InstrumentRow[]>();
  for await (const { names } of listPartitions(store, layout)) {
    const { day } = names;
    if ((first && day < first) || (last && day > last)) continue;
    const rows = await rowsOf(lake.readAvailabilityData({ date: day }));
    if (rows.length > 0) byDay.set(day, rows);
  }
  return new MemoryIndex(byDay);
}

async function rowsOf(batches: AsyncIterable<RecordBatch>): Promise<readonly InstrumentRow[]> {
  const rows: InstrumentRow[] = [];
  for await (const batch of batches) rows.push(...instrumentRows(batch));
  return rows;
}

class MemoryIndex implements AvailabilityIndex {
  readonly days: readonly UtcDay[];

  constructor(private readonly byDay: ReadonlyMap<UtcDay, readonly InstrumentRow[]>) {
    this.days = [...byDay.keys()].sort();
  }

  on(day: string, filter: InstrumentFilter = {}): readonly InstrumentRow[] {
    return (this.byDay.get(parseUtcDay(day)) ?? []).filter(matcher(filter));
  }

  availableOn(text: string, filter: InstrumentFilter = {}): readonly InstrumentRow[] {
    const day = parseUtcDay(text);
    const known = this.days.findLast((one) => one <= day) ?? this.days[0];
    if (known === undefined) return [];
    const matches = matcher(filter);
    return (this.byDay.get(known) ?? []).filter(
      (row) =>
        matches(row) && isAvailableOn({ from: row.available_from, to: row.available_to ?? undefined }, day),
    );
  }
}

function matcher({ venue, instrumentType }: InstrumentFilter): (row: InstrumentRow) => boolean {
  const upper = venue?.toUpperCase();
  const type = instrumentType === undefined ? undefined : parseInstrumentType(instrumentType);
  return (row) =>
    (upper === undefined || row.venue === upper) && (type === undefined || row.instrument_type === type);
}
