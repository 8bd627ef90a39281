import type { DataType } from '@ticklake/columnar';
import type { Bounds } from '@ticklake/parquet';

/**
 * A value as text, `null` for none: integers in decimal, bytes and decimals as `0x…`, text as it is. Of nested columns
 * what they hold, as JSON.
 */
export function valueText(type: DataType, value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) {
    return type.kind === 'utf8' ? new TextDecoder().decode(value) : `0x${Buffer.from(value).toString('hex')}`;
  }
  if (type.kind === 'bool') return value === 0 ? 'false' : 'true';
  if (typeof value === 'object') return JSON.stringify(value, jsonValue);
  return String(value as bigint | number);
}

/** A bound of a column chunk as text; `null` where the file tells none. */
export function boundText(
  type: DataType,
  side: keyof Bounds,
  { bounds, stored }: { readonly bounds: Bounds | undefined; readonly stored: Uint8Array | undefined },
): string | null {
  if (bounds !== undefined) return String(bounds[side]);
  return stored === undefined ? null : valueText(type.kind === 'utf8' ? type : { kind: 'bytes' }, stored);
}

function jsonValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Uint8Array ? `0x${Buffer.from(value).toString('hex')}` : value;
}
