import { unreachable } from '@ticklake/core';
import type { ConvertedType, LogicalType, ParquetType, SchemaElement } from 'hyparquet';
import type { ColumnField, ScalarType } from './column-type.js';

/** Elements of the footer's schema list for a field and its children, depth first. */
export function schemaElements({ name, type, nullable }: ColumnField): readonly SchemaElement[] {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED';
  if (!('shape' in type)) return [{ name, repetition_type, ...leafElement(type) }];
  const children = type.children.flatMap(schemaElements);
  if (type.shape === 'struct') {
    return [{ name, repetition_type, num_children: type.children.length }, ...children];
  }
  const isList = type.shape === 'list';
  return [
    { name, repetition_type, num_children: 1, converted_type: isList ? 'LIST' : 'MAP' },
    { name: isList ? 'list' : 'key_value', repetition_type: 'REPEATED', num_children: isList ? 1 : 2 },
    ...children,
  ];
}

/** How a scalar is stored and annotated. */
export type LeafElement = Pick<
  SchemaElement,
  'type_length' | 'converted_type' | 'logical_type' | 'precision' | 'scale'
> & { readonly type: ParquetType };

/** The element of a scalar without its name and repetition. */
export function leafElement(scalar: ScalarType): LeafElement {
  const { data, form } = scalar;
  switch (data.kind) {
    case 'bool':
      return { type: 'BOOLEAN' };
    case 'int':
      return integerElement(data);
    case 'float':
      return { type: data.bits === 32 ? 'FLOAT' : 'DOUBLE' };
    case 'date':
      return { type: 'INT32', converted_type: 'DATE' };
    case 'time':
    case 'timestamp':
      return timeElement(scalar, data);
    case 'utf8':
      return {
        type: 'BYTE_ARRAY',
        converted_type: form === 'json' ? 'JSON' : form === 'enum' ? 'ENUM' : 'UTF8',
      };
    case 'bytes':
      return bytesElement(scalar, data.sizeBytes);
    case 'decimal':
      return decimalElement(scalar, data);
    default:
      return unreachable(data);
  }
}

/**
 * By the old annotations only: the writer puts the width of a logical INTEGER into the footer as a 32-bit number, which
 * no other reader takes.
 */
function integerElement({ bits, signed }: { bits: 8 | 16 | 32 | 64; signed: boolean }): LeafElement {
  const type = bits === 64 ? 'INT64' : 'INT32';
  if (signed && bits >= 32) return { type };
  return { type, converted_type: `${signed ? '' : 'U'}INT_${bits}` };
}

const UNITS = { ms: 'MILLIS', us: 'MICROS', ns: 'NANOS' } as const;

/** The old annotation where it says exactly the same: it has instants only, and no nanoseconds. */
function timeElement(
  { form }: ScalarType,
  { kind, unit, utc }: { kind: 'time' | 'timestamp'; unit: 'ms' | 'us' | 'ns'; utc: boolean },
): LeafElement {
  if (form === 'int96') return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 12 };
  const type = kind === 'time' && unit === 'ms' ? 'INT32' : 'INT64';
  const name = kind === 'time' ? 'TIME' : 'TIMESTAMP';
  if (utc && unit !== 'ns') return { type, converted_type: `${name}_${UNITS[unit]}` as ConvertedType };
  return { type, logical_type: { type: name, isAdjustedToUTC: utc, unit: UNITS[unit] } as LogicalType };
}

function bytesElement({ form }: ScalarType, sizeBytes: number | undefined): LeafElement {
  if (sizeBytes === undefined) {
    return form === 'bson' ? { type: 'BYTE_ARRAY', converted_type: 'BSON' } : { type: 'BYTE_ARRAY' };
  }
  const fixed = { type: 'FIXED_LEN_BYTE_ARRAY', type_length: sizeBytes } as const;
  if (form === 'uuid') return { ...fixed, logical_type: { type: 'UUID' } };
  if (form === 'float16') return { ...fixed, logical_type: { type: 'FLOAT16' } };
  return form === 'interval' ? { ...fixed, converted_type: 'INTERVAL' } : fixed;
}

function decimalElement(
  { form }: ScalarType,
  { precision, scale }: { precision: number; scale: number },
): LeafElement {
  const decimal = { converted_type: 'DECIMAL', precision, scale } as const;
  if (form === 'int32') return { type: 'INT32', ...decimal };
  if (form === 'int64') return { type: 'INT64', ...decimal };
  if (form === 'variable') return { type: 'BYTE_ARRAY', ...decimal };
  // The fewest bytes that hold as many nines and a sign.
  const type_length = Math.ceil((precision * Math.log2(10) + 1) / 8);
  return { type: 'FIXED_LEN_BYTE_ARRAY', type_length, ...decimal };
}
