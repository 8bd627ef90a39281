import { fileURLToPath } from 'node:url';
import type { LakeTable } from './lake-tables.js';

/** Types of what paths say (C-50); all others are text. */
const KEY_TYPES: Readonly<Record<string, string>> = { year: 'SMALLINT', month: 'SMALLINT', day: 'SMALLINT' };

/**
 * A view of DuckDB over a table of a lake: conditions on what paths say leave files unread.
 *
 * @param url - The root of the tier, as stores spell it.
 */
export function duckdbView({ name, dataType, keys }: LakeTable, url: string): string {
  const segments = keys.map((key) => (key === 'data_type' ? `data_type=${dataType}` : `${key}=*`));
  const glob = `${pathOf(url)}/by_date/${segments.join('/')}/data.parquet`;
  const types = keys.map((key) => `${quoted(key)}: ${KEY_TYPES[key] ?? 'VARCHAR'}`).join(', ');
  return [
    `CREATE OR REPLACE VIEW ${quoted(name)} AS`,
    `SELECT * FROM read_parquet('${glob.replaceAll("'", "''")}',`,
    `  hive_partitioning = true, hive_types_autocast = false, hive_types = {${types}});`,
  ].join('\n');
}

/** Local files by their path; DuckDB takes the URLs of stores as they are. */
function pathOf(url: string): string {
  return (url.startsWith('file:') ? fileURLToPath(url) : url).replace(/\/+$/, '');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
