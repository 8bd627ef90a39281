import { allocFixed, type FixedType, type FixedValues } from '@ticklake/columnar';
import { narrowWords, widenWords } from './narrow-integers.js';
import { padded, wordsOf, type BlockReader, type BlockWriter } from './spill-block.js';

/** How values of a fixed width stand in a block. */
export interface FixedCoding {
  /** Bytes of a value. */
  readonly width: number;
  /** What so many values may take. */
  bytesMax(count: number): number;
  write(block: BlockWriter, values: FixedValues): void;
  /** What so many values take that stand in the block in fewer bytes, at most. */
  widenedBytes(count: number): number;
  /** Values, in the block or where there is room for those that stand there in fewer bytes. */
  read(block: BlockReader, count: number, widened: BlockReader): FixedValues;
}

/** The coding of values of `type`. */
export function fixedCoding(type: FixedType): FixedCoding {
  const ownOf = allocFixed(type, 0);
  const width = ownOf.BYTES_PER_ELEMENT;
  const valuesIn = createValuesIn(ownOf);
  return width === WIDTH && type.kind !== 'float' ? integerCoding(valuesIn) : plainCoding(valuesIn, width);
}

/** Bytes as so many values of a type. */
type ValuesIn = (bytes: Uint8Array, count: number) => FixedValues;

function createValuesIn(ownOf: FixedValues): ValuesIn {
  const ArrayType = ownOf.constructor as new (
    buffer: ArrayBufferLike,
    at: number,
    count: number,
  ) => FixedValues;
  return ({ buffer, byteOffset }, count) => new ArrayType(buffer, byteOffset, count);
}

function plainCoding(valuesIn: ValuesIn, width: number): FixedCoding {
  return {
    width,
    bytesMax: (count) => padded(count * width),
    write: (block, values) => block.room(values.byteLength).set(bytesOf(values)),
    widenedBytes: () => 0,
    read: (block, count) => valuesIn(block.room(count * width), count),
  };
}

const WIDTH = 8;
/** Whether integers are narrow, and the two halves that say how. */
const HEAD_BYTES = 4 * 4;

/** A head, and 32 bits of each 64-bit integer where those say all of it, or else the integers. */
function integerCoding(valuesIn: ValuesIn): FixedCoding {
  return {
    width: WIDTH,
    bytesMax: (count) => HEAD_BYTES + count * WIDTH,
    write(block, values) {
      const head = wordsOf(block.room(HEAD_BYTES));
      const room = block.room(values.byteLength);
      const narrowBytes = values.length * 4;
      const zero = narrowWords(wordsOf(bytesOf(values)), wordsOf(room.subarray(0, narrowBytes)));
      head.set([zero === undefined ? 0 : 1, ...(zero ?? [0, 0])]);
      if (zero === undefined) room.set(bytesOf(values));
      else block.shrink(room.length, narrowBytes);
    },
    widenedBytes: (count) => count * WIDTH,
    read(block, count, widened) {
      const [isNarrow, low, high] = wordsOf(block.room(HEAD_BYTES)) as Iterable<number> as Head;
      if (isNarrow === 0) return valuesIn(block.room(count * WIDTH), count);
      const to = widened.room(count * WIDTH);
      widenWords(wordsOf(block.room(count * 4)), [low, high], wordsOf(to));
      return valuesIn(to, count);
    },
  };
}

type Head = readonly [isNarrow: number, low: number, high: number];

function bytesOf({ buffer, byteOffset, byteLength }: FixedValues): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
