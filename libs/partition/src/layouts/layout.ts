import type { AvailabilityPartition, KnownOfPartition, MarketPartition } from './partitions.js';

/** Ticks, candles and features, or which instruments there are (AP-01, AP-02, AP-03). */
export type Tier = 'execution' | 'ml' | 'availability';

/** The grammars of the source document: its code (AP-07), its diagram (AP-06), and the old one (AP-05). */
export type LayoutName = 'dash-code' | 'dash-diagram' | 'hive';

/** A directory tree over one tier. */
export type ViewName =
  | 'by_date'
  | 'by_venue'
  | 'by_type'
  | 'by_instrument_id'
  | 'by_timeframe'
  | 'by_instrument_type';

/**
 * One view: keys below the root of its tier, each the place of one partition. `parse(format(p))` equals `p`, and two
 * partitions never share a key (D-02), even where case does not count (C-51).
 */
export interface ViewScheme<P> {
  readonly view: ViewName;
  readonly template: string;
  /**
   * What the path fixes, in order: `year`, `month`, `day`, `venue`, `instrument`, `type`, `dataType`, `timeframe`. The
   * more of the first ones are known, the longer is the prefix.
   */
  readonly fields: readonly string[];
  /**
   * The key of a partition, which ends in `.parquet`. No segment of it is empty, `.`, `..`, longer than 255 bytes or the
   * name of a Windows device, and all its characters are ASCII.
   *
   * @throws LakeError `invalid` for a partition that the view cannot write: one that contradicts itself, has more or less
   * than the view says, or holds a text that is no id, venue, type or data type (`NAME`), or no day (`DATE`).
   */
  format(partition: P): string;
  /**
   * `undefined` when `path` is not, as a whole, of this view: another spelling, a day that does not exist, places that
   * disagree. `:` may stand escaped or as it is, whichever is written, but all of them in one way (AP-17).
   */
  parse(path: string): P | undefined;
  /**
   * The longest literal prefix that `known` fixes; it ends in `/`, so an instrument never matches another whose name it
   * begins (D-06). Every key of a partition with those values, as `format` spells it, begins with it.
   *
   * @throws LakeError `invalid` for values that cannot stand in a path or contradict one another.
   */
  prefix(known: KnownOfPartition): string;
}

/** A layout of all tiers. Writers and readers use the same one (D-01). */
export interface Layout {
  readonly name: LayoutName;
  /** The directory of each tier, as the source document has it; keys of views are below it. */
  readonly roots: Readonly<Record<Tier, string>>;
  /** The view that holds the data where the others refer to it (AP-15). */
  readonly primary: 'by_date';
  /** The views of ticks, or of candles and features. Only candles are in `by_timeframe`. */
  market(tier: 'execution' | 'ml'): readonly ViewScheme<MarketPartition>[];
  availability(): readonly ViewScheme<AvailabilityPartition>[];
}
