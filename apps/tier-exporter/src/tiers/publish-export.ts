import type { Arena, Schema } from '@ticklake/columnar';
import { LakeError, sha256Of } from '@ticklake/core';
import {
  publishFile,
  publishParquet,
  readPublished,
  type Commitment,
  type Conclusion,
  type PublishedDataset,
  type PublishOutcome,
  type WriteTools,
} from '@ticklake/manifest';
import type { ParquetSink, ParquetSinkOptions } from '@ticklake/parquet';
import { PARQUET, PUBLISHED_LIMITS } from '../limits.js';

/** How every export is made, whichever tier it is of. */
export interface ExportSettings {
  readonly arena: Arena;
  /** Whether other content may take the place of what is published. */
  readonly overwrite: boolean;
  readonly scratchDirectory: string;
  /** Name and version of the program. */
  readonly tool: string;
  readonly signal: AbortSignal;
}

/** What is exported, and where to. */
export interface ExportedDataset<M> {
  readonly schema: Schema;
  readonly local: PublishedDataset<M>;
  /** Takes the same bytes; `undefined` for a local export. */
  readonly remote: PublishedDataset<M> | undefined;
  write(sink: ParquetSink, parquet: ParquetSinkOptions): Promise<void>;
  conclude(): Promise<Conclusion>;
  readonly describe: Commitment<M>['describe'];
}

/** What became of an export. */
export interface ExportOutcome<M> {
  readonly local: PublishOutcome<M>;
  readonly uploaded: PublishOutcome<M> | undefined;
}

/**
 * Publishes a dataset locally, where it is read back, and then, after a last look at its bytes, the very same in a bucket (T3-08).
 *
 * @throws LakeError as `publishParquet` and `publishFile`; `conflict` (`LOCAL_CHANGED`) when the local file changed in between.
 */
export async function publishExport<M>(
  dataset: ExportedDataset<M>,
  { arena, overwrite, scratchDirectory, tool, signal }: ExportSettings,
  tools?: WriteTools,
): Promise<ExportOutcome<M>> {
  const { schema, describe } = dataset;
  const parquet = { ...PARQUET, createdBy: tool };
  const common = { arena, limits: PUBLISHED_LIMITS, replace: overwrite, signal, describe };
  const publication = {
    ...dataset.local,
    ...common,
    ...{ schema, parquet, scratchDirectory, orderBy: [], sequence: undefined, hashExclude: [] },
    write: (sink: ParquetSink) => dataset.write(sink, parquet),
    conclude: () => dataset.conclude(),
  };
  const local = await publishParquet(publication, tools);
  if (dataset.remote === undefined) return { local, uploaded: undefined };
  const source = (await readPublished(dataset.local))?.data;
  if (source === undefined || (await sha256Of(source, signal)) !== local.facts.sha256) {
    throw new LakeError('conflict', 'the local export changed before it was uploaded', {
      code: 'LOCAL_CHANGED',
      details: { directory: dataset.local.directory },
    });
  }
  const uploaded = await publishFile({ ...dataset.remote, ...common }, { source, facts: local.facts });
  return { local, uploaded };
}
