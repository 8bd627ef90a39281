import { DuckDBInstance } from '@duckdb/node-api';
import type { DecodedArray, SchemaElement } from 'hyparquet';
import { parquetWriteBuffer, type ColumnSource } from 'hyparquet-writer';
import { writeFile } from 'node:fs/promises';
import type { ForeignStyle, HyparquetEncodings } from './foreign-style.js';

type HyparquetStyle = Extract<ForeignStyle, { writer: 'hyparquet' }>;

/** What the columns of a day are in a file. */
const ELEMENTS: Readonly<Record<string, Omit<SchemaElement, 'name'>>> = {
  BIGINT: { type: 'INT64' },
  TINYINT: { type: 'INT32', converted_type: 'INT_8' },
  DOUBLE: { type: 'DOUBLE' },
  VARCHAR: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
};

/** Writes every one of `paths` again, in place, by hyparquet-writer: the same rows in another writer's manner. */
export async function rewriteByHyparquet(paths: readonly string[], style: HyparquetStyle): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    for (const path of paths) {
      const table = `read_parquet('${path.replaceAll("'", "''")}', hive_partitioning = false)`;
      const reader = await connection.runAndReadAll(`FROM ${table}`);
      const [names, types, columns] = [reader.columnNames(), reader.columnTypes(), reader.getColumns()];
      const elements = names.map((name, at): SchemaElement => {
        const element = ELEMENTS[String(types[at])];
        if (element === undefined) throw new Error(`no element for ${name} ${String(types[at])}`);
        return { name, repetition_type: 'OPTIONAL', ...element };
      });
      const columnData = elements.map(
        (element, at): ColumnSource => ({
          name: element.name,
          data: columns[at] as DecodedArray,
          ...encodingOf(element, style.encodings),
        }),
      );
      const bytes = parquetWriteBuffer({
        columnData,
        schema: [{ name: 'root', num_children: elements.length }, ...elements],
        ...(style.pageBytes === undefined ? {} : { pageSize: style.pageBytes }),
      });
      await writeFile(path, new Uint8Array(bytes));
    }
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function encodingOf(
  { type }: SchemaElement,
  encodings: HyparquetEncodings | undefined,
): Pick<ColumnSource, 'encoding'> {
  if (encodings === undefined) return {};
  if (type === 'DOUBLE') return { encoding: encodings.floats };
  return { encoding: type === 'BYTE_ARRAY' ? encodings.text : encodings.integers };
}
