import * as duck from '@duckdb/node-api';
import { toHex, unreachable } from '@ticklake/core';
import type { ColumnType, ScalarType } from './column-type.js';
import { floatOf, type PlainValue } from './plain-value.js';

/** A value as DuckDB's client takes it. */
export function duckValue(type: ColumnType, value: PlainValue): duck.DuckDBValue {
  if (value === null) return null;
  if (!('shape' in type)) return scalarValue(type, value);
  const items = value as readonly PlainValue[];
  const child = (index: number, item: PlainValue) =>
    duckValue(type.children[index]?.type as ColumnType, item);
  switch (type.shape) {
    case 'struct':
      return duck.structValue(
        Object.fromEntries(type.children.map(({ name }, i) => [name, child(i, items[i] ?? null)])),
      );
    case 'list':
      return duck.listValue(items.map((item) => child(0, item)));
    case 'map':
      return duck.mapValue(
        items.map((entry) => {
          const [key, item] = entry as readonly [PlainValue, PlainValue];
          return { key: child(0, key), value: child(1, item) };
        }),
      );
    default:
      return unreachable(type.shape);
  }
}

function scalarValue({ data, form }: ScalarType, value: Exclude<PlainValue, null>): duck.DuckDBValue {
  switch (data.kind) {
    case 'bool':
      return value as boolean;
    case 'int':
      return data.bits === 64 ? (value as bigint) : Number(value);
    case 'float':
      return floatOf(data.bits, value as bigint);
    case 'date':
      return duck.dateValue(Number(value));
    case 'time':
      return data.utc ? duck.timeTZValue(value as bigint, 0) : duck.timeValue(value as bigint);
    case 'timestamp': {
      if (data.utc) return duck.timestampTZValue(value as bigint);
      const make = {
        ms: duck.timestampMillisValue,
        us: duck.timestampValue,
        ns: duck.timestampNanosValue,
      };
      return make[data.unit](value as bigint);
    }
    case 'utf8':
      return Buffer.from(value as Uint8Array).toString('utf8');
    case 'bytes':
      return bytesValue(form, value as Uint8Array);
    case 'decimal':
      return duck.decimalValue(value as bigint, data.precision, data.scale);
    default:
      return unreachable(data);
  }
}

function bytesValue(form: ScalarType['form'], bytes: Uint8Array): duck.DuckDBValue {
  if (form === 'uuid') return duck.uuidValue(BigInt(`0x${toHex(bytes)}`));
  if (form !== 'interval') return duck.blobValue(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [months, days, millis] = [0, 4, 8].map((at) => view.getUint32(at, true));
  return duck.intervalValue(months ?? 0, days ?? 0, BigInt(millis ?? 0) * 1000n);
}
