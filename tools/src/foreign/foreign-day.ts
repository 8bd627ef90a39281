import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { startOfDayMs, type UtcDay } from '@ticklake/core';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { spoolPath } from '../spool/spool-path.js';
import { fileSql, WALK_SQL, type FileRows, type RowRange } from './day-sql.js';

/** What to put into the spool of one symbol's day. */
export interface ForeignDayOptions {
  /** Files are written below it. */
  readonly directory: string;
  readonly day: UtcDay;
  readonly stream: 'bbo' | 'trade';
  /** Of all files together; shared out as evenly as whole rows can be. */
  readonly rows: number;
  readonly files: number;
  /** `in-turn`: each file has its own span of the day. `interleaved`: every file has rows of the whole day. */
  readonly shape: 'in-turn' | 'interleaved';
  /**
   * Files in turn only: the share of the boundaries between files at which late rows of the one stand in the next.
   * At all others the neighbours have no time in common.
   */
  readonly overlapShare: number;
  /** Options of DuckDB's `COPY … (FORMAT parquet, …)`. */
  readonly copyOptions: string;
}

const DAY_MS = 86_400_000;

/**
 * A realistic day, written by DuckDB, so that what reads it reads a foreign writer's files. Times are in
 * milliseconds, bursty and often equal; prices walk by ticks; sizes are log-normal; ids never repeat. Equal options
 * give equal rows.
 *
 * @returns The files, in order.
 */
export async function writeForeignDay(options: ForeignDayOptions): Promise<readonly string[]> {
  if (options.rows < 16 * options.files) throw new Error('a file needs at least 16 rows');
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connections = [await instance.connect(), await instance.connect()];
  try {
    const [first] = connections as [DuckDBConnection];
    await first.run(WALK_SQL);
    const files = filesOf(options, await overlappingBoundaries(first, options));
    // A file is written by one thread, so two of them at a time.
    let next = 0;
    const write = async (connection: DuckDBConnection) => {
      for (let at = next++; at < files.length; at = next++) {
        const { path, rows } = files[at] as ForeignFile;
        await mkdir(dirname(path), { recursive: true });
        const select = fileSql(options.stream, rows, startOfDayMs(options.day));
        await connection.run(
          `COPY (${select}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, ${options.copyOptions})`,
        );
      }
    };
    await Promise.all(connections.map(write));
    return files.map(({ path }) => path);
  } finally {
    for (const connection of connections) connection.closeSync();
    instance.closeSync();
  }
}

interface ForeignFile {
  readonly path: string;
  readonly rows: FileRows;
}

function filesOf(options: ForeignDayOptions, overlapping: ReadonlySet<number>): readonly ForeignFile[] {
  const { directory, day, stream, rows, files, shape } = options;
  const startMs = startOfDayMs(day);
  const edgeMs = (file: number) => startMs + Math.floor((file * DAY_MS) / files);
  const ranges = Array.from({ length: files }, (_, file): RowRange => {
    const [fromRow, toRow] = [Math.floor((file * rows) / files), Math.floor(((file + 1) * rows) / files)];
    return shape === 'in-turn'
      ? { fromRow, toRow, startMs: edgeMs(file), endMs: edgeMs(file + 1) }
      : { fromRow, toRow, startMs, endMs: startMs + DAY_MS };
  });
  return ranges.map((own, file) => {
    const name = { layout: 'dated', exchange: 'binance', stream, symbol: 'BTCUSDT', number: file } as const;
    return {
      path: join(directory, spoolPath({ ...name, flushedAtMs: edgeMs(file + 1) - 1 })),
      rows: {
        own,
        before: overlapping.has(file - 1) ? ranges[file - 1] : undefined,
        givesLate: overlapping.has(file),
      },
    };
  });
}

/** Boundary n is the one between file n and the next. Exactly the wanted share of them, spread by chance. */
async function overlappingBoundaries(
  connection: DuckDBConnection,
  { files, shape, overlapShare }: ForeignDayOptions,
): Promise<ReadonlySet<number>> {
  if (shape === 'interleaved') return new Set();
  const wanted = Math.round(overlapShare * (files - 1));
  const sql = `SELECT n FROM range(${files - 1}) AS b(n) ORDER BY hash(n * 16 + 9), n LIMIT ${wanted}`;
  return new Set((await connection.runAndReadAll(sql)).getRows().map(([boundary]) => Number(boundary)));
}
