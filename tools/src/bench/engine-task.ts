/** What the engine is to do: sort one partition's files into one file, by libraries alone. */
export interface EngineTask {
  /** The root of the spool. */
  readonly raw: string;
  /** The partition below it; its `*.parquet` in the order of their names are the sources. */
  readonly partition: string;
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** The file to write: rows by `ts_event`, source and row, with `seq`, statistics, snappy. */
  readonly output: string;
  /** An empty folder of its own. */
  readonly scratch: string;
  /** `encode`: every page is made anew. `copy`: pages are copied where one run of the merge covers them. */
  readonly pages: 'encode' | 'copy';
  /** Content hashes of sources and output, held against each other, and a CRC of every page. */
  readonly receipts: boolean;
}

/**
 * Why figures of the engine are not yet the engine's, and what it cannot be asked for. `undefined` as soon as
 * `engine-job.ts` does what its task says.
 */
export const ENGINE_STAND_IN: string | undefined =
  'There is no engine yet. The compactor stands in for it: it encodes every page anew and always writes receipts.';
