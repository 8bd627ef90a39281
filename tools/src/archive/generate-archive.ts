import { compactDay, startOfDayMs, type UtcDay } from '@ticklake/core';
import type { ObjectStore } from '@ticklake/storage';
import { gzipSync } from 'node:zlib';
import { createRandom } from '../spool/random.js';
import { archiveEntry, type EntrySeed } from './archive-entry.js';
import { pythonJson } from './python-json.js';

/** What to put into a made archive. */
export interface ArchiveOptions {
  readonly store: ObjectStore;
  /** Equal seeds and options give equal entries. */
  readonly seed: number;
  readonly days: readonly UtcDay[];
  readonly entriesPerHour: number;
  /** Of every entry, the number of `spot_prices` is one of these. */
  readonly samples: { readonly min: number; readonly max: number };
  readonly era: EntrySeed['era'];
}

/** The size of a real day: some 2,640 entries, 270 MB of JSON. */
export const FULL_DAY = { entriesPerHour: 110, samples: { min: 720, max: 780 } } as const;

/** What was written. */
export interface ArchiveSummary {
  readonly fileCount: number;
  readonly entryCount: number;
  /** Of the JSON, before compression. */
  readonly jsonBytes: number;
  readonly sizeBytes: number;
}

const HOUR_MS = 3_600_000;
const SYMBOLS = (
  'BTC ETH SOL XRP DOGE ADA AVAX LINK DOT LTC UNI ATOM NEAR APT ARB OP SUI SEI TIA INJ AAVE SAND MANA ' +
  'FIL ICP HBAR VET ALGO EGLD FTM RUNE GRT STX IMX LDO CRV MKR SNX COMP YFI 1000CAT 1MBABYDOGE A F'
).split(' ');

/**
 * Writes `YYYYMMDD/00.jsonl.gz` to `23.jsonl.gz` of every day, as the archiver of schema version 7 does: entries of
 * the time up to two hours before, so that the first of a day were added on the day before; about a quarter without
 * posts; nulls, empty objects, keys that differ from entry to entry, and instants in all spellings.
 */
export async function generateArchive(options: ArchiveOptions): Promise<ArchiveSummary> {
  const summary = { fileCount: 0, entryCount: 0, jsonBytes: 0, sizeBytes: 0 };
  for (const day of options.days) {
    for (let hour = 0; hour < 24; hour++) {
      const text = hourText(options, day, hour);
      const bytes = gzipSync(text, { level: 6 });
      const key = `${compactDay(day)}/${String(hour).padStart(2, '0')}.jsonl.gz`;
      await options.store.put(key, bytes, { onlyIf: 'absent' });
      summary.fileCount++;
      summary.entryCount += options.entriesPerHour;
      summary.jsonBytes += Buffer.byteLength(text);
      summary.sizeBytes += bytes.length;
    }
  }
  return summary;
}

/** The lines of one hour; of each day and hour by themselves, whatever else is made. */
export function hourText(options: Omit<ArchiveOptions, 'store' | 'days'>, day: UtcDay, hour: number): string {
  const { seed, entriesPerHour, samples, era } = options;
  const archivedAtMs = startOfDayMs(day) + hour * HOUR_MS;
  const random = createRandom(seed * 7919 + archivedAtMs / HOUR_MS);
  const lines = Array.from({ length: entriesPerHour }, () => {
    const sampleCount = samples.min + random.below(samples.max - samples.min + 1);
    const symbol = SYMBOLS[random.below(SYMBOLS.length)] as string;
    const addedAtUs = (archivedAtMs - 2 * HOUR_MS) * 1000 + random.below(HOUR_MS) * 1000 + random.below(1000);
    return `${pythonJson(archiveEntry({ random, symbol, addedAtUs, sampleCount, era }))}\n`;
  });
  return lines.join('');
}
