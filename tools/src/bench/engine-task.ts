/** What the engine is to do: sort one partition's files into one file, by libraries alone. */
export interface EngineTask {
  /** The root of the spool. */
  readonly raw: string;
  /** The partition below it; its `*.parquet` in the order of their names are the sources. */
  readonly partition: string;
  /** The file to write: rows by `ts_event`, source and row, with `seq`, statistics, snappy. */
  readonly output: string;
  /** An empty folder of its own. */
  readonly scratch: string;
  /** `encode`: every page is made anew. `copy`: pages are copied where one run of the merge covers them. */
  readonly pages: 'encode' | 'copy';
  /** How many threads share the columns. */
  readonly threads: 1 | 2;
  /** Content hashes of what was taken from every source and of the output, and a receipt of them in the footer. */
  readonly receipts: boolean;
}
