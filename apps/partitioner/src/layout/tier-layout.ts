import { assert, LakeError } from '@ticklake/core';
import {
  layoutOf,
  type AvailabilityPartition,
  type LayoutName,
  type MarketPartition,
  type Tier,
  type ViewName,
  type ViewScheme,
} from '@ticklake/partition';
import type { CopyPlan } from '../partitions/view-copies.js';
import type { LayoutDocument } from './layout-document.js';

/** Where a partition lies. */
export interface PartitionPaths {
  /** In the primary view, from the root of the tier. */
  readonly primary: string;
  /** In the others. */
  readonly copies: readonly CopyPlan[];
}

/** A tier's layout, ready for use: paths are from the root of the tier. */
export interface TierLayout {
  readonly document: LayoutDocument;
  /** The schemes of ticks or candles; none in the availability tier. */
  readonly market: ReadonlyMap<ViewName, ViewScheme<MarketPartition>>;
  /** The schemes of availability; none in the other tiers. */
  readonly availability: ReadonlyMap<ViewName, ViewScheme<AvailabilityPartition>>;
  /** @throws LakeError `invalid` (`NAME`) for a partition that no path can name. */
  marketPaths(partition: MarketPartition): PartitionPaths;
  /** The path of all instruments of a day, or in another view of those of a venue or a type. */
  availabilityPath(view: ViewName, partition: AvailabilityPartition): string;
}

/** Makes the schemes that a document names. */
export function tierLayout(document: LayoutDocument): TierLayout {
  const layout = layoutOf(document.layout, { rawColons: document.raw_colons });
  const { tier } = document;
  const chosen = <P>(schemes: readonly ViewScheme<P>[]) =>
    new Map(
      document.views.flatMap((view) => schemes.filter((one) => one.view === view).map((one) => [view, one])),
    );
  const market = tier === 'availability' ? new Map() : chosen(layout.market(tier));
  const availability = tier === 'availability' ? chosen(layout.availability()) : new Map();
  const kind = document.copies === 'all' ? 'data' : 'reference';
  return {
    ...{ document, market, availability },
    marketPaths(partition) {
      const paths = [...(market as TierLayout['market'])]
        .filter(([view]) => view !== 'by_timeframe' || partition.timeframe !== undefined)
        .map(([view, scheme]) => ({ view, path: scheme.format(partition) }));
      const [first, ...others] = paths;
      assert(first?.view === 'by_date', 'the primary view comes first');
      return { primary: first.path, copies: others.map((one): CopyPlan => ({ ...one, kind })) };
    },
    availabilityPath(view, partition) {
      const scheme = (availability as TierLayout['availability']).get(view);
      assert(scheme !== undefined, 'views of a layout have a scheme');
      return scheme.format(partition);
    },
  };
}

/**
 * The views that were asked for, `by_date` first and the others in the order of the layout; all there are where none was.
 *
 * @throws LakeError `invalid` (`VIEW`) for one that the tier does not have.
 */
export function chosenViews({
  layout,
  tier,
  views,
}: {
  readonly layout: LayoutName;
  readonly tier: Tier;
  readonly views: readonly ViewName[];
}): readonly ViewName[] {
  const all = viewsOf(layout, tier);
  const stray = views.find((view) => !all.includes(view));
  if (stray !== undefined) {
    throw new LakeError('invalid', 'the tier has no such view', {
      code: 'VIEW',
      details: { view: stray, layout, tier, known: all.join() },
    });
  }
  return all.filter((view) => view === 'by_date' || views.length === 0 || views.includes(view));
}

function viewsOf(layout: LayoutName, tier: Tier): readonly ViewName[] {
  const { market, availability } = layoutOf(layout);
  const schemes = tier === 'availability' ? availability() : market(tier);
  return schemes.map(({ view }) => view);
}
