import type { DataType, NestedType } from '@ticklake/columnar';
import type { Physical } from '../format/constants.js';
import { decimalSizeBytes } from '../format/decimal-size.js';

/** A type that is stored as one column of values. */
export type LeafType = Exclude<DataType, NestedType>;

/** How the values of a leaf compare, which its statistics follow. */
export type LeafOrder = 'signed' | 'unsigned' | 'float' | 'bytes' | 'signedBytes';

/** One stored column: a flat field, or a leaf of a nested one. */
export interface Leaf {
  /** Names from the root down. */
  readonly path: readonly string[];
  readonly type: LeafType;
  readonly physical: Physical;
  /** Of a fixed-length value; `undefined` where every value states its own length. */
  readonly sizeBytes: number | undefined;
  readonly order: LeafOrder;
  /** Definition level of a present value; 0 = always present. */
  readonly definitionMax: number;
  /** How many repeated groups stand above; 0 = flat or in a struct. */
  readonly repetitionMax: number;
}

/** The part of a {@link Leaf} that follows from its type alone. */
export function storageOf(type: LeafType): Pick<Leaf, 'physical' | 'sizeBytes' | 'order'> {
  switch (type.kind) {
    case 'bool':
      return { physical: 'BOOLEAN', sizeBytes: undefined, order: 'unsigned' };
    case 'int':
      return {
        physical: type.bits === 64 ? 'INT64' : 'INT32',
        sizeBytes: type.bits === 64 ? 8 : 4,
        order: type.signed ? 'signed' : 'unsigned',
      };
    case 'float':
      return type.bits === 64
        ? { physical: 'DOUBLE', sizeBytes: 8, order: 'float' }
        : { physical: 'FLOAT', sizeBytes: 4, order: 'float' };
    case 'date':
      return { physical: 'INT32', sizeBytes: 4, order: 'signed' };
    case 'time':
      return type.unit === 'ms'
        ? { physical: 'INT32', sizeBytes: 4, order: 'signed' }
        : { physical: 'INT64', sizeBytes: 8, order: 'signed' };
    case 'timestamp':
      return { physical: 'INT64', sizeBytes: 8, order: 'signed' };
    case 'utf8':
      return { physical: 'BYTE_ARRAY', sizeBytes: undefined, order: 'bytes' };
    case 'bytes':
      return {
        physical: type.sizeBytes === undefined ? 'BYTE_ARRAY' : 'FIXED_LEN_BYTE_ARRAY',
        sizeBytes: type.sizeBytes,
        order: 'bytes',
      };
    case 'decimal':
      return {
        physical: 'FIXED_LEN_BYTE_ARRAY',
        sizeBytes: decimalSizeBytes(type.precision),
        order: 'signedBytes',
      };
  }
}
