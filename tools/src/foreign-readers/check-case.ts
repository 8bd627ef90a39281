import { errorText } from '@ticklake/core';
import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { columnFacts, type ColumnFacts } from '../peers/column-facts.js';
import { fieldOf } from '../peers/column-type.js';
import { firstDifference } from '../peers/first-difference.js';
import { limitsOf } from '../peers/known-limits.js';
import type { DuckDb } from '../peers/open-duckdb.js';
import { plainText } from '../peers/plain-value.js';
import { readDuckDb } from '../peers/read-duckdb.js';
import { readHyparquet } from '../peers/read-hyparquet.js';
import { readParquetWasm } from '../peers/read-parquet-wasm.js';
import { readTicklake, type ColumnTexts } from '../peers/read-ticklake.js';
import { ticklakeColumn } from '../peers/ticklake-column.js';
import { writeTicklake } from '../peers/write-ticklake.js';
import { count, type Tally } from '../peers/tally.js';
import type { SinkCase } from './sink-case.js';

/** The readers that share no code with our sink, in the order reports show them. */
export const FOREIGN_READERS = ['duckdb', 'hyparquet', 'parquet-wasm'] as const;

/** One of {@link FOREIGN_READERS}. */
export type ForeignReader = (typeof FOREIGN_READERS)[number];

/** What reads the columns called `names` of a file. */
export type ReadForeign = Readonly<
  Record<ForeignReader, (bytes: Uint8Array, names: readonly string[]) => Promise<ColumnTexts>>
>;

/** The readers themselves; DuckDB reads from `directory`. */
export function foreignReaders(duckdb: DuckDb, directory: string): ReadForeign {
  let number = 0;
  return {
    async duckdb(bytes, names) {
      const path = join(directory, `${number++}.parquet`);
      writeFileSync(path, bytes);
      try {
        return await readDuckDb(duckdb, path, names);
      } finally {
        unlinkSync(path);
      }
    },
    hyparquet: readHyparquet,
    'parquet-wasm': (bytes, names) => Promise.resolve(readParquetWasm(bytes, names)),
  };
}

/** Writes the file of a case and tells in what a reader's values are not those that the sink was given. */
export async function checkCase(
  sinkCase: SinkCase,
  { readers, tally }: { readers: ReadForeign; tally: Tally },
): Promise<readonly string[]> {
  const { fields, columns, rowCount, how } = sinkCase.make();
  const asDictionary = how.options.dictionaryBytesMax > 0;
  const batch = {
    schema: { fields: fields.map(fieldOf) },
    rowCount,
    columns: fields.map(({ type }, i) => ticklakeColumn(type, columns[i] ?? [], { asDictionary })),
  };
  const bytes = await writeTicklake(batch, how);
  const found: string[] = [];
  const twin = await writeTicklake(batch, { ...how, kernels: 'portable' });
  if (Buffer.compare(bytes, twin) !== 0) found.push(`${sinkCase.name}: other bytes by portable kernels`);
  // Only for what the footer says of encodings.
  const { rowGroups } = await readTicklake(bytes, { rowsMax: rowCount, kernels: how.kernels });
  const facts = columnFacts(fields, { writer: 'ticklake', rowGroups });
  countEncodings(tally, facts);
  const given = fields.map(({ type }, i) => (columns[i] ?? []).map((value) => plainText(type, value)));
  for (const reader of FOREIGN_READERS) {
    try {
      const read = await readers[reader](
        bytes,
        fields.map(({ name }) => name),
      );
      facts.forEach((column, i) => {
        const limits = limitsOf(reader, column);
        for (const { why } of limits) count(tally, ['limits', why]);
        count(tally, ['columns', reader]);
        count(tally, ['values', reader], rowCount);
        const what = firstDifference(column, { ours: given[i] ?? [], theirs: read[i] ?? [] }, limits);
        if (what !== undefined) found.push(`${sinkCase.name}: ${reader}: ${what}`);
      });
    } catch (error) {
      found.push(`${sinkCase.name}: ${reader}: ${errorText(error)}`);
    }
  }
  return found;
}

function countEncodings(tally: Tally, facts: readonly ColumnFacts[]): void {
  for (const { leaves } of facts) {
    for (const { scalar, encodings } of leaves) {
      for (const encoding of encodings) count(tally, ['encodings', `${encoding} of ${scalar.kind}`]);
    }
  }
}
