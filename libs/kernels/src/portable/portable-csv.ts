import { CSV_CELL, CSV_STATE, type CsvKernels } from '../contract/csv-kernels.js';
import type { ViewMemory, Views } from './views.js';

const [LF, CR, QUOTE, MINUS, DOT, ZERO] = [10, 13, 34, 45, 46, 48];
/** So many digits are exact as a double. */
const DIGITS_MAX = 15;
const WORD = 2 ** 32;
const TRUTHS = ['1', '0', 'true', 'True', 'TRUE', 'false', 'False', 'FALSE'].map((text) => Buffer.from(text));
const YES = /^(1|true)$/i;

/** The kernels of delimited text. */
export function portableCsv(view: ViewMemory): CsvKernels {
  return {
    csvLines(state) {
      const views = view();
      const place = (field: number) => (state + field) >> 2;
      const get = (field: number) => views.u32[place(field)] as number;
      let at = get(CSV_STATE.AT);
      let row = get(CSV_STATE.ROW);
      let isUnusual = false;
      while (at < get(CSV_STATE.END) && row < get(CSV_STATE.ROWS_MAX)) {
        const next = readLine(views, get, at, row);
        isUnusual = next === 0 || next - at > get(CSV_STATE.LINE_BYTES_MAX) + 1;
        if (isUnusual) break;
        at = next;
        row++;
      }
      views.u32[place(CSV_STATE.AT)] = at;
      views.u32[place(CSV_STATE.ROW)] = row;
      return isUnusual ? 1 : 0;
    },
  };
}

/** Where the next line begins; 0 where the line is unusual. */
function readLine(views: Views, get: (field: number) => number, line: number, row: number): number {
  const { u8, u32 } = views;
  const [cells, delimiter, targets] = [CSV_STATE.CELLS, CSV_STATE.DELIMITER, CSV_STATE.TARGETS].map(get) as [
    number,
    number,
    number,
  ];
  let at = line;
  for (let cell = 1; ; cell++) {
    const target = (targets >> 2) + 2 * (cell - 1);
    at = readCell(views, { at, row, delimiter, kind: u32[target] as number, to: u32[target + 1] as number });
    if (at === 0) return 0;
    const byte = u8[at++];
    if (byte === delimiter && cell < cells) continue;
    if (byte === delimiter || cell < cells) return 0;
    if (byte === LF) return at;
    return byte === CR && u8[at] === LF ? at + 1 : 0;
  }
}

interface Cell {
  readonly at: number;
  readonly row: number;
  readonly delimiter: number;
  readonly kind: number;
  readonly to: number;
}

/** Where a cell ends; 0 where it is unusual. */
function readCell(views: Views, { at, row, delimiter, kind, to }: Cell): number {
  if (kind === CSV_CELL.INT64) return readNumber(views, at, { to: to + 8 * row, isWhole: true });
  if (kind === CSV_CELL.FLOAT64) return readNumber(views, at, { to: to + 8 * row, isWhole: false });
  if (kind === CSV_CELL.BOOL) return readBool(views, at, to + row);
  let end = at;
  while (views.u8[end] !== delimiter && views.u8[end] !== LF) if (views.u8[end++] === QUOTE) return 0;
  return end;
}

function readNumber(
  { u8, any }: Views,
  start: number,
  { to, isWhole }: { readonly to: number; readonly isWhole: boolean },
): number {
  const isNegative = u8[start] === MINUS;
  let at = isNegative ? start + 1 : start;
  let [value, digits, point] = [0, 0, -1];
  for (; ; at++) {
    const byte = u8[at] as number;
    if (byte >= ZERO && byte < ZERO + 10) {
      value = value * 10 + byte - ZERO;
      digits++;
    } else if (byte === DOT && point < 0 && !isWhole) point = digits;
    else break;
  }
  if (digits === 0 || digits > DIGITS_MAX) return 0;
  const quotient = point < 0 ? value : value / 10 ** (digits - point);
  const signed = isNegative ? -quotient : quotient;
  if (isWhole) {
    any.setUint32(to, signed >>> 0, true);
    any.setInt32(to + 4, Math.floor(signed / WORD), true);
  } else any.setFloat64(to, signed, true);
  return at;
}

function readBool({ u8 }: Views, at: number, to: number): number {
  const found = TRUTHS.find((text) => text.every((byte, i) => u8[at + i] === byte));
  if (found === undefined) return 0;
  u8[to] = YES.test(found.toString()) ? 1 : 0;
  return at + found.length;
}
