import { allocFixed, isFixedType, type Field, type FixedColumn, type FixedValues } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { BATCH_ROWS } from '../limits.js';

/** The widest value. */
const VALUE_BYTES = 8;

/** Rows in a slot. */
export interface SlotRows {
  readonly rowCount: number;
  /** Which columns have nulls. */
  readonly nulls: readonly boolean[];
}

/** Memory for so many batches of rows of `fields`, which may go from one thread to another. */
export function createSlots(fields: readonly Field[], count: number): readonly SharedArrayBuffer[] {
  const sizeBytes = fields.length * BATCH_ROWS * (VALUE_BYTES + 1);
  return Array.from({ length: count }, () => new SharedArrayBuffer(sizeBytes));
}

/** Puts columns to a slot; returns which of them have nulls. */
export function fillSlot(slot: SharedArrayBuffer, columns: readonly FixedColumn[]): readonly boolean[] {
  return columns.map(({ values, validity }, i) => {
    assert(values.length <= BATCH_ROWS, 'a batch fits in its slot');
    const { buffer, byteOffset, byteLength } = values;
    new Uint8Array(slot, valuesAt(i), byteLength).set(new Uint8Array(buffer, byteOffset, byteLength));
    if (validity === undefined) return false;
    new Uint8Array(slot, validityAt(columns.length, i), validity.length).set(validity);
    return true;
  });
}

/** The rows in a slot, which hold until it is filled again. */
export function slotBatch(
  slot: SharedArrayBuffer,
  fields: readonly Field[],
  { rowCount, nulls }: SlotRows,
): { readonly rowCount: number; readonly columns: readonly FixedColumn[] } {
  const columns = fields.map(({ type }, i): FixedColumn => {
    assert(isFixedType(type), 'values of sources have a fixed width');
    const Values = allocFixed(type, 0).constructor as new (
      buffer: SharedArrayBuffer,
      at: number,
      count: number,
    ) => FixedValues;
    const values = new Values(slot, valuesAt(i), rowCount);
    if (nulls[i] !== true) return { layout: 'fixed', values };
    return {
      layout: 'fixed',
      values,
      validity: new Uint8Array(slot, validityAt(fields.length, i), rowCount),
    };
  });
  return { rowCount, columns };
}

function valuesAt(column: number): number {
  return column * BATCH_ROWS * VALUE_BYTES;
}

function validityAt(columnCount: number, column: number): number {
  return (columnCount * VALUE_BYTES + column) * BATCH_ROWS;
}
