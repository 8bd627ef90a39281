import { LF } from '../bytes.js';
import { CSV_CELL } from '@ticklake/kernels';
import type { CellColumn } from './cell-column.js';

/** Each with the value that it stands for. */
const SPELLINGS = [
  ['true', 1],
  ['True', 1],
  ['TRUE', 1],
  ['1', 1],
  ['false', 0],
  ['False', 0],
  ['FALSE', 0],
  ['0', 0],
] as const;

/** By first byte: whatever begins alike stands for one value. */
const BY_FIRST: readonly (Spelling | undefined)[] = Array.from({ length: 256 }, (_, first) => {
  const found = SPELLINGS.filter(([text]) => text.charCodeAt(0) === first);
  const [one] = found;
  return one && { value: one[1], texts: found.map(([text]) => Buffer.from(text)) };
});

interface Spelling {
  readonly value: 0 | 1;
  /** A cell has to be one of them, byte by byte. */
  readonly texts: readonly Uint8Array[];
}

/** `true` and `false` as their three usual spellings, or `1` and `0`. */
export function boolCells(rowsMax: number): CellColumn<'fixed'> {
  let values = new Uint8Array(rowsMax);
  return {
    layout: 'fixed',
    type: { kind: 'bool' },
    readPlain(bytes, start, delimiter, row) {
      const spelling = BY_FIRST[bytes[start] as number];
      if (spelling === undefined) return -1;
      const { texts, value } = spelling;
      for (let i = 0; i < texts.length; i++) {
        const text = texts[i] as Uint8Array;
        const end = start + text.length;
        const byte = bytes[end];
        if ((byte !== delimiter && byte !== LF) || !isAt(bytes, start, end, text)) continue;
        values[row] = value;
        return end;
      }
      return -1;
    },
    bulk: { kind: CSV_CELL.BOOL, put: (read, row) => values.set(read, row) },
    put(bytes, start, end, row) {
      const spelling = BY_FIRST[bytes[start] as number];
      if (spelling === undefined) return NEITHER;
      const { texts, value } = spelling;
      for (let i = 0; i < texts.length; i++) {
        if (!isAt(bytes, start, end, texts[i] as Uint8Array)) continue;
        values[row] = value;
        return undefined;
      }
      return NEITHER;
    },
    take(rowCount) {
      const taken = values.subarray(0, rowCount);
      values = new Uint8Array(rowsMax);
      return taken;
    },
  };
}

const NEITHER = 'neither true nor false';

function isAt(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}
