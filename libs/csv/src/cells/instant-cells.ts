import type { CellColumn } from './cell-column.js';

/** How {@link instantCells} reads times that do not say how far they are from UTC. */
export interface InstantOptions {
  /** Minutes that the clock they were read from was ahead of UTC; `undefined` refuses them. */
  readonly utcOffsetMinutes: number | undefined;
}

const PATTERN =
  /^(\d{4})(-?)(\d{2})\2(\d{2})[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|UTC| UTC|[+-]\d{2}:?\d{2})?$/;

/**
 * Times of a calendar as milliseconds since 1970: `2024-01-01 00:00:00`, `20240101 00:00`, with a fraction, a `T`, and a `Z` or an offset
 * where there is one. A fraction that is no whole number of milliseconds is refused, as is a time that no calendar has.
 */
export function instantCells(rowsMax: number, { utcOffsetMinutes }: InstantOptions): CellColumn<'fixed'> {
  let values = new BigInt64Array(rowsMax);
  return {
    layout: 'fixed',
    type: { kind: 'int', bits: 64, signed: true },
    readPlain: () => -1,
    bulk: undefined,
    put(bytes, start, end, row) {
      const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 48))).toString('latin1');
      const read = instantOf(text, utcOffsetMinutes);
      if (typeof read === 'string') return read;
      values[row] = BigInt(read);
      return undefined;
    },
    take(rowCount) {
      const taken = values.subarray(0, rowCount);
      values = new BigInt64Array(rowsMax);
      return taken;
    },
  };
}

function instantOf(text: string, utcOffsetMinutes: number | undefined): number | string {
  const match = PATTERN.exec(text);
  if (match === null) return 'not a date and time';
  const [, year, , month, day, hour, minute, second = '00', fraction = '', zone] = match;
  if (/[1-9]/.test(fraction.slice(3))) return 'not a whole number of milliseconds';
  const ms = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.slice(0, 3).padEnd(3, '0')}Z`,
  );
  // Where a month is shorter, Date goes on into the next.
  const isReal = !Number.isNaN(ms) && new Date(ms).getUTCDate() === Number(day) && hour !== '24';
  if (!isReal) return 'not a time of the calendar';
  const offset = zone === undefined ? utcOffsetMinutes : minutesOf(zone);
  if (offset === undefined) return 'a time that does not say how far it is from UTC';
  return ms - offset * 60_000;
}

function minutesOf(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (match === null) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}
