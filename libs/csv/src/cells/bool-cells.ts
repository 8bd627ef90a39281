import type { CellColumn } from './cell-column.js';

const VALUES: ReadonlyMap<string, number> = new Map([
  ['true', 1],
  ['True', 1],
  ['TRUE', 1],
  ['1', 1],
  ['false', 0],
  ['False', 0],
  ['FALSE', 0],
  ['0', 0],
]);

/** `true` and `false` as their three usual spellings, or `1` and `0`. */
export function boolCells(rowsMax: number): CellColumn<'fixed'> {
  let values = new Uint8Array(rowsMax);
  return {
    layout: 'fixed',
    type: { kind: 'bool' },
    put(bytes, start, end, row) {
      const value = VALUES.get(
        Buffer.from(bytes.subarray(start, Math.min(end, start + 6))).toString('latin1'),
      );
      if (value === undefined) return 'neither true nor false';
      values[row] = value;
      return undefined;
    },
    take(rowCount) {
      const taken = values.subarray(0, rowCount);
      values = new Uint8Array(rowsMax);
      return taken;
    },
  };
}
