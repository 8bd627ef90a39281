import { DuckDBInstance } from '@duckdb/node-api';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** DuckDB in memory, with a directory for its files. */
export interface DuckDbOracle {
  readonly directory: string;
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Puts a file where SQL finds it, and returns its path. */
  save(name: string, bytes: Uint8Array): string;
  close(): void;
}

/** An oracle on one thread, so that what it writes does not depend on the machine. */
export async function openDuckDb(): Promise<DuckDbOracle> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run("set TimeZone = 'UTC'");
  const directory = mkdtempSync(join(tmpdir(), 'ticklake-engine-'));
  return {
    directory,
    run: async (sql) => void (await connection.run(sql)),
    rows: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson(),
    save(name, bytes) {
      const path = join(directory, `${name}.parquet`);
      writeFileSync(path, bytes);
      return path;
    },
    close() {
      connection.closeSync();
      instance.closeSync();
      rmSync(directory, { recursive: true });
    },
  };
}

/** How a merge is checked. */
export interface MergeCheck {
  readonly inputs: readonly string[];
  readonly output: string;
  readonly orderBy: readonly string[];
  readonly columns: readonly string[];
  /** A column that numbers the output's rows. */
  readonly sequence?: string;
}

/** In how many rows the output differs from what DuckDB sorts the inputs to: ties by file, then by row. */
export async function differingRows(duckdb: DuckDbOracle, check: MergeCheck): Promise<number> {
  const { inputs, output, orderBy, columns, sequence = 'file_row_number' } = check;
  const order = [...orderBy, 'filename', 'file_row_number'].join();
  const list = inputs.map((path) => `'${path}'`).join();
  const differs = columns.map((name) => `e."${name}" is distinct from f."${name}"`).join(' or ');
  const [row] = await duckdb.rows(
    `with e as (select *, row_number() over (order by ${order}) - 1 as n
                from read_parquet([${list}], filename = true, file_row_number = true)),
          f as (select *, ${sequence} as n, true as found from read_parquet('${output}', file_row_number = true))
     select count(*) as differing from e full join f on e.n = f.n where e.n is null or f.n is null or ${differs}`,
  );
  return Number(row?.['differing']);
}
