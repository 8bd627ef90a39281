import { UNIFIED, type UnifiedName } from '@ticklake/market';
import { fileURLToPath } from 'node:url';
import type { DatasetEntry, Metadata } from '../documents/metadata.js';

/** What directories say, as DuckDB is to type it: as the guide prints it. */
const PATH_TYPES: Readonly<Record<string, string>> = {
  exchange: 'VARCHAR',
  symbol: 'VARCHAR',
  timeframe: 'VARCHAR',
  year: 'SMALLINT',
  month: 'TINYINT',
  day: 'TINYINT',
};

/**
 * Views of DuckDB over everything that is published, one for each kind of data: the rows of all exchanges, symbols and timeframes, with the
 * columns of the guide (UC-42). `timestamp` stays as it is, in milliseconds or microseconds; `time` is that instant, whatever the unit.
 * Conditions on what directories say leave files unread.
 *
 * @param url - Of the store that `metadata` lies in, as stores spell it.
 */
export function unionViews({ data_types: types }: Metadata, url: string): readonly string[] {
  return (Object.keys(UNIFIED) as UnifiedName[]).flatMap((name) => {
    const groups = groupByLayout(Object.entries(types[name]?.datasets ?? {}));
    if (groups.length === 0) return [];
    const columns = UNIFIED[name].schema.fields.map((field) => field.name);
    const selects = groups.map((group) => selectOf(group, { columns, root: pathOf(url) }));
    return [`CREATE OR REPLACE VIEW ${name} AS\n${selects.join('\nUNION ALL\n')};`];
  });
}

/** Datasets whose files and directories are of one form. */
interface Layout {
  readonly paths: string[];
  readonly timeUnit: DatasetEntry['time_unit'];
  readonly pathColumns: readonly string[];
}

function groupByLayout(datasets: readonly (readonly [string, DatasetEntry])[]): readonly Layout[] {
  const groups = new Map<string, Layout>();
  for (const [path, entry] of datasets) {
    const { time_unit: timeUnit, columns, partition_by: period } = entry;
    // What lies in the files as well is in the directories too, which win (C-35).
    const isInPath = ({ name, in: where }: DatasetEntry['columns'][number]) =>
      where === 'path' || (name in PATH_TYPES && isDirectory(name, path, period));
    const pathColumns = columns.filter(isInPath).map(({ name }) => name);
    const inFile = columns.filter((column) => column.in === 'file').map(({ name }) => name);
    const key = JSON.stringify([timeUnit, pathColumns, inFile]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { paths: [path], timeUnit, pathColumns });
    else group.paths.push(path);
  }
  return [...groups.values()];
}

function isDirectory(name: string, path: string, period: DatasetEntry['partition_by']): boolean {
  if (name === 'timeframe') return path.startsWith('klines/');
  return name !== 'day' || period !== 'month';
}

function selectOf(
  { paths, timeUnit, pathColumns }: Layout,
  { columns, root }: { readonly columns: readonly string[]; readonly root: string },
): string {
  const globs = paths.map((path) => `  ${text(`${root}/${path}/**/data.parquet`)}`).sort();
  const types = pathColumns.map((name) => `${name}: ${PATH_TYPES[name] ?? 'VARCHAR'}`).join(', ');
  const time = `make_timestamp(${timeUnit === 'ms' ? 'timestamp * 1000' : 'timestamp'}) AS time`;
  return [
    `SELECT ${[...columns, time].join(', ')}`,
    `FROM read_parquet([\n${globs.join(',\n')}\n],`,
    `  hive_partitioning = true, hive_types_autocast = false, hive_types = {${types}})`,
  ].join('\n');
}

/** Local folders by their path; DuckDB takes the URLs of stores as they are. */
function pathOf(url: string): string {
  return (url.startsWith('file:') ? fileURLToPath(url) : url).replace(/\/+$/, '');
}

function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
