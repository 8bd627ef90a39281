/** Line feed. */
export const LF = 10;
/** Carriage return. */
export const CR = 13;
/** `"` */
export const QUOTE = 34;
/** `+` */
export const PLUS = 43;
/** `-` */
export const MINUS = 45;
/** `.` */
export const DOT = 46;
/** `0`, which the other digits follow. */
export const ZERO = 48;
/** `9` */
export const NINE = 57;

/** A blank. */
export const SPACE = 32;

const TAB = 9;

/** The mark that some programs put in front of UTF-8. */
export const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** Whether nothing but spaces, tabs and carriage returns stands from `start` to `end`. */
export function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte !== SPACE && byte !== TAB && byte !== CR) return false;
  }
  return true;
}

/** Bytes as text for messages, at most 60 of them. */
export function shown(bytes: Uint8Array, start: number, end: number): string {
  const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 60))).toString('utf8');
  return end - start > 60 ? `${text}…` : text;
}
