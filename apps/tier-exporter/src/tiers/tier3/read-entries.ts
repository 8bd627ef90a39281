import { isLakeError } from '@ticklake/core';
import { createShredder, type ShreddedRows } from '@ticklake/jsonl';
import { hourLines, isDamage } from '../../archive/read-hour.js';
import { BATCH_ROWS } from '../../limits.js';
import { DROPPED_COLUMNS, REST_COLUMN, TIER3_SCHEMA } from './columns.js';

/** How the entries of a day are read. */
export interface EntryOptions {
  /** Whether the lines before the damage of an hour are taken (T3-04). */
  readonly allowIncomplete: boolean;
  /** Rows never come together that are of two row groups. */
  readonly rowGroupRows: number;
}

/** Entries of hours on their way from lines to columns, in whichever thread. */
export interface EntryReader {
  /**
   * The entries of the next hour, some at a time; each some hold until the next are asked for.
   *
   * @throws LakeError `corrupt` as `gunzip`, `readLines` and `Shredder.add`; the reader is good for nothing then.
   */
  read(bytes: Uint8Array): AsyncGenerator<ShreddedRows>;
  /** The code of what ended the last hour before its end; only with `allowIncomplete`. */
  readonly damage: string | undefined;
  /** How often keys were met that the schema does not have, by path, in all hours so far. */
  readonly unknownKeys: ReadonlyMap<string, number>;
}

/** A reader that has read nothing. */
export function createEntryReader({ allowIncomplete, rowGroupRows }: EntryOptions): EntryReader {
  const shredder = createShredder({
    schema: TIER3_SCHEMA,
    restColumn: REST_COLUMN,
    emptyKeys: DROPPED_COLUMNS,
  });
  let room = rowGroupRows;
  let damage: string | undefined;
  const take = (): ShreddedRows => {
    const rows = shredder.take();
    room -= rows.rowCount;
    if (room === 0) room = rowGroupRows;
    return rows;
  };
  return {
    async *read(bytes) {
      damage = undefined;
      try {
        for await (const line of hourLines({ bytes })) {
          shredder.add(line);
          if (shredder.rowCount === Math.min(BATCH_ROWS, room)) yield take();
        }
      } catch (error) {
        if (!allowIncomplete || !isLakeError(error) || !isDamage(error)) throw error;
        damage = error.code;
      }
      if (shredder.rowCount > 0) yield take();
    },
    get damage() {
      return damage;
    },
    get unknownKeys() {
      return shredder.unknownKeys;
    },
  };
}
