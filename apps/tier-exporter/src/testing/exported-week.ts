import { parseUtcDay } from '@ticklake/core';
import { memoryStore, type ObjectStore } from '@ticklake/storage';
import { windowDays } from '../tiers/tier2/read-days.js';
import { exportDay } from '../tiers/tier3/export-day.js';
import { entryText, fillDay, hourBytes, putHour } from './archive.js';
import { testContext } from './context.js';

/** The week that specs build: that of the export guide. */
export const WEEK = { endDay: parseUtcDay('2025-12-28'), dayCount: 7 } as const;

/** Its days. */
export const WEEK_DAYS = windowDays(WEEK.endDay, WEEK.dayCount);

/** The days of {@link WEEK}, exported once: in a local export and in a bucket. Each begins with an entry that tells its day. */
export async function exportWeekDays(
  scratchDirectory: string,
): Promise<{ readonly exports: ObjectStore; readonly published: ObjectStore }> {
  const [exports, published] = [memoryStore(), memoryStore()];
  const context = testContext(scratchDirectory, { output: exports, bucket: published });
  for (const day of WEEK_DAYS) {
    await fillDay(context.archive, { day });
    const session = day === WEEK_DAYS[3] ? `s-${WEEK_DAYS[2]}` : `s-${day}`;
    const meta = { schema_version: 7, added_ts: `${day}T00:00:00Z`, session_id: session };
    await putHour(context.archive, 0, hourBytes(entryText(`first of ${day}`, { meta })), day);
    await exportDay(day, context);
  }
  return { exports, published };
}
