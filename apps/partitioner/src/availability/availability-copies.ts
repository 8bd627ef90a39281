import { splitBatch, valueAt, type RecordBatch } from '@ticklake/columnar';
import { assert, type UtcDay } from '@ticklake/core';
import { parseInstrumentType } from '@ticklake/market';
import type { AvailabilityPartition, ViewName } from '@ticklake/partition';
import type { TierLayout } from '../layout/tier-layout.js';
import type { CopyPlan } from '../partitions/view-copies.js';

/** What the views of venues and types get of the instruments of a day: each has the rows that are its own, and only these (D-03, D-04). */
export function availabilityCopies(batch: RecordBatch, day: UtcDay, layout: TierLayout): readonly CopyPlan[] {
  const kind = layout.document.copies === 'all' ? 'data' : 'reference';
  const plans = (view: ViewName, column: string, partition: (value: string) => AvailabilityPartition) => {
    if (!layout.availability.has(view)) return [];
    const parts = [...splitBatch(batch, textOf(batch, column))];
    const rowCount = parts.reduce((sum, [, part]) => sum + part.rowCount, 0);
    assert(rowCount === batch.rowCount, 'every row is of one venue and one type');
    return parts.map(
      ([value, rows]): CopyPlan => ({
        view,
        kind,
        rows,
        path: layout.availabilityPath(view, partition(value)),
      }),
    );
  };
  return [
    ...plans('by_venue', 'venue', (venue) => ({ day, venue })),
    ...plans('by_instrument_type', 'instrument_type', (type) => ({
      day,
      instrumentType: parseInstrumentType(type),
    })),
  ];
}

function textOf({ schema, columns }: RecordBatch, name: string): (row: number) => string {
  const column = columns[schema.fields.findIndex((field) => field.name === name)];
  assert(column !== undefined, 'instruments have a venue and a type');
  return (row) => Buffer.from(valueAt(column, row) as Uint8Array).toString('utf8');
}
