import { LakeError } from '@ticklake/core';
import type { SourceShare } from '@ticklake/shuffle';
import type { PartitionManifest } from '../partitions/manifest.js';
import type { RowSource } from './row-source.js';

/** Which rows of a run come to those that are published. */
export interface MergeDecision {
  /** What is published and stays; `undefined` where nothing is, or where it is to be replaced. */
  readonly base: PartitionManifest | undefined;
  /** Sources whose rows are not in it. Where there are none, there is nothing to do. */
  readonly fresh: ReadonlySet<number>;
}

/**
 * Decides what a partition is to hold. A source that is in it already, told by its bytes and by what it has of the partition, is not taken
 * twice, so that running a thing again changes nothing; new sources come to those before. Nothing is overwritten unasked (D-02).
 *
 * @throws LakeError `conflict` (`SOURCE_CHANGED`) where a source by the name of one that is published has other rows now: which of its
 *   old rows would have to go cannot be told.
 */
export function decideMerge(
  published: PartitionManifest | undefined,
  shares: readonly SourceShare[],
  {
    sources,
    overwrite,
  }: { readonly sources: readonly Pick<RowSource, 'identity'>[]; readonly overwrite: boolean },
): MergeDecision {
  const all = new Set(shares.map(({ source }) => source));
  if (published === undefined || overwrite) return { base: undefined, fresh: all };
  const fresh = new Set<number>();
  for (const { source, rowCount, multiset } of shares) {
    const identity = sources[source]?.identity;
    const known = published.sources.find(({ sha256 }) => sha256 === identity?.sha256);
    if (known?.rows === rowCount && known.multiset === multiset) continue;
    if (known !== undefined || published.sources.some(({ name }) => name === identity?.name)) {
      throw new LakeError('conflict', 'a source of what is published has other rows now', {
        code: 'SOURCE_CHANGED',
        details: { file: identity?.name, date: published.date, instrument: published.instrument_id },
      });
    }
    fresh.add(source);
  }
  return { base: published, fresh };
}
