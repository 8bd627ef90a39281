import { sliceBatch, type RecordBatch } from '@ticklake/columnar';
import type { KernelChoice } from '@ticklake/kernels';
import { createParquetSink, type ParquetSinkOptions } from '@ticklake/parquet';
import { withArena } from './with-arena.js';

/** How our sink is asked to write a file, and in what pieces it gets the rows. */
export interface TicklakeWrite {
  readonly options: ParquetSinkOptions;
  /** Rows of each batch but the last. */
  readonly batchRows: number;
  readonly kernels: KernelChoice;
}

/** The file that our sink makes of `batch`. */
export function writeTicklake(
  batch: RecordBatch,
  { options, batchRows, kernels }: TicklakeWrite,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const target = {
    write: (bytes: Uint8Array) => {
      pieces.push(bytes.slice());
      return Promise.resolve();
    },
  };
  return withArena(kernels, async (arena) => {
    const sink = createParquetSink({ target, arena }, batch.schema, options);
    try {
      for (let start = 0; start < batch.rowCount; start += batchRows) {
        await sink.write(sliceBatch(batch, start, Math.min(start + batchRows, batch.rowCount)));
      }
      await sink.finish({});
    } finally {
      sink.close();
    }
    return new Uint8Array(Buffer.concat(pieces));
  });
}
