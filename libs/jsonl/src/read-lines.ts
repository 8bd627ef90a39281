import { isUtf8 } from 'node:buffer';
import { corrupt } from './corrupt.js';

/** A line of a file. */
export interface Line {
  /** Without its end; valid UTF-8; until the next line is asked for. */
  readonly bytes: Uint8Array;
  /** From 1, blank ones counted. */
  readonly number: number;
}

/** How {@link readLines} reads. */
export interface LineOptions {
  /** A longer line is refused, before it is held whole. */
  readonly lineBytesMax: number;
}

/**
 * The lines of a file, blank ones left out. A line ends with a line feed, which a carriage return may stand before; a
 * byte order mark at the very beginning is no part of the first.
 *
 * @throws LakeError `corrupt`, with `line` in the details: `TRUNCATED` after the last whole line when the file does not
 *   end with a line feed, since somebody may still be writing; `LIMIT`; `UTF8`; and what `pieces` throws.
 */
export async function* readLines(
  pieces: AsyncIterable<Uint8Array>,
  { lineBytesMax }: LineOptions,
): AsyncGenerator<Line> {
  const open = new OpenLine();
  let number = 1;
  const finish = (end: Uint8Array): Line | undefined => {
    const bytes = trimmed(open.finish(end), number);
    if (bytes.length > lineBytesMax) throw tooLong(number, lineBytesMax);
    if (isBlank(bytes)) return undefined;
    if (!isUtf8(bytes)) throw corrupt('UTF8', 'a line is not UTF-8', { line: number });
    return { bytes, number };
  };
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf(LF); end >= 0; end = piece.indexOf(LF, start)) {
      const line = finish(piece.subarray(start, end));
      if (line !== undefined) yield line;
      number++;
      start = end + 1;
    }
    open.append(piece.subarray(start));
    // With what does not count: a mark of three bytes, and one carriage return.
    if (open.length > lineBytesMax + 4) throw tooLong(number, lineBytesMax);
  }
  if (open.length > 0) throw corrupt('TRUNCATED', 'the last line has no end', { line: number });
}

const LF = 10;
const CR = 13;
const MARK = [0xef, 0xbb, 0xbf];

/** A line of which more is to come. */
class OpenLine {
  length = 0;
  private bytes = new Uint8Array(0);

  append(part: Uint8Array): void {
    const size = this.length + part.length;
    if (size > this.bytes.length) {
      const larger = new Uint8Array(Math.max(size, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(part, this.length);
    this.length = size;
  }

  /** The whole line; nothing is copied where it is all in one piece. */
  finish(end: Uint8Array): Uint8Array {
    if (this.length === 0) return end;
    this.append(end);
    const whole = this.bytes.subarray(0, this.length);
    this.length = 0;
    return whole;
  }
}

function trimmed(line: Uint8Array, number: number): Uint8Array {
  const start = number === 1 && MARK.every((byte, i) => line[i] === byte) ? MARK.length : 0;
  const end = line[line.length - 1] === CR ? line.length - 1 : line.length;
  return line.subarray(start, Math.max(start, end));
}

/** Spaces, tabs and carriage returns at most. */
function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 32 || byte === 9 || byte === CR);
}

function tooLong(line: number, lineBytesMax: number): Error {
  return corrupt('LIMIT', 'a line is too long', { line, lineBytesMax });
}
