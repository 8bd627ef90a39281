import {
  allocFixed,
  isFixedType,
  leavesOf,
  shapeOf,
  type Column,
  type DataType,
  type Dictionary,
  type FixedValues,
  type LeafShape,
  type Schema,
  type StripedLeaf,
  type ViewType,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import type { ShreddedColumn, ShreddedRows } from '@ticklake/jsonl';

/** Rows in memory that threads share, as they are told of. */
export interface PackedRows {
  readonly memory: SharedArrayBuffer;
  readonly rowCount: number;
  /** What stands there, in the order of columns and leaves: slots of leaves, kinds of values, and sizes of arrays. */
  readonly layout: Uint32Array;
}

/** Kinds of values. */
const [FIXED, BYTES, CODES] = [0, 1, 2];

/** Puts rows to `memory`, or to more where that does not suffice. */
export function packRows({ rowCount, columns }: ShreddedRows, memory: SharedArrayBuffer): PackedRows {
  const packing = new Packing();
  for (const column of columns) {
    if (column.kind === 'flat') packing.column(column.column);
    else for (const leaf of column.rows.leaves) packing.leaf(leaf);
  }
  return { rowCount, ...packing.finish(memory) };
}

/** Gives rows of `schema` back, as views that hold until their memory is used again. */
export function createUnpacker({ fields }: Schema): (packed: PackedRows) => ShreddedRows {
  const known = fields.map((field) => {
    const shape = shapeOf(field);
    return { type: field.type, shape, leaves: leavesOf(shape) };
  });
  return ({ memory, rowCount, layout }) => {
    const unpacking = new Unpacking(memory, layout);
    const columns = known.map(({ type, shape, leaves }): ShreddedColumn => {
      if (shape.shape === 'leaf') return { kind: 'flat', column: unpacking.column(type) };
      return {
        kind: 'nested',
        rows: { shape, rowCount, leaves: leaves.map((leaf) => unpacking.leaf(leaf)) },
      };
    });
    return { rowCount, columns };
  };
}

/** Arrays begin where values of any width may stand. */
function aligned(sizeBytes: number): number {
  return Math.ceil(sizeBytes / 8) * 8;
}

class Packing {
  private readonly layout: number[] = [];
  private readonly arrays: FixedValues[] = [];
  private sizeBytes = 0;

  leaf({ slotCount, definitions, repetitions, values }: StripedLeaf): void {
    this.layout.push(slotCount);
    this.array(definitions);
    this.array(repetitions);
    this.column(values);
  }

  column(column: Column): void {
    assert(column.layout !== 'nested', 'what is shredded is striped');
    if (column.layout === 'dictionary') {
      this.layout.push(CODES);
      this.array(column.codes);
      this.values(column.dictionary);
    } else this.values(column.values);
    this.array(column.validity);
  }

  finish(given: SharedArrayBuffer): Pick<PackedRows, 'memory' | 'layout'> {
    const { arrays, layout, sizeBytes } = this;
    const memory = sizeBytes <= given.byteLength ? given : new SharedArrayBuffer(Math.ceil(sizeBytes * 1.25));
    const bytes = new Uint8Array(memory);
    let at = 0;
    for (const { buffer, byteOffset, byteLength } of arrays) {
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
      at += aligned(byteLength);
    }
    return { memory, layout: Uint32Array.from(layout) };
  }

  private values(values: Dictionary): void {
    if ('offsets' in values) {
      this.layout.push(BYTES);
      this.array(values.offsets);
      this.array(values.data);
    } else {
      this.layout.push(FIXED);
      this.array(values);
    }
  }

  /** Its size and one more; nothing for one that is not there. */
  private array(array: FixedValues | undefined): void {
    this.layout.push(array === undefined ? 0 : array.byteLength + 1);
    if (array === undefined) return;
    this.arrays.push(array);
    this.sizeBytes += aligned(array.byteLength);
  }
}

class Unpacking {
  private next = 0;
  private at = 0;

  constructor(
    private readonly memory: SharedArrayBuffer,
    private readonly layout: Uint32Array,
  ) {}

  leaf({ type }: LeafShape): StripedLeaf {
    const slotCount = this.word();
    const definitions = this.array(Uint8Array);
    const repetitions = this.array(Uint8Array);
    return { slotCount, definitions, repetitions, values: this.column(type) };
  }

  column(type: DataType): Column {
    const kind = this.word();
    if (kind === CODES) {
      const codes = this.needed(Uint32Array);
      const dictionary = this.values(type, this.word());
      return { layout: 'dictionary', codes, dictionary, validity: this.array(Uint8Array) };
    }
    const values = this.values(type, kind);
    const validity = this.array(Uint8Array);
    return 'offsets' in values
      ? { layout: 'bytes', values, validity }
      : { layout: 'fixed', values, validity };
  }

  private values(type: DataType, kind: number): Dictionary {
    if (kind === BYTES) return { offsets: this.needed(Uint32Array), data: this.needed(Uint8Array) };
    assert(kind === FIXED && isFixedType(type), 'other values have a fixed width');
    return this.needed(allocFixed(type, 0).constructor as ViewType<FixedValues>);
  }

  private needed<T extends FixedValues>(Values: ViewType<T>): T {
    const array = this.array(Values);
    assert(array !== undefined, 'values are there');
    return array;
  }

  private array<T extends FixedValues>(Values: ViewType<T>): T | undefined {
    const word = this.word();
    if (word === 0) return undefined;
    const { at } = this;
    this.at += aligned(word - 1);
    return new Values(this.memory, at, (word - 1) / Values.BYTES_PER_ELEMENT);
  }

  private word(): number {
    const word = this.layout[this.next++];
    assert(word !== undefined, 'a layout tells of every array');
    return word;
  }
}
