import {
  layoutNames,
  layoutOf,
  type AvailabilityPartition,
  type MarketPartition,
  type Tier,
  type ViewScheme,
} from '../layouts/index.js';

interface ViewCase<P> {
  readonly title: string;
  readonly rawColons: boolean;
  readonly tier: Tier;
  readonly root: string;
  readonly scheme: ViewScheme<P>;
}

const LAYOUTS = [false, true].flatMap((rawColons) =>
  layoutNames.map((name) => ({ rawColons, layout: layoutOf(name, { rawColons }) })),
);

/** Every view of ticks and candles, in both spellings of the colon. */
export const marketViews: readonly ViewCase<MarketPartition>[] = LAYOUTS.flatMap(({ rawColons, layout }) =>
  (['execution', 'ml'] as const).flatMap((tier) =>
    layout.market(tier).map((scheme) => ({
      title: titleOf(layout.name, rawColons, tier, scheme.view),
      rawColons,
      tier,
      root: layout.roots[tier],
      scheme,
    })),
  ),
);

/** Every view of availability. */
export const availabilityViews: readonly ViewCase<AvailabilityPartition>[] = LAYOUTS.flatMap(
  ({ rawColons, layout }) =>
    layout.availability().map((scheme) => ({
      title: titleOf(layout.name, rawColons, 'availability', scheme.view),
      rawColons,
      tier: 'availability',
      root: layout.roots.availability,
      scheme,
    })),
);

function titleOf(name: string, rawColons: boolean, tier: Tier, view: string): string {
  return `${name}${rawColons ? ' with raw colons' : ''}, ${tier}, ${view}`;
}
