import type { Schema } from '@ticklake/columnar';
import type { Failure } from '@ticklake/core';
import type { Address, KernelChoice, KernelMemoryHandle } from '@ticklake/kernels';
import type { DrawnRows } from '@ticklake/merge';
import type { ColumnChunks, EncodingOptions, ParquetLimits } from '@ticklake/parquet';

/** What a helper's thread is started with. */
export interface HelperSetup {
  readonly memory: KernelMemoryHandle;
  /** It allocates here and nowhere else. */
  readonly start: Address;
  readonly end: Address;
  readonly kernels: KernelChoice;
}

/** Where a thread finds a file: all of its bytes in the arena, or an object of a store that both can open. */
export type FilePlace =
  | { readonly at: Address; readonly sizeBytes: number }
  | { readonly storeUrl: string; readonly key: string; readonly etag: string };

/** A file by its number. */
export interface NumberedFile {
  readonly file: number;
  /** For errors. */
  readonly name: string;
  readonly place: FilePlace;
}

/** A range of a file whose columns are read from its first row on. */
export interface RangePlace {
  readonly file: number;
  readonly rowGroup: number;
}

/** A list of runs, in the arena. */
export interface PlacedRuns {
  readonly rowCount: number;
  readonly runCount: number;
  readonly sources: Address;
  readonly counts: Address;
  readonly ended: readonly number[];
}

/** Rows of a list that are gathered. */
export interface GatherWork {
  readonly rowCount: number;
  /** Whether they and those that were gathered before become a row group. */
  readonly encode: boolean;
}

/** What a helper is asked for, one after another. */
export type HelperRequest =
  | {
      readonly type: 'openLane';
      readonly schema: Schema;
      readonly encoding: EncodingOptions;
      /** Columns left out of digests; `undefined`: there are none. */
      readonly exclude: readonly string[] | undefined;
      readonly uses: readonly number[];
      readonly limits: ParquetLimits;
      readonly windowBytes: number;
    }
  | { readonly type: 'ranges'; readonly ranges: readonly RangePlace[] }
  /** Have the first rows of one of the ranges ready: some of the next list are of it. */
  | { readonly type: 'open'; readonly range: number; readonly files: readonly NumberedFile[] }
  /** Read all rows of a list, and gather some. */
  | ({
      readonly type: 'gather';
      readonly runs: PlacedRuns;
      /** How it is read, where that is not run by run: it has no runs then. */
      readonly drawn: DrawnRows | undefined;
      /** Files that runs come from for the first time. */
      readonly files: readonly NumberedFile[];
    } & GatherWork)
  | ({ readonly type: 'more' } & GatherWork)
  | { readonly type: 'encode' }
  | {
      readonly type: 'copy';
      readonly range: RangePlace;
      readonly rowCount: number;
      readonly files: readonly NumberedFile[];
    }
  | { readonly type: 'closeLane' };

/** What it answers. */
export interface HelperAnswer {
  /** Parts of the digests of rows that were gathered or copied. */
  readonly digests: { readonly address: Address; readonly rowCount: number } | undefined;
  /** A row group that was made. */
  readonly chunks: readonly ColumnChunks[] | undefined;
}

/** From a helper's thread. */
export type HelperResponse =
  | { readonly type: 'done'; readonly answer: HelperAnswer }
  | { readonly type: 'failed'; readonly failure: Failure };
