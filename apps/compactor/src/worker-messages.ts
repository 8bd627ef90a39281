import type { Failure } from '@ticklake/core';
import type { Compacted } from './compact-partition.js';
import type { CompactTask, Settings } from './settings.js';

/** What a worker thread is started with. */
export interface WorkerSetup {
  readonly raw: string;
  readonly compact: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
}

/** From the run to a worker. */
export type ToWorker =
  | {
      readonly type: 'task';
      readonly task: CompactTask;
      readonly createdAt: string;
      readonly owner: string;
      readonly tool: string;
    }
  | { readonly type: 'abort' };

/** From a worker to the run. */
export type FromWorker =
  | { readonly type: 'rows'; readonly rowsDone: number }
  | { readonly type: 'done'; readonly compacted: Compacted }
  | { readonly type: 'failed'; readonly failure: Failure };
