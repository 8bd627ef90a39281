import type { DataType, Field, NestedType } from '@ticklake/columnar';
import type { ScalarKindName } from './scalar-kinds.js';

/** A type without children. */
export type FlatType = Exclude<DataType, NestedType>;

/** How a writer stores a type where the format leaves a choice or we have no type of our own. */
export type StorageForm =
  | 'usual'
  | 'float16'
  | 'uuid'
  | 'interval'
  | 'int96'
  | 'json'
  | 'enum'
  | 'bson'
  | 'int32'
  | 'int64'
  | 'variable';

/** A column without children: what is counted as `kind`, what our reader calls it, and how it is stored. */
export interface ScalarType {
  readonly kind: ScalarKindName;
  readonly data: FlatType;
  readonly form: StorageForm;
}

/** Struct, list or map of further types. */
export interface TreeType {
  readonly shape: 'struct' | 'list' | 'map';
  /** A struct's fields; a list's element; a map's key and value. */
  readonly children: readonly ColumnField[];
}

/** What a generated column holds. */
export type ColumnType = ScalarType | TreeType;

/** A column of a generated file, or a child of one. */
export interface ColumnField {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/** The field as our reader and our sink know it. */
export function fieldOf({ name, type, nullable }: ColumnField): Field {
  return { name, type: dataTypeOf(type), nullable };
}

/** Every scalar in `type`, depth first. */
export function scalarsOf(type: ColumnType): readonly ScalarType[] {
  return 'shape' in type ? type.children.flatMap((child) => scalarsOf(child.type)) : [type];
}

function dataTypeOf(type: ColumnType): DataType {
  if (!('shape' in type)) return type.data;
  return { kind: 'nested', shape: type.shape, children: type.children.map(fieldOf) };
}
