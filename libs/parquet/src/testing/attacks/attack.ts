import type { ParquetCode } from '../../format/corrupt.js';

/** How reading a file may end: in an error of a code, or in its rows. */
export type AttackEnd = ParquetCode | 'SNAPPY_CORRUPT' | 'valid';

/** A file that somebody made to hang, crash, exhaust or mislead a reader. */
export interface Attack {
  /** What is wrong with the file. */
  readonly name: string;
  /** Any of these will do. */
  readonly ends: readonly AttackEnd[];
  /** The file; some take a second to make. */
  file(): Uint8Array | Promise<Uint8Array>;
}

/** `[name, end or ends, file]` as attacks. */
export type AttackRow = readonly [name: string, ends: AttackEnd | readonly AttackEnd[], file: Attack['file']];

/** A table of attacks, one a row. */
export function attacksOf(rows: readonly AttackRow[]): Attack[] {
  return rows.map(([name, ends, file]) => ({ name, ends: typeof ends === 'string' ? [ends] : ends, file }));
}
