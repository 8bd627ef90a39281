import { LakeError } from '@ticklake/core';
import type { Schema } from '@ticklake/columnar';
import { diffSchemas } from '@ticklake/market';
import type { InspectedSource } from './inspect-source.js';

/** A file whose columns are not those of its partition. */
export interface Stranger {
  readonly source: InspectedSource;
  readonly error: LakeError;
}

/**
 * The schema of a partition: the one most of its files have, the first by name where two are as frequent. Column
 * order and nullability may differ between files; a column that is missing, added or of another type may not
 * (spec rows MG-22, MF-14). `order` columns are never null in the result, others are where any file allows it.
 *
 * @param model - The columns that they must have, where something is published already.
 */
export function agreeOnSchema(
  sources: readonly InspectedSource[],
  order: readonly string[],
  model: Schema = mostFrequent(sources.map((source) => source.schema)),
): { readonly schema: Schema; readonly strangers: readonly Stranger[] } {
  const strangers: Stranger[] = [];
  const nullable = new Set<string>();
  for (const source of sources) {
    const differences = diffSchemas(model, source.schema);
    if (differences.length > 0) strangers.push({ source, error: mismatch(source, differences) });
    else for (const field of source.schema.fields) if (field.nullable) nullable.add(field.name);
  }
  const fields = model.fields.map((field) => ({
    ...field,
    nullable: nullable.has(field.name) && !order.includes(field.name),
  }));
  return { schema: { fields }, strangers };
}

function mostFrequent(schemas: readonly Schema[]): Schema {
  const groups: { readonly schema: Schema; count: number }[] = [];
  for (const schema of schemas) {
    const group = groups.find((other) => diffSchemas(other.schema, schema).length === 0);
    if (group === undefined) groups.push({ schema, count: 1 });
    else group.count++;
  }
  return groups.reduce((best, group) => (group.count > best.count ? group : best)).schema;
}

function mismatch(source: InspectedSource, differences: readonly unknown[]): LakeError {
  return new LakeError('corrupt', 'a file has other columns than the rest of its partition', {
    code: 'SCHEMA_MISMATCH',
    details: { file: source.name, differences: JSON.stringify(differences) },
  });
}
