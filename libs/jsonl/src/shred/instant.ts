/** Reads instants, most of which are of the day of the one before. */
export interface InstantReader {
  /** Microseconds since 1970; `undefined` when bytes `start … end` are no instant in one of the spellings. */
  read(bytes: Uint8Array, start: number, end: number): number | undefined;
}

const DATE_CHARS = 10;
const DAY_US = 86_400_000_000;

/**
 * A reader of `YYYY-MM-DDThh:mm:ss`, a fraction of up to six digits or none, and `Z`, `+00:00` or, as one program wrote
 * it, `+00:00Z`. All are UTC; another offset is refused, and so is a fraction that microseconds would cut.
 */
export function createInstantReader(): InstantReader {
  const known = new Uint8Array(DATE_CHARS);
  let knownUs: number | undefined;
  const dateUs = (bytes: Uint8Array, start: number): number | undefined => {
    let same = knownUs !== undefined;
    for (let i = 0; same && i < DATE_CHARS; i++) same = bytes[start + i] === known[i];
    if (same) return knownUs;
    const us = readDate(bytes, start);
    if (us === undefined) return undefined;
    known.set(bytes.subarray(start, start + DATE_CHARS));
    return (knownUs = us);
  };
  return {
    read(bytes, start, end) {
      if (end - start < 20) return undefined;
      const day = dateUs(bytes, start);
      const time = readTime(bytes, start + DATE_CHARS, end);
      return day === undefined || time === undefined ? undefined : day + time;
    },
  };
}

function readDate(bytes: Uint8Array, at: number): number | undefined {
  const text = String.fromCharCode(...bytes.subarray(at, at + DATE_CHARS));
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // 30 February is another day.
  const exists = !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
  return exists ? ms * 1000 : undefined;
}

/** From the `T` on. */
function readTime(bytes: Uint8Array, at: number, end: number): number | undefined {
  const [hour, minute, second] = [two(bytes, at + 1), two(bytes, at + 4), two(bytes, at + 7)];
  const isTime = bytes[at] === LETTER_T && bytes[at + 3] === COLON && bytes[at + 6] === COLON;
  if (!isTime || !(hour < 24 && minute < 60 && second < 60)) return undefined;
  let next = at + 9;
  let micros = 0;
  if (bytes[next] === POINT) {
    let scale = 100_000;
    for (next++; isDigit(bytes[next]); next++) {
      const digit = (bytes[next] as number) - ZERO;
      if (scale < 1 && digit !== 0) return undefined;
      micros += digit * Math.floor(scale);
      scale /= 10;
    }
    if (scale === 100_000) return undefined;
  }
  if (!endsAsUtc(bytes, next, end)) return undefined;
  const us = ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
  return us < DAY_US ? us : undefined;
}

const ENDING = new TextEncoder().encode('+00:00Z');

function endsAsUtc(bytes: Uint8Array, at: number, end: number): boolean {
  const size = end - at;
  if (size === 1) return bytes[at] === ENDING[6];
  if (size !== 6 && size !== 7) return false;
  for (let i = 0; i < size; i++) if (bytes[at + i] !== ENDING[i]) return false;
  return true;
}

const [ZERO, COLON, POINT, LETTER_T] = [48, 58, 46, 84];

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

/** Two digits; NaN when they are none. */
function two(bytes: Uint8Array, at: number): number {
  if (!isDigit(bytes[at]) || !isDigit(bytes[at + 1])) return Number.NaN;
  return ((bytes[at] as number) - ZERO) * 10 + (bytes[at + 1] as number) - ZERO;
}
