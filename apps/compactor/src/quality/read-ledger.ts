import { compactDay, isLakeError, LakeError, mapBounded, type UtcDay } from '@ticklake/core';
import { readManifest } from '@ticklake/manifest';
import type { ObjectStore } from '@ticklake/storage';
import { nameOf } from '../inspect-source.js';
import { LIST_CONCURRENCY } from '../limits.js';
import { assessDay, type DayAssessment } from './assess-day.js';
import { ledgerWindowSchema, type LedgerWindow } from './ledger-window.js';

/** Windows of 15 minutes in a day. */
export const WINDOWS_PER_DAY = 96;

/** What a collector's ledger says of a day. */
export interface DayLedgerReport extends DayAssessment {
  /** Windows of which there is no file. */
  readonly missingWindows: number;
  /** Keys of files that cannot be understood; they are not judged. */
  readonly unreadable: readonly string[];
}

/** Reads the windows of a day from the raw store and judges the day (spec row CM-37). */
export async function readLedger(raw: ObjectStore, day: UtcDay): Promise<DayLedgerReport> {
  const { objects } = await raw.children(`quality/date=${compactDay(day)}/`);
  const keys = objects.map(({ key }) => key).filter((key) => WINDOW_NAME.test(nameOf(key)));
  const read = await mapBounded(keys, LIST_CONCURRENCY, (key) => readWindow(raw, key, day));
  const windows = read.filter((window): window is LedgerWindow => typeof window !== 'string');
  const unreadable = read.filter((window): window is string => typeof window === 'string');
  return { ...assessDay(windows), missingWindows: WINDOWS_PER_DAY - keys.length, unreadable };
}

/** The quarters of an hour of a day, and nothing else: no temporaries, no 25 o'clock. */
const WINDOW_NAME = /^window=(?:[01]\d|2[0-3])(?:00|15|30|45)\.json$/;

/** The window, or its key where it cannot be understood or is another one. */
async function readWindow(raw: ObjectStore, key: string, day: UtcDay): Promise<LedgerWindow | string> {
  try {
    const window = await readManifest(raw, key, ledgerWindowSchema);
    if (window === undefined) throw new LakeError('missing', 'a window went away while it was read');
    return isWindowOf(window, key, day) ? window : key;
  } catch (error) {
    if (isLakeError(error, 'corrupt') || isLakeError(error, 'missing')) return key;
    throw error;
  }
}

/** A window that says when it starts must start when its name says. */
function isWindowOf({ window_start: start }: LedgerWindow, key: string, day: UtcDay): boolean {
  const [, hour, minute] = /=(\d\d)(\d\d)\.json$/.exec(key) ?? [];
  return start === undefined || Date.parse(start) === Date.parse(`${day}T${hour}:${minute}:00Z`);
}
