/** Reads instants, most of which are of the day of the one before. */
export interface InstantReader {
  /**
   * Microseconds since 1970; `undefined` when no instant in one of the spellings begins at `start`. Bytes from `limit` on are none of it, or
   * make it end beyond.
   */
  read(bytes: Uint8Array, start: number, limit: number): number | undefined;
  /** Where the last one ended. */
  readonly end: number;
}

const DATE_CHARS = 10;
const MICRO_DIGITS = 6;

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
  const time = new TimeReader();
  return {
    get end() {
      return time.end;
    },
    read(bytes, start, limit) {
      const day = dateUs(bytes, start);
      if (day === undefined) return undefined;
      const us = time.read(bytes, start + DATE_CHARS, limit);
      return us < 0 ? undefined : day + us;
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

class TimeReader {
  end = 0;

  /** Microseconds of the day, from the `T` on; −1 when there is no time. */
  read(bytes: Uint8Array, at: number, limit: number): number {
    const hour = two(bytes, at + 1);
    const minute = two(bytes, at + 4);
    const second = two(bytes, at + 7);
    const isTime = bytes[at] === LETTER_T && bytes[at + 3] === COLON && bytes[at + 6] === COLON;
    if (!isTime || hour >= 24 || minute >= 60 || second >= 60) return -1;
    let next = at + 9;
    let micros = 0;
    if (bytes[next] === POINT) {
      const first = ++next;
      for (; isDigit(bytes[next]); next++) {
        const digit = (bytes[next] as number) - ZERO;
        if (next < first + MICRO_DIGITS) micros = micros * 10 + digit;
        else if (digit !== 0) return -1;
      }
      if (next === first) return -1;
      for (let count = next - first; count < MICRO_DIGITS; count++) micros *= 10;
    }
    this.end = next + endingSize(bytes, next, limit);
    return this.end === next ? -1 : ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros;
  }
}

const ENDING = new TextEncoder().encode('+00:00Z');

/** Of what says that a time is UTC; 0 for anything else. */
function endingSize(bytes: Uint8Array, at: number, limit: number): number {
  const last = ENDING.length - 1;
  if (bytes[at] === ENDING[last]) return 1;
  for (let i = 0; i < last; i++) if (bytes[at + i] !== ENDING[i]) return 0;
  return at + last < limit && bytes[at + last] === ENDING[last] ? last + 1 : last;
}

const [ZERO, COLON, POINT, LETTER_T] = [48, 58, 46, 84];

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

/** Two digits; more than any when they are none. */
function two(bytes: Uint8Array, at: number): number {
  if (!isDigit(bytes[at]) || !isDigit(bytes[at + 1])) return 100;
  return ((bytes[at] as number) - ZERO) * 10 + (bytes[at + 1] as number) - ZERO;
}
