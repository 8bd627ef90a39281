import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import type { Dictionary } from '../batch.js';
import { bytesOf } from './fixed-view.js';

/** A dictionary from outside, copied into an arena: where it stands depends on what it holds. */
export interface PlacedDictionary {
  readonly values: Address;
  readonly offsets: Address;
  readonly data: Address;
  readonly count: number;
  readonly keepsCodes: true;
  readonly rowCount: 0;
}

/** Keeps the last dictionary that came from outside, since slices of a batch bring the same one again and again. */
export interface OutsideDictionary {
  /** The same object for the same dictionary, until another comes. */
  place(dictionary: Dictionary): PlacedDictionary;
  release(): void;
}

/** None yet. */
export function createOutsideDictionary(arena: Arena): OutsideDictionary {
  let last: Dictionary | undefined;
  let placed: PlacedDictionary | undefined;
  const release = () => {
    for (const address of [placed?.values, placed?.offsets, placed?.data]) if (address) arena.free(address);
    placed = undefined;
    last = undefined;
  };
  const put = (bytes: Uint8Array) => {
    const address = arena.alloc(bytes.length);
    arena.put(bytes, address);
    return address;
  };
  return {
    place(dictionary) {
      if (placed !== undefined && isSame(dictionary, last)) return placed;
      release();
      last = dictionary;
      if ('offsets' in dictionary) {
        const { offsets: ends, data: bytes } = dictionary;
        const offsets = put(bytesOf(ends, 0, ends.length));
        const count = ends.length - 1;
        try {
          const data = put(bytes.subarray(0, ends[count]));
          placed = { values: 0, offsets, data, count, keepsCodes: true, rowCount: 0 };
        } catch (error) {
          arena.free(offsets);
          throw error;
        }
      } else {
        const values = put(bytesOf(dictionary, 0, dictionary.length));
        placed = { values, offsets: 0, data: 0, count: dictionary.length, keepsCodes: true, rowCount: 0 };
      }
      return placed;
    },
    release,
  };
}

/** Slicing makes another object of the same parts. */
function isSame(a: Dictionary, b: Dictionary | undefined): boolean {
  if (a === b || b === undefined) return a === b;
  return 'offsets' in a && 'offsets' in b && a.offsets === b.offsets && a.data === b.data;
}
