import type { PlacedFlat } from '@ticklake/columnar';
import type { Leaf } from './leaf.js';

/** One row group of one leaf. */
export interface LeafRows {
  readonly leaf: Leaf;
  readonly rowCount: number;
  /** Rows of a flat leaf; of a nested one, places where a value could stand. */
  readonly slotCount: number;
  /** Of a flat leaf, its rows, nulls included; of a nested one, its present values. */
  readonly column: PlacedFlat;
  /** Of a nested leaf, one a slot; `undefined` where every slot is at the highest level. */
  readonly definitions: Uint8Array | undefined;
  /** One a slot; only under a list or map. */
  readonly repetitions: Uint8Array | undefined;
}
