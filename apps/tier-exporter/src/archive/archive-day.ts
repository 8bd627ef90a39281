import { archiveScheme } from '@ticklake/partition';
import { LakeError, type UtcDay } from '@ticklake/core';
import type { ObjectMeta, ObjectStore } from '@ticklake/storage';

/** One hour of an archive that is there. */
export interface ArchiveFile {
  readonly hour: number;
  readonly object: ObjectMeta;
}

/** A day of an archive, as its folder is listed. */
export interface ArchiveDay {
  readonly day: UtcDay;
  /** In order of hour. */
  readonly files: readonly ArchiveFile[];
  readonly missingHours: readonly number[];
  /** Names in the folder that are no hour; nothing is read from them. */
  readonly ignoredNames: readonly string[];
}

/** Hours of a complete day. */
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Lists the folder of `day` (T3-02, T3-03). A folder that is not there has no hours. */
export async function listArchiveDay(archive: ObjectStore, day: UtcDay): Promise<ArchiveDay> {
  const folder = archiveScheme.prefix({ day });
  const { objects, prefixes } = await archive.children(folder);
  const files = new Map<number, ArchiveFile>();
  const ignoredNames = prefixes.map((prefix) => prefix.slice(folder.length));
  for (const object of objects) {
    const hour = archiveScheme.parse(object.key)?.hour;
    if (hour === undefined) ignoredNames.push(object.key.slice(folder.length));
    else files.set(hour, { hour, object });
  }
  return {
    day,
    files: [...files.values()].sort((a, b) => a.hour - b.hour),
    missingHours: HOURS.filter((hour) => !files.has(hour)),
    ignoredNames,
  };
}

/**
 * The today guard (T3-12): a day that is not over cannot be complete.
 *
 * @throws LakeError `incomplete` (`TODAY`).
 */
export function requireClosed(day: UtcDay, today: UtcDay): void {
  if (day < today) return;
  const which = day === today ? "today's date" : 'a future date';
  throw new LakeError('incomplete', `Cannot export ${which} (${day}) - day is not complete.`, {
    code: 'TODAY',
    details: { day, today },
  });
}

/**
 * The guard of 24 hours (T3-13).
 *
 * @throws LakeError `incomplete` (`MISSING_HOURS`).
 */
export function requireHours(day: UtcDay, missingHours: readonly number[]): void {
  if (missingHours.length === 0) return;
  throw new LakeError('incomplete', `Incomplete day: missing hours [${missingHours.join(', ')}]`, {
    code: 'MISSING_HOURS',
    details: { day },
  });
}
