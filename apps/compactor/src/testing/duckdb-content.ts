import { contentHashSql, describeColumnsSql } from '@ticklake/manifest/testing';
import type { Duckdb } from './duckdb.js';

/** Rows and content hash of a Parquet file without its `seq`, as DuckDB computes them from the written specification. */
export async function contentInSql(
  duckdb: Duckdb,
  path: string,
): Promise<{ readonly rows: number; readonly multiset: string; readonly ordered: string }> {
  const described = await duckdb.rows(describeColumnsSql(path));
  const columns = described.map(([name, sqlType]) => ({ name: name ?? '', sqlType: sqlType ?? '' }));
  const [row = []] = await duckdb.rows(contentHashSql({ path, columns, exclude: ['seq'] }));
  const [rows, multiset, ordered] = row;
  return { rows: Number(rows), multiset: multiset ?? '', ordered: ordered ?? '' };
}
