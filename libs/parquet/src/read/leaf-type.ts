import type { DataType } from '@ticklake/columnar';
import { PHYSICAL, nameOf } from '../format/constants.js';
import { corrupt } from '../format/corrupt.js';
import { DECIMAL_PRECISION_MAX, decimalSizeBytes } from '../format/decimal-size.js';
import type { Annotation, SchemaElement } from '../format/metadata.js';

/**
 * What a leaf's values are. An annotation nobody knows leaves the physical type; one that cannot stand on its
 * physical type is a contradiction.
 *
 * @throws LakeError `corrupt` (`METADATA`; `LIMIT` for a decimal of more than 76 digits).
 */
export function leafType(element: SchemaElement): DataType {
  const physical = element.physical as number;
  if (physical === PHYSICAL.FIXED_LEN_BYTE_ARRAY && !((element.typeLength ?? 0) > 0)) {
    throw corrupt('METADATA', 'fixed-length bytes without a length', { column: element.name });
  }
  const { annotation } = element;
  if (annotation === undefined) return physicalType(element);
  const type = annotatedType(element, annotation, physical);
  if (type === undefined) {
    throw corrupt('METADATA', 'a logical type does not fit its physical type', {
      column: element.name,
      logical: annotation.kind,
      physical: nameOf(PHYSICAL, physical),
    });
  }
  return type;
}

function physicalType(element: SchemaElement): DataType {
  switch (element.physical) {
    case PHYSICAL.BOOLEAN:
      return { kind: 'bool' };
    case PHYSICAL.INT32:
      return { kind: 'int', bits: 32, signed: true };
    case PHYSICAL.INT64:
      return { kind: 'int', bits: 64, signed: true };
    case PHYSICAL.INT96:
      return { kind: 'timestamp', unit: 'ns', utc: false };
    case PHYSICAL.FLOAT:
      return { kind: 'float', bits: 32 };
    case PHYSICAL.DOUBLE:
      return { kind: 'float', bits: 64 };
    case PHYSICAL.BYTE_ARRAY:
      return { kind: 'bytes' };
    case PHYSICAL.FIXED_LEN_BYTE_ARRAY:
      return { kind: 'bytes', sizeBytes: element.typeLength as number };
    default:
      throw corrupt('METADATA', 'an unknown physical type', {
        column: element.name,
        physical: element.physical,
      });
  }
}

function annotatedType(
  element: SchemaElement,
  annotation: Annotation,
  physical: number,
): DataType | undefined {
  const int32 = physical === PHYSICAL.INT32;
  const int64 = physical === PHYSICAL.INT64;
  switch (annotation.kind) {
    case 'string':
      return physical === PHYSICAL.BYTE_ARRAY ? { kind: 'utf8' } : undefined;
    case 'bson':
      return physical === PHYSICAL.BYTE_ARRAY ? { kind: 'bytes' } : undefined;
    case 'uuid':
      return isFixed(element, 16) ? { kind: 'bytes', sizeBytes: 16 } : undefined;
    case 'float16':
      return isFixed(element, 2) ? { kind: 'bytes', sizeBytes: 2 } : undefined;
    case 'date':
      return int32 ? { kind: 'date' } : undefined;
    case 'decimal':
      return decimalType(element, annotation);
    case 'integer':
      return integerType(annotation, physical);
    case 'time':
      if (annotation.unit === 'ms' ? !int32 : !int64) return undefined;
      return { kind: 'time', unit: annotation.unit, utc: annotation.utc };
    case 'timestamp':
      return int64 ? { kind: 'timestamp', unit: annotation.unit, utc: annotation.utc } : undefined;
    case 'map':
    case 'list':
      // Means something on groups only; on a leaf it is noise.
      return physicalType(element);
  }
}

function isFixed(element: SchemaElement, sizeBytes: number): boolean {
  return element.physical === PHYSICAL.FIXED_LEN_BYTE_ARRAY && element.typeLength === sizeBytes;
}

/** What holds fewer bytes than the digits need cannot be what was meant. */
function decimalType(
  element: SchemaElement,
  { precision, scale }: { precision: number; scale: number },
): DataType | undefined {
  if (!(precision >= 1) || scale < 0 || scale > precision) return undefined;
  if (precision > DECIMAL_PRECISION_MAX) {
    const max = DECIMAL_PRECISION_MAX;
    throw corrupt('LIMIT', 'a decimal of too many digits', { column: element.name, value: precision, max });
  }
  const isWide = decimalSizeBytes(precision) <= decimalRoomBytes(element);
  return isWide ? { kind: 'decimal', precision, scale } : undefined;
}

/** The most bytes of a decimal of a physical type; none where it cannot be one. */
function decimalRoomBytes({ physical, typeLength = 0 }: SchemaElement): number {
  switch (physical) {
    case PHYSICAL.INT32:
      return 4;
    case PHYSICAL.INT64:
      return 8;
    case PHYSICAL.FIXED_LEN_BYTE_ARRAY:
      return typeLength;
    case PHYSICAL.BYTE_ARRAY:
      return Infinity;
    default:
      return 0;
  }
}

function integerType(
  { bits, signed }: { bits: number; signed: boolean },
  physical: number,
): DataType | undefined {
  if (bits === 64) return physical === PHYSICAL.INT64 ? { kind: 'int', bits, signed } : undefined;
  if (bits !== 8 && bits !== 16 && bits !== 32) return undefined;
  return physical === PHYSICAL.INT32 ? { kind: 'int', bits, signed } : undefined;
}
