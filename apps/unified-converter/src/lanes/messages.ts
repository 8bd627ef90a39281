import type { SourceRequest } from '../sources/open-source.js';
import type { RowsOfGroup, SourceReading } from '../sources/source-rows.js';
import type { LaneAnswers, LaneRequest } from './lane-work.js';
import type { SlotRows } from './row-slots.js';

/** What the thread of a lane opens its memory and stores with. */
export interface LaneSetup {
  readonly dataUrl: string;
  readonly outputUrl: string;
  /** Where the datasets are in that store. */
  readonly outputPrefix: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the arena. */
  readonly memoryBytes: number;
  readonly scratchDirectory: string;
  readonly tool: string;
}

/** To the thread: one thing to do at a time. */
export type ToLane =
  | { readonly type: 'do'; readonly request: LaneRequest }
  /** Rows go to these places in turn, each once it is free; `claims` says which row groups they are of. */
  | {
      readonly type: 'read';
      readonly request: SourceRequest;
      readonly slots: readonly SharedArrayBuffer[];
      readonly claims: SharedArrayBuffer;
    }
  /** The rows at this place were taken. */
  | { readonly type: 'free'; readonly slot: number }
  | { readonly type: 'abort' };

/** From the thread, beside that it could not do something. */
export type FromLane =
  | { readonly type: 'progress'; readonly rowsDone: number }
  /** Rows at a place, and how the source was read so far. */
  | (SlotRows &
      RowsOfGroup & { readonly type: 'rows'; readonly slot: number; readonly reading: SourceReading })
  /** The end of a source. */
  | { readonly type: 'read'; readonly reading: SourceReading }
  | { readonly type: 'done'; readonly answer: LaneAnswers[LaneRequest['type']] };
