import type { DataType } from '@ticklake/columnar';
import type { Statistics } from '../format/metadata.js';

/** Bounds of a chunk as its type's own numbers: bigint for 64-bit types, number otherwise. */
export interface Bounds {
  readonly min: bigint | number;
  readonly max: bigint | number;
}

/**
 * The bounds that `statistics` give for an integer, float, date, time or timestamp column. The deprecated pair
 * counts for signed integers only: old writers compared everything else as signed bytes. NaN is no bound.
 */
export function boundsOf(
  type: DataType,
  int96: boolean,
  statistics: Statistics | undefined,
): Bounds | undefined {
  if (statistics === undefined || int96) return undefined;
  const fresh = readPair(type, statistics.minValue, statistics.maxValue);
  return fresh ?? (isSignedInteger(type) ? readPair(type, statistics.min, statistics.max) : undefined);
}

/** What two plain values bound, likewise. The caller knows that they are in the order of the type. */
export function readPair(
  type: DataType,
  min: Uint8Array | undefined,
  max: Uint8Array | undefined,
): Bounds | undefined {
  const low = readBound(type, min);
  const high = readBound(type, max);
  return low === undefined || high === undefined ? undefined : { min: low, max: high };
}

/** Where a bound is looked at: a view of its own for each takes longer than all else. */
const bound = new DataView(new ArrayBuffer(8));

function readBound(type: DataType, bytes: Uint8Array | undefined): bigint | number | undefined {
  const sizeBytes = boundSize(type);
  if (bytes === undefined || sizeBytes === undefined || bytes.length !== sizeBytes) return undefined;
  for (let i = 0; i < sizeBytes; i++) bound.setUint8(i, bytes[i] as number);
  if (type.kind === 'float') {
    const value = sizeBytes === 4 ? bound.getFloat32(0, true) : bound.getFloat64(0, true);
    return Number.isNaN(value) ? undefined : value;
  }
  const signed = type.kind !== 'int' || type.signed;
  if (sizeBytes === 8) return signed ? bound.getBigInt64(0, true) : bound.getBigUint64(0, true);
  return signed ? bound.getInt32(0, true) : bound.getUint32(0, true);
}

/** Statistics hold values in their physical width. */
function boundSize(type: DataType): 4 | 8 | undefined {
  switch (type.kind) {
    case 'int':
      return type.bits === 64 ? 8 : 4;
    case 'float':
      return type.bits === 64 ? 8 : 4;
    case 'date':
      return 4;
    case 'time':
      return type.unit === 'ms' ? 4 : 8;
    case 'timestamp':
      return 8;
    default:
      return undefined;
  }
}

function isSignedInteger(type: DataType): boolean {
  if (type.kind === 'int') return type.signed;
  return type.kind === 'date' || type.kind === 'time' || type.kind === 'timestamp';
}
