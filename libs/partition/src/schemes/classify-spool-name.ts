import { dayOfMs, type UtcDay } from '@ticklake/core';

/** What a file in a spool directory is, from its name alone. */
export type SpoolName =
  /** Rows of `day`; `undefined` where the directory says the day. */
  | { readonly kind: 'input'; readonly day: UtcDay | undefined }
  /** Not data: still being written, hidden (`.…`, `_…`), or of another kind. */
  | { readonly kind: 'ignored'; readonly reason: 'temporary' | 'hidden' | 'foreign' }
  /** Data whose day cannot be read, which must not be passed over in silence. */
  | { readonly kind: 'unplaced' };

/**
 * Tells by its last path component what a spool file is. In a `dated` directory every visible `.parquet` is input.
 * In another one the name begins with an instant in UTC, `YYYY-MM-DD_HH-MM-SS`, and may go on after `.`, `_` or `-`:
 * `2026-02-03_14-30-00.parquet`, `2026-02-03_14-30-00_001.parquet`. The instant is when the file was written, so its
 * rows may be of the day before; a partition is what the names say (CM-03).
 */
export function classifySpoolName(name: string, { dated }: { readonly dated: boolean }): SpoolName {
  if (name.endsWith('.tmp')) return { kind: 'ignored', reason: 'temporary' };
  if (name.startsWith('.') || name.startsWith('_')) return { kind: 'ignored', reason: 'hidden' };
  if (!name.endsWith('.parquet') || name.includes('/')) return { kind: 'ignored', reason: 'foreign' };
  if (dated) return { kind: 'input', day: undefined };
  const day = writtenOn(name);
  return day === undefined ? { kind: 'unplaced' } : { kind: 'input', day };
}

const WRITTEN = /^(\d{4}-\d{2}-\d{2})_(\d{2})-(\d{2})-(\d{2})[._-]/;

function writtenOn(name: string): UtcDay | undefined {
  const match = WRITTEN.exec(name);
  if (match === null) return undefined;
  const [, day, hour, minute, second] = match;
  const ms = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
  // Hour 24 and 30 February may parse, but as another day.
  return !Number.isNaN(ms) && dayOfMs(ms) === day ? (day as UtcDay) : undefined;
}
