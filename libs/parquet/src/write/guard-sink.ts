import { assert, LakeError } from '@ticklake/core';
import type { ParquetSink } from './parquet-sink.js';

/** Lets nothing happen after a failure, after `finish`, or while another call runs. */
export function guardSink(sink: ParquetSink): ParquetSink {
  let failure: { readonly cause: unknown } | undefined;
  let isFinished = false;
  let isBusy = false;
  let isClosed = false;
  const close = () => {
    if (!isClosed) sink.close();
    isClosed = true;
  };
  const run = async <T>(step: () => Promise<T>): Promise<T> => {
    assert(!isBusy, 'calls of a parquet sink do not overlap');
    assert(!isFinished, 'a finished parquet sink is not used again');
    if (failure !== undefined) throw new LakeError('invalid', 'the parquet sink failed before', failure);
    isBusy = true;
    try {
      return await step();
    } catch (cause) {
      failure = { cause };
      close();
      throw cause;
    } finally {
      isBusy = false;
    }
  };
  return {
    write: (batch) => run(() => sink.write(batch)),
    writePlaced: (columns, rowCount) => run(() => sink.writePlaced(columns, rowCount)),
    writeRowGroup: (chunks, rowCount) => run(() => sink.writeRowGroup(chunks, rowCount)),
    async finish(metadata) {
      const summary = await run(() => sink.finish(metadata));
      isFinished = true;
      close();
      return summary;
    },
    close,
  };
}
