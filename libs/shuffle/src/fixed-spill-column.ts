import { decodeDictionary, type Column, type FixedColumn, type FixedType } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { fixedCoding, type FixedCoding } from './fixed-coding.js';
import type { BlockReader } from './spill-block.js';
import type { ReadyColumn, SpillColumn } from './spill-column.js';
import { readValidity, requirePresent, validitySize, writeValidity } from './spill-validity.js';

/** Values, and where the field is nullable a byte for each row. */
export class FixedSpillColumn implements SpillColumn {
  private readonly coding: FixedCoding;

  constructor(
    type: FixedType,
    private readonly nullable: boolean,
  ) {
    this.coding = fixedCoding(type);
  }

  ready(column: Column, rowCount: number): ReadyColumn {
    const { values, validity } = this.plain(column, rowCount);
    return {
      bytesMax: this.coding.bytesMax(rowCount) + validitySize(this.nullable, rowCount),
      write: (block) => {
        this.coding.write(block, values);
        if (this.nullable) writeValidity(block, validity, rowCount);
        else requirePresent(validity);
      },
    };
  }

  widenedBytes(rowCount: number): number {
    return this.coding.widenedBytes(rowCount);
  }

  read(block: BlockReader, rowCount: number, widened: BlockReader): FixedColumn {
    const values = this.coding.read(block, rowCount, widened);
    return { layout: 'fixed', values, validity: this.nullable ? readValidity(block, rowCount) : undefined };
  }

  private plain(column: Column, rowCount: number): FixedColumn {
    const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
    const { width } = this.coding;
    assert(
      plain.layout === 'fixed' && plain.values.BYTES_PER_ELEMENT === width,
      'values have the width of their type',
    );
    assert(plain.values.length === rowCount, 'a column has all the rows');
    return plain;
  }
}
