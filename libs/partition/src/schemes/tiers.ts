import type { UtcDay } from '@ticklake/core';
import { dayCompact, dayDashed } from '../codecs/days.js';
import { hourOfDay } from '../codecs/hour.js';
import { definePartitionScheme, type PartitionScheme } from '../define-partition-scheme.js';

/** One file of an archive. */
export interface ArchiveHour {
  /** The day of the folder, which is what counts: its entries may have been added on the day before (T3-02). */
  readonly day: UtcDay;
  readonly hour: number;
}

/** One day of a tier. */
export interface TierDay {
  readonly day: UtcDay;
}

/** Where an archive keeps its entries, a file an hour (T3-03). */
export const archiveScheme: PartitionScheme<ArchiveHour> = definePartitionScheme('{day}/{hour}.jsonl.gz', {
  day: dayCompact,
  hour: hourOfDay,
});

/** Where the daily datasets of tier 3 are published (T3-16). */
export const tier3DailyScheme: PartitionScheme<TierDay> = definePartitionScheme('tier3/daily/{day}/', {
  day: dayDashed,
});

/** Where the weekly datasets of tier 2 are published, by the last day of their window (T2-12). */
export const tier2WeeklyScheme: PartitionScheme<TierDay> = definePartitionScheme('tier2/weekly/{day}/', {
  day: dayDashed,
});

/** Where a local export keeps a day, below a folder of its own (T3-14). */
export const localDayScheme: PartitionScheme<TierDay> = definePartitionScheme('{day}/', { day: dayDashed });
