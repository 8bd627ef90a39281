import type { DataType, Field, Schema } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { CONVERTED, LOGICAL, PHYSICAL, REPETITION } from '../format/constants.js';
import { DECIMAL_PRECISION_MAX } from '../format/decimal-size.js';
import { storageOf, type Leaf, type LeafType } from './leaf.js';
import type { ThriftWriter } from './thrift-writer.js';

/** One element of the footer's depth-first schema list. */
export type SchemaElement = (writer: ThriftWriter) => void;

/** A top-level field with what is stored of it. */
export interface TreeField {
  readonly field: Field;
  /** Its leaves, depth first; exactly one when the field is flat. */
  readonly leaves: readonly Leaf[];
}

/** A schema as the Parquet format stores it. */
export interface SchemaTree {
  readonly fields: readonly TreeField[];
  readonly elements: readonly SchemaElement[];
}

/**
 * Lays out `schema`: lists and maps in the three-level form of the format's specification.
 *
 * @throws LakeError `invalid` for a schema that cannot be stored: an empty, repeated or `__proto__` name, a struct without fields,
 * a decimal without digits or with more than 76, fixed bytes of no size.
 */
export function layOutSchema(schema: Schema): SchemaTree {
  const elements: SchemaElement[] = [
    (writer) => {
      writer.text(4, 'schema');
      writer.i32(5, schema.fields.length);
    },
  ];
  requireNames(schema.fields, []);
  const fields = schema.fields.map((field) => {
    const leaves: Leaf[] = [];
    layOut({ name: field.name, field, path: [], definition: 0, repetition: 0 }, elements, leaves);
    return { field, leaves };
  });
  return { fields, elements };
}

interface Place {
  readonly name: string;
  readonly field: Field;
  readonly path: readonly string[];
  readonly definition: number;
  readonly repetition: number;
}

function layOut(place: Place, elements: SchemaElement[], leaves: Leaf[]): void {
  const { field, name } = place;
  const path = [...place.path, name];
  const definition = place.definition + (field.nullable ? 1 : 0);
  const repetition = field.nullable ? REPETITION.OPTIONAL : REPETITION.REQUIRED;
  const { type } = field;
  if (type.kind !== 'nested') {
    requireLeaf(type, path);
    const storage = storageOf(type);
    leaves.push({ path, type, ...storage, definitionMax: definition, repetitionMax: place.repetition });
    elements.push(leafElement(name, repetition, type));
    return;
  }
  const [first, second] = type.children;
  if (type.shape === 'struct') {
    requireNames(type.children, path);
    if (first === undefined) throw unstorable('a struct needs at least one field', path);
    elements.push(groupElement(name, repetition, type.children.length, undefined));
    for (const child of type.children) {
      layOut(
        { name: child.name, field: child, path, definition, repetition: place.repetition },
        elements,
        leaves,
      );
    }
    return;
  }
  const inside = { definition: definition + 1, repetition: place.repetition + 1 };
  if (type.shape === 'list') {
    if (first === undefined || second !== undefined) throw unstorable('a list has one kind of element', path);
    elements.push(
      groupElement(name, repetition, 1, 'list'),
      groupElement('list', REPETITION.REPEATED, 1, undefined),
    );
    layOut({ name: 'element', field: first, path: [...path, 'list'], ...inside }, elements, leaves);
    return;
  }
  if (first === undefined || second === undefined) throw unstorable('a map has a key and a value', path);
  elements.push(
    groupElement(name, repetition, 1, 'map'),
    groupElement('key_value', REPETITION.REPEATED, 2, undefined),
  );
  layOut({ name: 'key', field: first, path: [...path, 'key_value'], ...inside }, elements, leaves);
  layOut({ name: 'value', field: second, path: [...path, 'key_value'], ...inside }, elements, leaves);
}

function requireNames(fields: readonly Field[], path: readonly string[]): void {
  const names = new Set<string>();
  for (const { name } of fields) {
    if (name === '') throw unstorable('a field needs a name', path);
    // A hostile name in every reader that keys objects by it, and one that this library's reader refuses.
    if (name === '__proto__') throw unstorable('a field cannot have this name', [...path, name]);
    if (names.has(name)) throw unstorable('two fields have the same name', [...path, name]);
    names.add(name);
  }
}

