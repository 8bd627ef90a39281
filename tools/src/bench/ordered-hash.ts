import { queryRows } from '../demo/query.js';
import { sqlText } from './sql-text.js';

/** What a sorted file holds, by DuckDB. */
export interface OrderedContent {
  /** Equal for two files only if they hold the same rows in the same order, every position equal to its `seq`. */
  readonly ordered: string;
  /** What its rows without `seq` add up to, as {@link contentOf} has it of the sources. */
  readonly content: string;
  /** How many rows are older than the one before them. */
  readonly backSteps: number;
}

/** Reads the file at `path` once. DuckDB shares no code with us, and sums a hash of every row, all columns of it. */
export async function orderedContent(path: string): Promise<OrderedContent> {
  const table = `read_parquet(${sqlText(path)}, hive_partitioning = false, file_row_number = true)`;
  const columns = await columnsOf(table, ['file_row_number']);
  const hash = hashOf(columns);
  const inPlace = 'FILTER (file_row_number = seq)';
  // Without an order of its own the window walks the file as it is.
  const { rows } = await queryRows(`
    SELECT count(*) ${inPlace}, sum(${hash}::HUGEINT) ${inPlace}, bit_xor(${hash}) ${inPlace},
      ${sumOf(columns.filter((name) => name !== 'seq'))}, count(*) FILTER (ts_event < before)
    FROM (SELECT *, lag(ts_event) OVER () AS before FROM ${table})`);
  const [placed, sum, xor, content, backSteps] = rows[0] ?? [];
  return {
    ordered: `${columns.join()} ${placed} ${sum} ${xor}`,
    content: String(content),
    backSteps: Number(backSteps),
  };
}

/** What the rows of all files in `folder` add up to, whatever their order and their files. */
export async function contentOf(folder: string): Promise<string> {
  const table = `read_parquet(${sqlText(`${folder}/*.parquet`)}, hive_partitioning = false)`;
  const { rows } = await queryRows(`SELECT ${sumOf(await columnsOf(table, []))} FROM ${table}`);
  return String(rows[0]?.[0]);
}

/** By name, so that all files give their columns in the same order. */
async function columnsOf(table: string, except: readonly string[]): Promise<readonly string[]> {
  const { rows } = await queryRows(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${table})`);
  const names = rows.map(([name]) => String(name));
  return names.filter((name) => !except.includes(name)).sort();
}

function sumOf(columns: readonly string[]): string {
  return `count(*) || ' ' || sum(${hashOf(columns)}::HUGEINT)`;
}

function hashOf(columns: readonly string[]): string {
  return `hash(${columns.map((name) => `"${name}"`).join(', ')})`;
}
