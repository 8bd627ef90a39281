import type { Failure } from '@ticklake/core';
import type { ObjectMeta, RequestsByVerb } from '@ticklake/storage';
import type { Compacted } from './compact-partition.js';
import type { CompactTask, Settings } from './settings.js';

/** What a worker opens its stores with. */
export interface WorkerSetup {
  readonly raw: string;
  readonly compact: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
}

/** What a worker is asked to do: one thing at a time. */
export type WorkerRequest =
  | { readonly type: 'compact'; readonly task: CompactTask; readonly createdAt: string }
  /** Which of `sources` are damaged; they are read one after another. */
  | { readonly type: 'judge'; readonly stream: string; readonly sources: readonly ObjectMeta[] };

/** From the run to a worker. */
export type ToWorker =
  /** Comes first, and once. */
  { readonly type: 'setup'; readonly setup: WorkerSetup } | WorkerRequest | { readonly type: 'abort' };

/** The end of a request. */
export type WorkerAnswer =
  | { readonly type: 'compacted'; readonly compacted: Compacted }
  /** Damaged files by their place in the list. */
  | {
      readonly type: 'judged';
      readonly damages: readonly {
        readonly index: number;
        readonly failure: Failure;
        readonly rows: number | null;
      }[];
    }
  | { readonly type: 'failed'; readonly failure: Failure };

/** What a worker has taken since it was started. */
export interface WorkerSpent {
  /** Over the network, from each store. */
  readonly raw: RequestsByVerb;
  readonly compact: RequestsByVerb;
  /** Most memory of the process it is in. */
  readonly residentBytesMax: number;
}

/** From a worker to the run. */
export type FromWorker =
  | { readonly type: 'rows'; readonly rowsDone: number }
  /** The file of this place in the list is opened next. */
  | { readonly type: 'file'; readonly index: number }
  /** Only that it gets on. */
  | { readonly type: 'alive' }
  /** Comes before every answer. */
  | { readonly type: 'spent'; readonly spent: WorkerSpent }
  | WorkerAnswer;
