import type { ShreddedRows } from '@ticklake/jsonl';
import type { ObjectStore } from '@ticklake/storage';
import type { ArchiveFile } from '../../archive/archive-day.js';
import { getHour, type HourBytes } from '../../archive/read-hour.js';
import { createEntryReader, type EntryOptions } from './read-entries.js';

/** An hour whose entries are being read. */
export interface OpenHour {
  readonly file: ArchiveFile;
  readonly identity: Omit<HourBytes, 'bytes'>;
  /**
   * Its entries, as `EntryReader.read` gives them; before the next hour is asked for.
   *
   * @throws LakeError as `EntryReader.read`.
   */
  rows(): AsyncIterable<ShreddedRows>;
  /** As `EntryReader.damage`, once all rows were taken. */
  damage(): string | undefined;
}

/** The hours of a day, read one after another. */
export interface DayHours {
  /** In order. @throws LakeError as `getHour`. */
  hours(): AsyncIterable<OpenHour>;
  /** As `EntryReader.unknownKeys`. */
  unknownKeys(): ReadonlyMap<string, number>;
}

/** What hours are read from. */
export interface HourSource {
  readonly archive: ObjectStore;
  /** In order of hour. */
  readonly files: readonly ArchiveFile[];
}

/** Reads hours, wherever that is done. What comes of it does not depend on it. */
export type ReadHours = (source: HourSource, options: EntryOptions) => DayHours;

/** Reads them in this thread, each when the one before has been read. */
export const readHoursHere: ReadHours = ({ archive, files }, options) => {
  const reader = createEntryReader(options);
  return {
    async *hours() {
      for (const file of files) {
        const { bytes, ...identity } = await getHour(archive, file);
        yield { file, identity, rows: () => reader.read(bytes), damage: () => reader.damage };
      }
    },
    unknownKeys: () => reader.unknownKeys,
  };
};
