import { DuckDBInstance } from '@duckdb/node-api';
import { startOfDayMs, type UtcDay } from '@ticklake/core';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { spoolPath, type SpoolLayout } from './spool-path.js';

const DAY_MS = 86_400_000;

/** What to put into a large spool of one symbol's `bbo` day. */
export interface LargeSpoolOptions {
  /** Files are written below it. */
  readonly directory: string;
  readonly layout: SpoolLayout;
  readonly day: UtcDay;
  /** Of all files together; each gets an equal share. */
  readonly rows: number;
  readonly files: number;
  /** How far a file reaches back into its neighbour, as a share of its own time: 0.1 is what collectors do. */
  readonly overlap: number;
  readonly rowGroupRows: number;
  /** BTCUSDT when left out. */
  readonly symbol?: string;
}

/** Where the large spool stands. */
export interface LargeSpool {
  readonly paths: readonly string[];
  readonly rowCount: number;
}

/**
 * A day of quotes written by DuckDB, so that benchmarks and memory tests read a foreign writer's files (snappy,
 * dictionaries, version 1 pages). Values come from `hash()`, times from row numbers rounded to 5 ms so that they tie:
 * equal options give equal rows.
 */
export async function generateLargeSpool(options: LargeSpoolOptions): Promise<LargeSpool> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await instance.connect();
  const rowsPerFile = Math.floor(options.rows / options.files);
  const windowMs = DAY_MS / options.files;
  const paths: string[] = [];
  try {
    for (let file = 0; file < options.files; file++) {
      const flushedAtMs = startOfDayMs(options.day) + Math.floor((file + 1) * windowMs) - 1;
      const path = join(
        options.directory,
        spoolPath({
          layout: options.layout,
          exchange: 'binance',
          stream: 'bbo',
          symbol: options.symbol ?? 'BTCUSDT',
          flushedAtMs,
          number: file,
        }),
      );
      await mkdir(dirname(path), { recursive: true });
      const select = quotesSql({ ...options, file, rowsPerFile, windowMs });
      await connection.run(
        `COPY (${select}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE ${options.rowGroupRows})`,
      );
      paths.push(path);
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
  return { paths, rowCount: rowsPerFile * options.files };
}

function quotesSql({
  day,
  file,
  rowsPerFile,
  windowMs,
  overlap,
  symbol = 'BTCUSDT',
}: LargeSpoolOptions & { file: number; rowsPerFile: number; windowMs: number }): string {
  // The first file starts at midnight; every other reaches back.
  const reachMs = file === 0 ? 0 : windowMs * overlap;
  const startMs = startOfDayMs(day) + file * windowMs - reachMs;
  const stepMs = (windowMs + reachMs) / rowsPerFile;
  const mixed = (salt: number, limit: number) =>
    `(hash(n + ${file * rowsPerFile}, ${salt}) % ${limit})::BIGINT`;
  return `
    WITH events AS (
      SELECT n, (floor((${startMs} + n * ${stepMs}) / 5) * 5)::BIGINT AS ts FROM range(${rowsPerFile}) AS r(n)
    ), quotes AS (
      SELECT n, ts, round(60000 + 500 * sin(ts / 3.6e6) + ${mixed(1, 1000)} / 100, 2) AS bid FROM events
    )
    SELECT ts AS ts_event, ts + 1 + ${mixed(2, 40)} AS ts_recv,
      'binance' AS exchange, '${symbol}' AS symbol, 'bbo' AS stream, 1::TINYINT AS stream_version,
      bid AS bid_price, (1 + ${mixed(3, 5000)}) / 1000 AS bid_qty,
      round(bid + 0.01 * (1 + ${mixed(4, 3)}), 2) AS ask_price, (1 + ${mixed(5, 5000)}) / 1000 AS ask_qty
    FROM quotes ORDER BY n`;
}
