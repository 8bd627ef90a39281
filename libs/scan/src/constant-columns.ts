import { columnLength, sliceColumn, type Column } from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { constantColumn, type Constant } from './scan-schema.js';

/** Columns of one value each, for the batches of a scan. */
export interface ConstantColumns {
  has(name: string): boolean;
  /** `rowCount` rows of a constant, in memory that others of them may share. */
  take(name: string, rowCount: number): Column;
}

/** Makes rows of `constants` once: batches that are given one after another have the same ones. */
export function constantColumns(constants: ReadonlyMap<string, Constant>): ConstantColumns {
  const longest = new Map<string, Column>();
  return {
    has: (name) => constants.has(name),
    take(name, rowCount) {
      const constant = constants.get(name);
      assert(constant !== undefined, 'the constant is there');
      const known = longest.get(name);
      if (known !== undefined && columnLength(known) >= rowCount) return sliceColumn(known, 0, rowCount);
      const column = constantColumn(name, constant, rowCount);
      longest.set(name, column);
      return column;
    },
  };
}
