import type { Arena } from '@ticklake/columnar';
import type { ReadRows, RowGroupTurns } from '@ticklake/manifest';
import type { EntryOptions } from '../tiers/tier3/read-entries.js';
import type { PackedRows } from './row-slots.js';

/** The memory of an arena that a thread may use, and where. */
export interface LentMemory {
  readonly memory: Arena['handle'];
  readonly start: number;
  readonly end: number;
}

/** To the thread. */
export type ToThread =
  /** What follows are the hours of a day. */
  | { readonly type: 'day'; readonly options: EntryOptions }
  /** The bytes of the next hour, in memory of its own. */
  | { readonly type: 'hour'; readonly bytes: Uint8Array }
  /** The rows at this place were taken. */
  | { readonly type: 'free'; readonly slot: number }
  /** A finished file, of which it is to read the row groups whose turn it is. */
  | {
      readonly type: 'file';
      readonly path: string;
      readonly turns: RowGroupTurns;
      readonly lent: LentMemory;
    };

/** From the thread, beside that it could not do something. */
export type FromThread =
  /** Some rows of an hour. */
  | { readonly type: 'rows'; readonly slot: number; readonly packed: PackedRows }
  /** The end of an hour. */
  | {
      readonly type: 'hour';
      readonly damage: string | undefined;
      readonly unknownKeys: ReadonlyMap<string, number>;
    }
  | { readonly type: 'file'; readonly read: ReadRows };
