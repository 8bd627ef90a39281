import { DuckDBInstance } from '@duckdb/node-api';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sqlText } from '../bench/sql-text.js';

/** Files that are merged to one, by what is special about them. */
export interface MergeCase {
  readonly name: string;
  readonly files: number;
  /** Of all files. */
  readonly rows: number;
  readonly codecs: readonly ('snappy' | 'zstd')[];
  /** How far a file reaches back, as a share of its own time. */
  readonly overlap: number;
  readonly isSorted: boolean;
  /** Whether it has row groups that can be copied; then it is also merged with that. */
  readonly hasCopies: boolean;
}

/** Rows of all files alternate; large parts of files stand alone, and can be copied; rows come in no order. */
export const MERGE_CASES: readonly MergeCase[] = [
  {
    ...{ name: 'interleaved', files: 8, rows: 9600, codecs: ['snappy', 'zstd'] },
    ...{ overlap: 3, isSorted: true, hasCopies: false },
  },
  {
    ...{ name: 'neighbours', files: 2, rows: 12_800, codecs: ['snappy', 'zstd'] },
    ...{ overlap: 0.1, isSorted: true, hasCopies: true },
  },
  {
    ...{ name: 'unsorted', files: 4, rows: 8000, codecs: ['snappy', 'zstd'] },
    ...{ overlap: 0.5, isSorted: false, hasCopies: false },
  },
];

/** DuckDB makes it a multiple of 2,048. */
const ROW_GROUP_ROWS = 2048;

/**
 * Rows in files of DuckDB below `directory`: numbers, text, nulls, decimals, lists; times that tie within files and between
 * them. Equal arguments give equal rows.
 */
export async function makeMergeInputs(
  directory: string,
  { mergeCase, codec }: { readonly mergeCase: MergeCase; readonly codec: MergeCase['codecs'][number] },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    for (let file = 0; file < mergeCase.files; file++) {
      const path = join(directory, `file-${String(file).padStart(2, '0')}.parquet`);
      const select = rowsSql(mergeCase, { file, rowsPerFile: Math.floor(mergeCase.rows / mergeCase.files) });
      await connection.run(
        `COPY (${select}) TO ${sqlText(path)} (FORMAT parquet, COMPRESSION ${codec}, ROW_GROUP_SIZE ${ROW_GROUP_ROWS})`,
      );
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A file lasts as many units of time as it has rows, and ten rows tie. */
function rowsSql(
  { overlap, isSorted }: MergeCase,
  { file, rowsPerFile }: { readonly file: number; readonly rowsPerFile: number },
): string {
  const reach = file === 0 ? 0 : rowsPerFile * overlap;
  const start = file * rowsPerFile - reach;
  const step = (rowsPerFile + reach) / rowsPerFile;
  const mixed = (salt: number, limit: number) =>
    `(hash(n + ${file * rowsPerFile}, ${salt}) % ${limit})::BIGINT`;
  return `
    SELECT (floor((${start} + n * ${step}) / 10) * 10)::BIGINT AS ts_event,
      n + ${file * 1_000_000} AS id,
      CASE WHEN ${mixed(1, 5)} = 0 THEN NULL ELSE 'venue-' || ${mixed(2, 7)} END AS venue,
      'order-' || ${mixed(3, 1_000_000_000)} AS note,
      round(60000 + ${mixed(4, 100_000)} / 100, 2) AS price,
      CASE WHEN ${mixed(5, 9)} = 0 THEN NULL ELSE (${mixed(6, 100_000)} / 1000)::DECIMAL(20, 3) END AS quantity,
      ${mixed(7, 2)} = 0 AS is_maker,
      ${mixed(8, 200)}::UTINYINT AS flags,
      CASE WHEN ${mixed(9, 4)} = 0 THEN NULL ELSE range(${mixed(10, 4)}) END AS parts
    FROM range(${rowsPerFile}) AS r(n) ORDER BY ${isSorted ? 'n' : `${mixed(11, 1_000_000)}, n`}`;
}
