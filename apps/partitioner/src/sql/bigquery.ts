import { typeText, type Field } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import type { LakeTable } from './lake-tables.js';

/** Where tables of BigQuery are created. */
export interface BigQueryPlace {
  readonly dataset: string;
  /** Of BigLake, e.g. `eu.lake`; an external table without it. */
  readonly connection: string | undefined;
  /** The root of the tier: a `gs://` URL. */
  readonly url: string;
}

const KEY_TYPES: Readonly<Record<string, string>> = { year: 'INT64', month: 'INT64', day: 'INT64' };

/**
 * The external table of BigQuery over a table of a lake, and a view of it (AP-32). A URI has one wildcard, which takes all data types in; the
 * view leaves those of the others out by the path, before a file of them is opened.
 *
 * @throws LakeError `invalid` (`STORE`) for a lake that is not on Google Cloud Storage, (`NAME`) for names that BigQuery does not take,
 *   (`SCHEMA_MISMATCH`) for a column of a type that it does not have.
 */
export function bigQueryTable(table: LakeTable, { dataset, connection, url }: BigQueryPlace): string {
  if (!url.startsWith('gs://')) {
    throw new LakeError('invalid', 'BigQuery reads lakes on Google Cloud Storage', {
      code: 'STORE',
      details: { url },
    });
  }
  const root = `${url.replace(/\/+$/, '')}/by_date`;
  const files = name(`${dataset}.${table.name}_files`);
  const columns = table.schema.fields.map((field) => `  ${name(field.name)} ${columnType(field)}`);
  const keys = table.keys.map((key) => `  ${name(key)} ${KEY_TYPES[key] ?? 'STRING'}`);
  return [
    `CREATE OR REPLACE EXTERNAL TABLE ${files} (\n${columns.join(',\n')}\n)`,
    `WITH PARTITION COLUMNS (\n${keys.join(',\n')}\n)`,
    ...(connection === undefined ? [] : [`WITH CONNECTION ${name(connection)}`]),
    `OPTIONS (\n  format = 'PARQUET',\n  uris = ['${root}/*/data.parquet'],\n  hive_partition_uri_prefix = '${root}'\n);`,
    `CREATE OR REPLACE VIEW ${name(`${dataset}.${table.name}`)} AS\nSELECT * FROM ${files}${filterOf(table)};`,
  ].join('\n');
}

function filterOf({ keys, dataType }: LakeTable): string {
  return keys.includes('data_type') ? `\nWHERE data_type = '${dataType}'` : '';
}

function name(text: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text)) return `\`${text}\``;
  throw new LakeError('invalid', 'not a name that BigQuery takes', { code: 'NAME', details: { text } });
}

function columnType({ name: column, type }: Field): string {
  switch (type.kind) {
    case 'bool':
      return 'BOOL';
    case 'int':
      return 'INT64';
    case 'float':
      return 'FLOAT64';
    case 'timestamp':
      return type.utc ? 'TIMESTAMP' : 'DATETIME';
    case 'date':
      return 'DATE';
    case 'time':
      return 'TIME';
    case 'utf8':
      return 'STRING';
    case 'bytes':
      return 'BYTES';
    case 'decimal':
      return type.precision <= 38 && type.scale <= 9 ? 'NUMERIC' : 'BIGNUMERIC';
    case 'nested':
      throw new LakeError('invalid', 'a column has a type that tables here do not have', {
        code: 'SCHEMA_MISMATCH',
        details: { column, type: typeText(type) },
      });
  }
}
