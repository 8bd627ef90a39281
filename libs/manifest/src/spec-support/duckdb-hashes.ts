import { createMultisetHash, createOrderedHash, createRowHasher } from '@ticklake/columnar';
import { bytesSource } from '@ticklake/core';
import { openParquet } from '@ticklake/parquet';
import { readFile } from 'node:fs/promises';
import { contentHashSql, describeColumnsSql } from '../testing/index.js';
import { ARENA, exampleLimits } from './example-publication.js';

/** The content of one Parquet file. */
export interface Content {
  readonly rowCount: string;
  readonly multiset: string;
  readonly ordered: string;
}

/** As much of a DuckDB connection as is needed here. */
export interface SqlConnection {
  runAndReadAll(query: string): Promise<{ getRows(): readonly (readonly unknown[])[] }>;
}

/** As DuckDB computes it, from bytes to hash. */
export async function duckdbContent(
  connection: SqlConnection,
  path: string,
  exclude: readonly string[],
): Promise<Content> {
  const described = (await connection.runAndReadAll(describeColumnsSql(path))).getRows();
  const columns = described.map(([name, sqlType]) => ({ name: String(name), sqlType: String(sqlType) }));
  const query = contentHashSql({ path, columns, exclude });
  const [row] = (await connection.runAndReadAll(query)).getRows();
  const [rowCount, multiset, ordered] = (row ?? []).map(String);
  return { rowCount: rowCount ?? '', multiset: multiset ?? '', ordered: ordered ?? '' };
}

/** As the libraries compute it. */
export async function ourContent(path: string, exclude: readonly string[]): Promise<Content> {
  const reader = await openParquet(
    { source: bytesSource(await readFile(path)), arena: ARENA },
    exampleLimits,
  );
  const hasher = createRowHasher(ARENA, reader.schema, { exclude });
  const multiset = createMultisetHash();
  const ordered = createOrderedHash();
  for await (const batch of reader.batches({ rowsMax: 1000 })) {
    const digests = hasher.digestBatch(batch);
    multiset.add(digests);
    ordered.add(digests);
  }
  hasher.release();
  reader.close();
  return { rowCount: String(reader.rowCount), multiset: multiset.hex(), ordered: ordered.hex() };
}
