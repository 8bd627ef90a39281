import { DuckDBInstance } from '@duckdb/node-api';
import { parseUtcDay, startOfDayMs } from '@ticklake/core';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeForeignDay, type ForeignDayOptions } from './foreign-day.js';

const day = parseUtcDay('2026-02-03');
const FILES = 21;
const options: Omit<ForeignDayOptions, 'directory'> = {
  day,
  stream: 'bbo',
  rows: 8410,
  files: FILES,
  shape: 'in-turn',
  overlapShare: 0.1,
  copyOptions: 'COMPRESSION snappy',
};

describe('writeForeignDay', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ticklake-foreign-'));
  });
  afterEach(() => rm(directory, { recursive: true }));
  const spool = () => `read_parquet('${directory}/**/*.parquet', filename = true, file_row_number = true)`;
  const spans = () =>
    `(SELECT filename, min(ts_event) AS lo, max(ts_event) AS hi, count(*) AS n FROM ${spool()} GROUP BY filename)`;

  it('writes so many rows in so many files, in the order of their names, each sorted by time', async () => {
    const paths = await writeForeignDay({ ...options, directory });
    expect(paths).toHaveLength(FILES);
    expect([...paths].sort()).toEqual(paths);
    expect(await query(`SELECT count(*), count(DISTINCT filename) FROM ${spool()}`)).toEqual([[8410n, 21n]]);
    expect(await query(`SELECT count(*) FROM ${backSteps('ts_event')}`)).toEqual([[0n]]);
    const startMs = BigInt(startOfDayMs(day));
    expect(
      await query(
        `SELECT min(ts_event) >= ${startMs}, max(ts_event) < ${startMs + 86_400_000n} FROM ${spool()}`,
      ),
    ).toEqual([[true, true]]);
  });

  it.each([
    { overlapShare: 0, expected: 0n },
    { overlapShare: 0.1, expected: 2n },
    { overlapShare: 1, expected: 20n },
  ])(
    'lets the share $overlapShare of the boundaries overlap, by late rows',
    async ({ overlapShare, expected }) => {
      await writeForeignDay({ ...options, overlapShare, directory });
      const boundaries = `(SELECT lo, n, lag(hi) OVER (ORDER BY filename) AS before FROM ${spans()})`;
      expect(await query(`SELECT count(*) FILTER (lo < before), sum(n) FROM ${boundaries}`)).toEqual([
        [expected, 8410n],
      ]);
      // What is late was at the end of its own file: none is older than its neighbour's whole span.
      expect(
        await query(`SELECT count(*) FROM ${boundaries} WHERE lo < before - 86400000 / ${FILES}`),
      ).toEqual([[0n]]);
    },
  );

  it('has many times in common, prices that walk and sizes of every magnitude', async () => {
    await writeForeignDay({ ...options, rows: 40_000, directory });
    const [row] = await query(
      `SELECT count(DISTINCT ts_event) / count(*), count(DISTINCT bid_price), min(ask_price - bid_price) > 0.09,
        max(ask_price - bid_price) < 0.21, min(bid_qty) < 0.05, median(bid_qty), max(ask_qty) > 100,
        abs(corr(ln(bid_qty), ln(ask_qty))) < 0.05, min(ts_recv - ts_event) > 0 FROM ${spool()}`,
    );
    const [times, prices, , , , size] = row ?? [];
    expect(Number(times)).toBeGreaterThan(0.3);
    expect(Number(times)).toBeLessThan(0.7);
    expect(Number(prices)).toBeGreaterThan(200);
    expect(Number(size)).toBeCloseTo(Math.exp(0.5), 1);
    expect(row?.filter((value) => typeof value === 'boolean')).toEqual([true, true, true, true, true, true]);
  });

  it('has the columns of the collector', async () => {
    await writeForeignDay({ ...options, directory });
    const described = `SELECT string_agg(column_name || ' ' || column_type, ', ') FROM (DESCRIBE FROM read_parquet('${directory}/**/*.parquet', hive_partitioning = false))`;
    const common =
      'ts_event BIGINT, ts_recv BIGINT, exchange VARCHAR, symbol VARCHAR, stream VARCHAR, stream_version TINYINT';
    expect(await query(described)).toEqual([
      [`${common}, bid_price DOUBLE, bid_qty DOUBLE, ask_price DOUBLE, ask_qty DOUBLE`],
    ]);
    await rm(join(directory, 'exchange=binance'), { recursive: true });
    await writeForeignDay({ ...options, stream: 'trade', directory });
    expect(await query(described)).toEqual([
      [`${common}, price DOUBLE, qty DOUBLE, side TINYINT, trade_id VARCHAR`],
    ]);
    expect(await query(`SELECT count(DISTINCT trade_id), count(DISTINCT side) FROM ${spool()}`)).toEqual([
      [8410n, 2n],
    ]);
  });

  it('gives every interleaved file rows of the whole day', async () => {
    await writeForeignDay({ ...options, shape: 'interleaved', directory });
    expect(
      await query(`SELECT count(*) FROM ${spans()} WHERE hi - lo > 84000000 AND n BETWEEN 400 AND 401`),
    ).toEqual([[21n]]);
    expect(await query(`SELECT count(*) FROM ${backSteps('ts_event')}`)).toEqual([[0n]]);
  });

  it('makes the same rows again', async () => {
    const sum = `SELECT bit_xor(hash(t)), count(*) FROM ${spool()} t`;
    await writeForeignDay({ ...options, directory });
    const first = await query(sum);
    await writeForeignDay({ ...options, directory });
    expect(await query(sum)).toEqual(first);
  });

  function backSteps(column: string): string {
    return `(SELECT ${column} < lag(${column}) OVER (PARTITION BY filename ORDER BY file_row_number) AS back FROM ${spool()}) WHERE back`;
  }
});

async function query(sql: string): Promise<readonly (readonly unknown[])[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
