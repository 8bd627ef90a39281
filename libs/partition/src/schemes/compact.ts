import { dayCompact } from '../codecs/days.js';
import { slug } from '../codecs/slug.js';
import { definePartitionScheme, type PartitionScheme } from '../define-partition-scheme.js';
import type { SpoolPartition } from './spool.js';
import type { UtcDay } from '@ticklake/core';

/** One day of one stream of one symbol: what the compactor makes one file of. */
export interface DayPartition extends SpoolPartition {
  readonly day: UtcDay;
}

/** Where a day is published, and where the raw bucket keeps its small files (CM-02, CM-04): the date is a directory. */
export const compactScheme: PartitionScheme<DayPartition> = definePartitionScheme(
  'exchange={exchange}/stream={stream}/symbol={symbol}/date={day}/',
  { exchange: slug, stream: slug, symbol: slug, day: dayCompact },
);
