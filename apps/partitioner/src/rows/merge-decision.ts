import { LakeError } from '@ticklake/core';
import type { SourceShare } from '@ticklake/shuffle';
import type { PartitionManifest } from '../partitions/manifest.js';
import type { PublishedState } from '../partitions/open-rows.js';
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
 * twice, so that running a thing again changes nothing; new sources come to those before. Nothing is overwritten unasked (D-02). What is
 * damaged is published again, where all of its sources are here.
 *
 * @throws LakeError `conflict` (`SOURCE_CHANGED`) where a source by the name of one that is published has other rows now: which of its
 *   old rows would have to go cannot be told; `corrupt` (`DATA_MISMATCH`) where what is published is damaged and one of its sources is not here.
 */
export function decideMerge(
  state: PublishedState | undefined,
  shares: readonly SourceShare[],
  {
    sources,
    overwrite,
  }: { readonly sources: readonly Pick<RowSource, 'identity'>[]; readonly overwrite: boolean },
): MergeDecision {
  const all = new Set(shares.map(({ source }) => source));
  if (state === undefined || overwrite) return { base: undefined, fresh: all };
  const { manifest: published, isDamaged } = state;
  if (isDamaged) {
    requireSources(published, shares, sources);
    return { base: undefined, fresh: all };
  }
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

/** Every source of a partition is here, with the rows that it has of it. */
function requireSources(
  published: PartitionManifest,
  shares: readonly SourceShare[],
  sources: readonly Pick<RowSource, 'identity'>[],
): void {
  const isHere = ({ sha256, multiset }: PartitionManifest['sources'][number]) =>
    shares.some((one) => sources[one.source]?.identity.sha256 === sha256 && one.multiset === multiset);
  const gone = published.sources.find((source) => !isHere(source));
  if (gone === undefined) return;
  throw new LakeError('corrupt', 'what is published is damaged, and one of its sources is not here', {
    code: 'DATA_MISMATCH',
    details: { file: gone.name, date: published.date, instrument: published.instrument_id },
  });
}
