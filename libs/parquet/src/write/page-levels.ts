import { withBlock, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import type { Address } from '@ticklake/kernels';
import { bitWidthOf, hybridBound } from './coded-encoding.js';
import { putEqual } from './equal-values.js';
import type { LeafRows } from './leaf-rows.js';
import type { PageRange } from './page-plan.js';

/** The levels of a row group of a leaf in an arena, a byte a slot; 0 where all are at the highest, or there are none. */
export interface PlacedLevels {
  readonly definitions: Address;
  readonly repetitions: Address;
  /** The most bytes that {@link PlacedLevels.put} writes. */
  bound(range: PageRange): number;
  /** Writes the repetition and definition levels of a page, each behind its length; returns how many bytes that took. */
  put(to: Address, range: PageRange): number;
}

/** The levels of `rows`; `held` keeps those that are not in the arena yet. */
export function placeLevels(arena: Arena, held: ArenaBuffer, rows: LeafRows): PlacedLevels {
  const { leaf, slotCount, column } = rows;
  const at = held.room(2 * slotCount);
  const place = (levels: Uint8Array | undefined, to: Address) => {
    if (levels === undefined) return 0;
    arena.put(levels.subarray(0, slotCount), to);
    return to;
  };
  const repetitions = place(rows.repetitions, at);
  // A flat leaf has one level, which is its validity.
  const isFlat = leaf.path.length === 1;
  const definitions = isFlat ? column.validity : place(rows.definitions, at + slotCount);
  const all = [
    { levels: repetitions, max: leaf.repetitionMax },
    { levels: definitions, max: leaf.definitionMax },
  ].filter(({ max }) => max > 0);
  return {
    definitions,
    repetitions,
    bound: ({ slotStart, slotEnd }) =>
      all.reduce((sum, { max }) => sum + 4 + hybridBound(slotEnd - slotStart, bitWidthOf(max)), 0),
    put(to, { slotStart, slotEnd }) {
      let next = to;
      for (const { levels, max } of all) {
        const count = slotEnd - slotStart;
        const length = putRuns(arena, next + 4, { levels: levels && levels + slotStart, max, count });
        new DataView(arena.bytes.buffer, next, 4).setUint32(0, length, true);
        next += 4 + length;
      }
      return next - to;
    },
  };
}

/** Without `levels` every slot is at the highest one. */
function putRuns(
  arena: Arena,
  to: Address,
  { levels, max, count }: { readonly levels: Address; readonly max: number; readonly count: number },
): number {
  if (levels === 0) return putEqual(arena, to, { value: max, width: bitWidthOf(max), count });
  return withBlock(arena, count * 4, (words) => {
    arena.kernels.widen(levels, count, 8, false, words);
    return arena.kernels.hybridWrite(words, count, bitWidthOf(max), to);
  });
}
