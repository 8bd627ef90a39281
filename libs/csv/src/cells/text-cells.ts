import { isUtf8 } from 'node:buffer';
import type { CellColumn } from './cell-column.js';

/** Bytes of a cell that are guessed before there was one. */
const CELL_BYTES = 16;

/** Text as it stands, in UTF-8. Of a field in quotes it is what stands between them. */
export function textCells(rowsMax: number): CellColumn<'bytes'> {
  let offsets = new Uint32Array(rowsMax + 1);
  let data = new Uint8Array(rowsMax * CELL_BYTES);
  let used = 0;
  /** Rows up to this one have their end in `offsets`; those between it and the next cell are empty. */
  let rows = 0;
  const endRows = (row: number) => {
    for (; rows < row; rows++) offsets[rows + 1] = used;
  };
  return {
    layout: 'bytes',
    type: { kind: 'utf8' },
    readPlain: () => -1,
    bulk: undefined,
    put(bytes, start, end, row) {
      endRows(row);
      if (used + end - start > data.length) data = grown(data, used + end - start);
      let isAscii = true;
      let at = used;
      for (let from = start; from < end; from++) {
        const byte = bytes[from] as number;
        if (byte >= 0x80) isAscii = false;
        data[at++] = byte;
      }
      if (!isAscii && !isUtf8(data.subarray(used, at))) return 'not text in UTF-8';
      used = at;
      endRows(row + 1);
      return undefined;
    },
    take(rowCount) {
      endRows(rowCount);
      const taken = { offsets: offsets.subarray(0, rowCount + 1), data: data.subarray(0, used) };
      offsets = new Uint32Array(rowsMax + 1);
      data = new Uint8Array(Math.max(rowsMax * CELL_BYTES, used));
      [used, rows] = [0, 0];
      return taken;
    },
  };
}

function grown(data: Uint8Array<ArrayBuffer>, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(sizeBytes, data.length * 2));
  larger.set(data);
  return larger;
}
