/** Of a timestamp or a time of day. */
export type TimeUnit = 'ms' | 'us' | 'ns';

/** Types whose values have one machine width and live in a typed array. */
export type FixedType =
  | { readonly kind: 'bool' }
  | { readonly kind: 'int'; readonly bits: 8 | 16 | 32 | 64; readonly signed: boolean }
  | { readonly kind: 'float'; readonly bits: 32 | 64 }
  /** An exact integer of `unit`s since 1970; `utc` tells an instant from a wall-clock reading. */
  | { readonly kind: 'timestamp'; readonly unit: TimeUnit; readonly utc: boolean }
  /** Days since 1970-01-01. */
  | { readonly kind: 'date' }
  | { readonly kind: 'time'; readonly unit: TimeUnit; readonly utc: boolean };

/** Struct, list or map: carried row by row, never compared or computed on. */
export interface NestedType {
  readonly kind: 'nested';
  readonly shape: 'struct' | 'list' | 'map';
  /** A struct's fields; a list's element; a map's key and value. */
  readonly children: readonly Field[];
}

/** What a column holds, whatever the file said about its encoding. */
export type DataType =
  | FixedType
  | { readonly kind: 'utf8' }
  /** `sizeBytes` where every value has the same. */
  | { readonly kind: 'bytes'; readonly sizeBytes?: number }
  /** An unscaled two's-complement integer, big-endian bytes of any sufficient length. */
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | NestedType;

/** Whether values of `type` have one machine width. */
export function isFixedType(type: DataType): type is FixedType {
  return type.kind !== 'utf8' && type.kind !== 'bytes' && type.kind !== 'decimal' && type.kind !== 'nested';
}

/** A named column of a {@link Schema}. */
export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** Columns in order. Names are unique. */
export interface Schema {
  readonly fields: readonly Field[];
}

/**
 * A type as canonical text, e.g. `int64`, `timestamp[us,utc]`, `decimal(18,2)`,
 * `struct<a: int64, b: utf8>`. Two types that hold the same values have the same text:
 * fixed and variable bytes are both `bytes`, and nullability is left out.
 */
export function typeText(type: DataType): string {
  switch (type.kind) {
    case 'bool':
    case 'date':
    case 'utf8':
    case 'bytes':
      return type.kind;
    case 'int':
      return `${type.signed ? '' : 'u'}int${type.bits}`;
    case 'float':
      return `float${type.bits}`;
    case 'timestamp':
    case 'time':
      return `${type.kind}[${type.unit}${type.utc ? ',utc' : ''}]`;
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'nested': {
      const children = type.children.map((child) =>
        type.shape === 'struct' ? `${child.name}: ${typeText(child.type)}` : typeText(child.type),
      );
      return `${type.shape}<${children.join(', ')}>`;
    }
  }
}
