import { sqlName, sqlText, type Duckdb } from './duckdb.js';

/** What DuckDB says about a published file and the files it was made of. */
export interface SortComparison {
  /** Columns as `name TYPE`, the sources' with `seq` where it belongs; both lists are equal when all is well. */
  readonly expectedColumns: readonly string[];
  readonly columns: readonly string[];
  readonly sourceRows: number;
  readonly rows: number;
  /** Rows that differ in any column from the row of the same number in DuckDB's own sort, or have none. */
  readonly differing: number;
  /** Rows, as a multiset, of one side that the other has not. */
  readonly missing: number;
  readonly added: number;
  /** Rows that do not stand where their `seq` says. */
  readonly displaced: number;
}

/** What to compare, as paths of files. */
export interface SortQuestion {
  readonly duckdb: Duckdb;
  /** In any order: DuckDB sorts them by name itself. */
  readonly sources: readonly string[];
  readonly output: string;
  /** How equal `ts_event` are ordered; the published order unless a spec wants to see another one fail. */
  readonly ties?: string;
}

/** The order of rows with one `ts_event` (decision C-01), in terms of {@link sourceRows}. */
const PUBLISHED_TIES = 'name, file_row_number';

/** Floats are compared bit by bit: -0 is not 0, and NaN has its payload. */
const FLOATS = ['FLOAT', 'DOUBLE'];

/**
 * Sorts the sources in DuckDB, which shares no code with us, and holds every column of every row of the output against
 * that: by number, as multisets, and by place in the file.
 */
export async function compareWithSort(question: SortQuestion): Promise<SortComparison> {
  const { duckdb, sources, output, ties = PUBLISHED_TIES } = question;
  await duckdb.run(`CREATE OR REPLACE TEMP TABLE expected AS
    SELECT row_number() OVER (ORDER BY ts_event, ${ties}) - 1 AS seq, * EXCLUDE (name, file_row_number)
    FROM (${sourceRows(sources)})`);
  await duckdb.run(`CREATE OR REPLACE TEMP TABLE actual AS
    SELECT * FROM read_parquet(${sqlText(output)}, hive_partitioning = false, file_row_number = true)`);
  const columns = await describe(duckdb, output);
  const names = columns.map(([name]) => name);
  const other = columns.filter(([name]) => name !== 'seq');
  const distinct = other
    .map(([name, type]) => {
      const bits = FLOATS.includes(type) ? '::BIT' : '';
      return `expected.${sqlName(name)}${bits} IS DISTINCT FROM actual.${sqlName(name)}${bits}`;
    })
    .join(' OR ');
  const list = names.map(sqlName).join(', ');
  const [counts = []] = await duckdb.rows(`SELECT
    (SELECT count(*) FROM expected),
    (SELECT count(*) FROM actual),
    (SELECT count(*) FROM expected FULL JOIN actual ON expected.seq = actual.seq
      WHERE expected.seq IS NULL OR actual.seq IS NULL OR ${distinct}),
    (SELECT count(*) FROM (SELECT ${list} FROM expected EXCEPT ALL SELECT ${list} FROM actual)),
    (SELECT count(*) FROM (SELECT ${list} FROM actual EXCEPT ALL SELECT ${list} FROM expected)),
    (SELECT count(*) FROM actual WHERE seq <> file_row_number)`);
  const [sourceCount = 0, rows = 0, differing = 0, missing = 0, added = 0, displaced = 0] =
    counts.map(Number);
  return {
    expectedColumns: withSeq(await describe(duckdb, sources[0] ?? '')),
    columns: columns.map(([name, type]) => `${name} ${type}`),
    ...{ sourceRows: sourceCount, rows, differing, missing, added, displaced },
  };
}

/** What {@link compareWithSort} gives when the output is the sort of the sources. */
export function perfect(comparison: SortComparison): SortComparison {
  const { expectedColumns, sourceRows: rows } = comparison;
  return { ...comparison, columns: expectedColumns, rows, differing: 0, missing: 0, added: 0, displaced: 0 };
}

/** How many of the sources' rows share their `ts_event` with another one, and across how many files at most. */
export async function countTies(
  duckdb: Duckdb,
  sources: readonly string[],
): Promise<{ readonly tiedRows: number; readonly filesMax: number }> {
  const [counts = []] = await duckdb.rows(`SELECT coalesce(sum(n), 0), coalesce(max(files), 0)
    FROM (SELECT count(*) AS n, count(DISTINCT name) AS files FROM (${sourceRows(sources)}) GROUP BY ts_event)
    WHERE n > 1`);
  const [tiedRows = 0, filesMax = 0] = counts.map(Number);
  return { tiedRows, filesMax };
}

/** Every row of the sources with the `name` of its file and its `file_row_number`; paths say nothing of their own. */
function sourceRows(sources: readonly string[]): string {
  const options = 'hive_partitioning = false, union_by_name = true, filename = true, file_row_number = true';
  const paths = sources.map(sqlText).join(', ');
  return `SELECT * EXCLUDE (filename), regexp_extract(filename, '[^/]+$') AS name
    FROM read_parquet([${paths}], ${options})`;
}

async function describe(duckdb: Duckdb, path: string): Promise<(readonly [name: string, type: string])[]> {
  const rows = await duckdb.rows(
    `DESCRIBE SELECT * FROM read_parquet(${sqlText(path)}, hive_partitioning = false)`,
  );
  return rows.map(([name, type]) => [name ?? '', type ?? '']);
}

function withSeq(columns: readonly (readonly [string, string])[]): string[] {
  return columns.flatMap(([name, type]) =>
    name === 'ts_event' ? [`${name} ${type}`, 'seq BIGINT'] : [`${name} ${type}`],
  );
}
