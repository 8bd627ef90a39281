import type { Arena, RecordBatch } from '@ticklake/columnar';
import { createArena, takeRows, textColumn } from '@ticklake/columnar';
import { startOfDayMs, type UtcDay } from '@ticklake/core';
import { createParquetSink } from '@ticklake/parquet';
import type { ObjectStore } from '@ticklake/storage';
import { createRandom, type Random } from './random.js';
import { spoolPath, type SpoolLayout } from './spool-path.js';
import { ownColumns, spoolSchema, type Feed, type SpoolStream } from './spool-streams.js';

const DAY_MS = 86_400_000;
/** A collector flushes at the latest this long after a row came in, so files reach back no further. */
const OVERLAP_MAX_MS = 180_000;

/** What to put into a made spool. */
export interface SpoolOptions {
  readonly store: ObjectStore;
  /** Equal seeds and options give equal bytes. */
  readonly seed: number;
  readonly layout: SpoolLayout;
  readonly exchange: string;
  readonly streams: readonly SpoolStream[];
  /** Upper case, as in the symbol column. */
  readonly symbols: readonly string[];
  readonly days: readonly UtcDay[];
  readonly filesPerDay: number;
  readonly rowsPerFile: number;
}

/** What was written. */
export interface SpoolSummary {
  readonly fileCount: number;
  readonly rowCount: number;
  readonly sizeBytes: number;
}

/**
 * Writes small spool files like a collector's: sorted inside, overlapping at their boundaries, with equal times inside
 * and across files, a row sent twice now and then, and, as files belong to the day they were flushed on, a few rows
 * from before midnight.
 */
export async function generateSpool(options: SpoolOptions): Promise<SpoolSummary> {
  const summary = { fileCount: 0, rowCount: 0, sizeBytes: 0 };
  const arena = createArena({ bytesMax: ARENA_BYTES_MAX });
  let streamSeed = options.seed;
  for (const stream of options.streams) {
    for (const symbol of options.symbols) {
      const random = createRandom((streamSeed += 7919));
      const feed: Feed = { price: 100 + random.below(60_000), tradeId: 1_000_000 + random.below(1_000_000) };
      let number = 0;
      for (const flushedAtMs of flushTimes(options)) {
        const times = eventTimes(flushedAtMs, options, random);
        const batch = spoolBatch(stream, symbol, times, { exchange: options.exchange, feed, random });
        const key = spoolPath({ ...options, stream, symbol, flushedAtMs, number: number++ });
        const bytes = await parquetBytes(arena, batch);
        await options.store.put(key, bytes, { onlyIf: 'absent' });
        summary.fileCount++;
        summary.rowCount += batch.rowCount;
        summary.sizeBytes += bytes.length;
      }
    }
  }
  return summary;
}

/** Far more than one small file needs. */
const ARENA_BYTES_MAX = 256 * 1024 * 1024;

/** Each file's flush, a second before the end of its share of the day. */
function flushTimes({ days, filesPerDay }: SpoolOptions): readonly number[] {
  const windowMs = Math.floor(DAY_MS / filesPerDay);
  return days.flatMap((day) =>
    Array.from({ length: filesPerDay }, (_, file) => startOfDayMs(day) + (file + 1) * windowMs - 1000),
  );
}

function eventTimes(
  flushedAtMs: number,
  { filesPerDay, rowsPerFile }: SpoolOptions,
  random: Random,
): BigInt64Array {
  const windowMs = Math.floor(DAY_MS / filesPerDay);
  const overlapMs = Math.min(Math.floor(windowMs / 10), OVERLAP_MAX_MS);
  const startMs = flushedAtMs - windowMs - overlapMs;
  const times = Float64Array.from(
    { length: rowsPerFile },
    () => startMs + random.below(windowMs + overlapMs),
  ).sort();
  // One event in sixteen shares its neighbour's millisecond; the last one and two of the next file stand on the
  // flush exactly.
  for (let row = 1; row < times.length; row++) {
    if (random.below(16) === 0) times[row] = times[row - 1] as number;
  }
  for (let row = 0; row < times.length; row++) {
    if ((times[row] as number) > flushedAtMs - windowMs) {
      times.fill(flushedAtMs - windowMs, row, row + 2);
      break;
    }
  }
  times[times.length - 1] = flushedAtMs;
  return BigInt64Array.from(times, BigInt).sort();
}

function spoolBatch(
  stream: SpoolStream,
  symbol: string,
  times: BigInt64Array,
  { exchange, feed, random }: { exchange: string; feed: Feed; random: Random },
): RecordBatch {
  const rowCount = times.length;
  const text = (value: string) => textColumn(Array.from({ length: rowCount }, () => value));
  const batch: RecordBatch = {
    schema: spoolSchema(stream),
    rowCount,
    columns: [
      { layout: 'fixed', values: times },
      { layout: 'fixed', values: times.map((time) => time + BigInt(1 + random.below(50))) },
      text(exchange),
      text(symbol),
      text(stream),
      { layout: 'fixed', values: new Int8Array(rowCount).fill(1) },
      ...ownColumns(stream, times, { feed, random }),
    ],
  };
  // Sent again after a reconnect: the same row twice, which a merge must keep.
  const rows = Array.from({ length: rowCount }, (_, row) => row);
  return takeRows(
    batch,
    Uint32Array.from(rows.flatMap((row) => (random.below(64) === 0 ? [row, row] : [row]))),
  );
}

/** One small file in memory, in the collector's manner: snappy, dictionaries, one row group. */
async function parquetBytes(arena: Arena, batch: RecordBatch): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const target = {
    write: (bytes: Uint8Array) => {
      parts.push(bytes.slice());
      return Promise.resolve();
    },
  };
  const sink = createParquetSink({ target, arena }, batch.schema, {
    compression: 'snappy',
    zstdLevel: 1,
    rowGroupRows: 65_536,
    pageRows: 4096,
    dictionaryBytesMax: 65_536,
    sortingColumns: [],
    createdBy: 'ticklake spool generator',
  });
  await sink.write(batch);
  await sink.finish({});
  return new Uint8Array(Buffer.concat(parts));
}
