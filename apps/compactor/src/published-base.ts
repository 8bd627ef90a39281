import { LakeError } from '@ticklake/core';
import { createSourceFiles, type SourceFiles } from '@ticklake/engine';
import { readPublished, type BaseReceipt } from '@ticklake/manifest';
import type { TakenRows } from '@ticklake/merge';
import type { CompactContext } from './compact-partition.js';
import type { Meta } from './documents.js';
import { inspectSource, SEQUENCE, type InspectedSource, type InspectOptions } from './inspect-source.js';
import { PUBLISHED_LIMITS } from './limits.js';
import { partitionId, type PartitionKey } from './partition-key.js';
import { publishedDataset, readMeta } from './published-dataset.js';

/** A publication that is merged in the place of its sources, which were collected. */
export interface PublishedBase {
  readonly meta: Meta;
  /** Its data object, without the numbers of its rows: they get new ones. */
  readonly inspected: InspectedSource;
  /** Opens it; disposed of by the caller. */
  readonly files: SourceFiles;
}

/**
 * Opens what is published, as the first source of a merge (decisions, late files): read through to prove that its bytes are those that
 * were published.
 *
 * @throws LakeError `conflict` (`PUBLISHED_MEANWHILE`) when something else is published than `sha256`.
 * @throws LakeError `corrupt` (`DATA_MISMATCH`) when its data object is not what its manifest says.
 */
export async function openBase(
  key: PartitionKey,
  sha256: string,
  { compact, ...options }: Pick<CompactContext, 'compact'> & InspectOptions,
): Promise<PublishedBase> {
  const published = await readPublished(publishedDataset(compact, key));
  if (published?.manifest.sha256 !== sha256) throw publishedMeanwhile(key);
  const { manifest: meta, data } = published;
  const files = createSourceFiles(compact, {
    arena: options.arena,
    limits: PUBLISHED_LIMITS,
    keptBytesMax: 0,
    wholeBytesMax: 0,
  });
  const inspected = await files.inspect(data.meta, (file) => inspectSource(file, data.meta, options));
  if (inspected.sha256 !== sha256) {
    throw new LakeError('corrupt', 'the data is not what its manifest describes', {
      code: 'DATA_MISMATCH',
      details: { partition: partitionId(key), data: meta.data, sha256 },
    });
  }
  return { meta, inspected: withoutSequence(inspected), files };
}

/** A source as one without numbers of its own: ties are then settled by the order of the files. */
export function withoutSequence(source: InspectedSource): InspectedSource {
  const fields = source.schema.fields.filter(({ name }) => name !== SEQUENCE);
  return { ...source, schema: { fields }, sequenced: false, sortedBySequence: false };
}

/**
 * How a base stands in the receipt of what was merged with it.
 *
 * @throws LakeError `corrupt` (`RECEIPT`) when other rows were taken from it than it was published with.
 */
export function baseReceipt({ meta }: PublishedBase, taken: TakenRows | undefined): BaseReceipt {
  const { row_count: rows, sha256, sources } = meta;
  const { multiset } = meta.content;
  if (taken?.rowCount !== rows || taken.multiset !== multiset) {
    throw new LakeError('corrupt', 'the published rows are not those of their manifest', {
      code: 'RECEIPT',
      details: {
        rows: taken?.rowCount,
        publishedRows: rows,
        multiset: taken?.multiset,
        publishedMultiset: multiset,
      },
    });
  }
  return { sha256, files: sources.length, rows, multiset };
}

/**
 * Whether the base is still what is published, asked after a replacement has read what it replaces.
 *
 * @throws LakeError `conflict` (`PUBLISHED_MEANWHILE`) when it is not.
 */
export async function requireSameBase(
  { compact }: Pick<CompactContext, 'compact'>,
  key: PartitionKey,
  { meta }: PublishedBase,
): Promise<void> {
  const now = await readMeta(compact, key);
  if (now?.sha256 !== meta.sha256) throw publishedMeanwhile(key);
}

function publishedMeanwhile(key: PartitionKey): LakeError {
  return new LakeError('conflict', 'another run published something else meanwhile', {
    code: 'PUBLISHED_MEANWHILE',
    details: { partition: partitionId(key) },
  });
}
