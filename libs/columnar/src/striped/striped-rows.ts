import type { Column } from '../batch.js';
import type { NestedShape } from './nested-shape.js';

/** Rows of a nested column, striped: as the levels and values of its leaves. Whoever makes them answers for their agreeing. */
export interface StripedRows {
  readonly shape: NestedShape;
  readonly rowCount: number;
  /** One for each leaf of the shape, in order. */
  readonly leaves: readonly StripedLeaf[];
}

/** One leaf of {@link StripedRows}. */
export interface StripedLeaf {
  /** Places where a value could stand. */
  readonly slotCount: number;
  /** A definition level a slot; absent where every slot has a value. */
  readonly definitions: Uint8Array | undefined;
  /** A repetition level a slot; absent where no list is above the leaf. */
  readonly repetitions: Uint8Array | undefined;
  /** The values that are present, without nulls. */
  readonly values: Column;
}
