export { timeframeOf } from './data-type.js';
export { layoutNames, layoutOf } from './layout-of.js';
export { type Layout, type LayoutName, type Tier, type ViewName, type ViewScheme } from './layout.js';
export { type AvailabilityPartition, type KnownOfPartition, type MarketPartition } from './partitions.js';