function requireLeaf(type: DataType, path: readonly string[]): void {
  if (
    type.kind === 'bytes' &&
    type.sizeBytes !== undefined &&
    !(Number.isInteger(type.sizeBytes) && type.sizeBytes > 0)
  ) {
    throw unstorable('fixed bytes need a whole size above 0', path);
  }
  if (type.kind !== 'decimal') return;
  const { precision, scale } = type;
  if (
    !(
      Number.isInteger(precision) &&
      precision > 0 &&
      precision <= DECIMAL_PRECISION_MAX &&
      Number.isInteger(scale) &&
      scale >= 0 &&
      scale <= precision
    )
  ) {
    throw unstorable('a decimal needs 1 to 76 digits, and no more of them after the point than in all', path);
  }
}

function unstorable(message: string, path: readonly string[]): LakeError {
  return new LakeError('invalid', message, { details: { path: path.join('.') } });
}

function groupElement(
  name: string,
  repetition: number,
  childCount: number,
  shape: 'list' | 'map' | undefined,
): SchemaElement {
  return (writer) => {
    writer.i32(3, repetition);
    writer.text(4, name);
    writer.i32(5, childCount);
    if (shape === undefined) return;
    writer.i32(6, shape === 'map' ? CONVERTED.MAP : CONVERTED.LIST);
    writer.struct(10, () => writer.struct(shape === 'map' ? LOGICAL.MAP : LOGICAL.LIST, () => undefined));
  };
}

function leafElement(name: string, repetition: number, type: LeafType): SchemaElement {
  const { physical, sizeBytes } = storageOf(type);
  return (writer) => {
    writer.i32(1, PHYSICAL[physical]);
    if (physical === 'FIXED_LEN_BYTE_ARRAY') writer.i32(2, sizeBytes);
    writer.i32(3, repetition);
    writer.text(4, name);
    writer.i32(6, convertedType(type));
    if (type.kind === 'decimal') {
      writer.i32(7, type.scale);
      writer.i32(8, type.precision);
    }
    writeLogicalType(writer, type);
  };
}

/** Only where the old annotation says exactly the same; a wall-clock time has none. */
function convertedType(type: LeafType): number | undefined {
  switch (type.kind) {
    case 'utf8':
      return CONVERTED.UTF8;
    case 'decimal':
      return CONVERTED.DECIMAL;
    case 'date':
      return CONVERTED.DATE;
    case 'time':
      return !type.utc || type.unit === 'ns'
        ? undefined
        : type.unit === 'ms'
          ? CONVERTED.TIME_MILLIS
          : CONVERTED.TIME_MICROS;
    case 'timestamp':
      return !type.utc || type.unit === 'ns'
        ? undefined
        : type.unit === 'ms'
          ? CONVERTED.TIMESTAMP_MILLIS
          : CONVERTED.TIMESTAMP_MICROS;
    case 'int':
      if (type.signed)
        return type.bits === 8 ? CONVERTED.INT_8 : type.bits === 16 ? CONVERTED.INT_16 : undefined;
      return CONVERTED[`UINT_${type.bits}`];
    default:
      return undefined;
  }
}

function writeLogicalType(writer: ThriftWriter, type: LeafType): void {
  const union = (member: number, body: () => void) => writer.struct(10, () => writer.struct(member, body));
  switch (type.kind) {
    case 'utf8':
      return union(LOGICAL.STRING, () => undefined);
    case 'date':
      return union(LOGICAL.DATE, () => undefined);
    case 'decimal':
      return union(LOGICAL.DECIMAL, () => {
        writer.i32(1, type.scale);
        writer.i32(2, type.precision);
      });
    case 'time':
    case 'timestamp':
      return union(type.kind === 'time' ? LOGICAL.TIME : LOGICAL.TIMESTAMP, () => {
        writer.bool(1, type.utc);
        writer.struct(2, () => writer.struct({ ms: 1, us: 2, ns: 3 }[type.unit], () => undefined));
      });
    case 'int':
      if (type.signed && type.bits >= 32) return;
      return union(LOGICAL.INTEGER, () => {
        writer.i8(1, type.bits);
        writer.bool(2, type.signed);
      });
    default:
      return;
  }
}
