import { allocFixed, isFixedType, type Field, type FixedColumn, type FixedValues } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { BATCH_ROWS } from '../limits.js';

/** A batch that one thread has taken, one that waits for it, and one that is being made. */
const SLOTS = 3;

/** The widest value. */
const VALUE_BYTES = 8;

/** Memory for batches of rows of `fields` that go from one thread to another. */
export function createSlots(fields: readonly Field[]): readonly SharedArrayBuffer[] {
  const sizeBytes = fields.length * BATCH_ROWS * (VALUE_BYTES + 1);
  return Array.from({ length: SLOTS }, () => new SharedArrayBuffer(sizeBytes));
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

/** The columns in a slot, which hold until it is filled again. */
export function slotColumns(
  slot: SharedArrayBuffer,
  fields: readonly Field[],
  { rowCount, nulls }: { readonly rowCount: number; readonly nulls: readonly boolean[] },
): readonly FixedColumn[] {
  return fields.map(({ type }, i): FixedColumn => {
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
}

function valuesAt(column: number): number {
  return column * BATCH_ROWS * VALUE_BYTES;
}

function validityAt(columnCount: number, column: number): number {
  return (columnCount * VALUE_BYTES + column) * BATCH_ROWS;
}
