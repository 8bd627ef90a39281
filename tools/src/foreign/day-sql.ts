// A market's day as SQL. Values come from `hash()` of the row's number and gaps are whole numbers, so equal options
// give equal rows, whatever runs in parallel.

/** Steps of the price walk last this long. */
export const STEP_MS = 100;
const DAY_MS = 86_400_000;
/** Late rows are among this many at the end of a file, or a quarter of it where that is less. */
const TAIL_ROWS = 200;

/** Rows that one file has, and when they happened. */
export interface RowRange {
  /** Of all rows of the day; the end is not included. */
  readonly fromRow: number;
  readonly toRow: number;
  readonly startMs: number;
  readonly endMs: number;
}

/** One file: its own rows, and what stood late at the end of the file before it. */
export interface FileRows {
  readonly own: RowRange;
  /** Its late rows stand in this file. */
  readonly before: RowRange | undefined;
  /** Whether its own late rows stand in the next file. */
  readonly givesLate: boolean;
}

/**
 * The table `walk`: the best bid in ticks of 0.1 for every 100 ms of the day. It depends on the time alone, so that
 * files which interleave tell of the same market.
 */
export const WALK_SQL = `
  CREATE TABLE walk AS
  SELECT step, (680000 + sum(${mixed('step', 15)} % 7 - 3) OVER (ORDER BY step ROWS UNBOUNDED PRECEDING))::BIGINT AS tick
  FROM range(${DAY_MS / STEP_MS}) AS s(step)`;

/** A query over `walk` that gives the rows of one file, in order. */
export function fileSql(stream: 'bbo' | 'trade', file: FileRows, dayStartMs: number): string {
  const own = eventsSql(file.own);
  const late =
    file.before === undefined ? '' : ` UNION ALL SELECT n, ts FROM (${eventsSql(file.before)}) WHERE late`;
  const first = file.before ?? file.own;
  const steps = [first.startMs, file.own.endMs].map((ms) => Math.floor((ms - dayStartMs) / STEP_MS));
  return `
    WITH events AS (
      SELECT n, ts FROM (${own}) ${file.givesLate ? 'WHERE NOT late' : ''} ${late}
    ), told AS (
      SELECT n, ts, tick, max(ts + 3 + ${mixed('n', 3)} % 9) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) AS received
      FROM events JOIN (FROM walk WHERE step BETWEEN ${steps.join(' AND ')}) ON step = (ts - ${dayStartMs}) // ${STEP_MS}
    )
    SELECT ts AS ts_event, received AS ts_recv, 'binance' AS exchange, 'BTCUSDT' AS symbol, '${stream}' AS stream,
      1::TINYINT AS stream_version, ${stream === 'bbo' ? QUOTE_COLUMNS : TRADE_COLUMNS}
    FROM told ORDER BY n`;
}

const QUOTE_COLUMNS = `
  tick / 10 AS bid_price, ${quantity('cos', 3, 0.5)} AS bid_qty,
  (tick + 1 + (${mixed('n', 6)} % 20 = 0)::BIGINT) / 10 AS ask_price, ${quantity('sin', 3, 0.5)} AS ask_qty`;

const TRADE_COLUMNS = `
  tick / 10 AS price, ${quantity('cos', 5, -4)} AS qty,
  (1 - 2 * (${mixed('n', 7)} % 2))::TINYINT AS side, (5000000000 + n)::VARCHAR AS trade_id`;

/**
 * Columns `n`, `ts` and `late` of a range of rows. Events come in bursts: a third follow at once, the others after
 * gaps that are exponential and denser at some times than at others. A tail's first row is late, its last never.
 */
function eventsSql({ fromRow, toRow, startMs, endMs }: RowRange): string {
  const tailFrom = toRow - Math.min(TAIL_ROWS, (toRow - fromRow) >> 2);
  const gap = `(-1000 * ln(${uniform(2)}) * exp(0.8 * sin(n / 997)))::BIGINT`;
  return `
    SELECT n, (${startMs} + floor(${endMs - startMs - 1} * (t / total)))::BIGINT AS ts,
      n = ${tailFrom} OR (n > ${tailFrom} AND n < ${toRow - 1} AND ${mixed('n', 8)} % 10 < 3) AS late
    FROM (
      SELECT n, sum(gap) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING) AS t, sum(gap) OVER () AS total
      FROM (
        SELECT n, CASE WHEN ${mixed('n', 1)} % 100 < 35 THEN 0 ELSE ${gap} END AS gap
        FROM range(${fromRow}, ${toRow}) AS r(n)
      )
    )`;
}

/** Log-normal, by Box and Muller's two waves of the same draw. */
function quantity(wave: 'sin' | 'cos', digits: number, mean: number): string {
  const normal = `sqrt(-2 * ln(${uniform(4)})) * ${wave}(2 * pi() * ${uniform(5)})`;
  return `greatest(round(exp(${mean} + 1.5 * ${normal}), ${digits}), 1e-${digits})`;
}

/** From 0 to 1, neither of them, by the row's number. */
function uniform(salt: number): string {
  return `((${mixed('n', salt)} + 0.5) / 4294967296)`;
}

/**
 * 32 bits. `hash(n, salt)` would not do: DuckDB combines two hashes by an exclusive or, so draws of the same row would
 * depend on each other.
 */
function mixed(of: string, salt: number): string {
  return `(hash(${of} * 16 + ${salt}) >> 32)::BIGINT`;
}
