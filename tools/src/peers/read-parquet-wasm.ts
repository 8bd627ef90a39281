import { toHex } from '@ticklake/core';
import { DataType, tableFromIPC, TimeUnit, type Data } from 'apache-arrow';
import { readParquet } from 'parquet-wasm';
import { bitsText } from './plain-value.js';
import type { ColumnTexts } from './read-ticklake.js';

/** The columns called `names`, in the order of `names`: read by the Rust reader, as Arrow's JavaScript holds them. */
export function readParquetWasm(bytes: Uint8Array, names: readonly string[]): ColumnTexts {
  const table = tableFromIPC(readParquet(bytes).intoIPCStream());
  return names.map((name) => {
    const column = table.getChild(name);
    if (column === null) throw new Error(`no column ${name}`);
    return column.data.flatMap((data) =>
      Array.from({ length: data.length }, (_, row) => row).map(textOf(data)),
    );
  });
}

type TextOf = (row: number) => string;

const NANOS = {
  [TimeUnit.SECOND]: 1_000_000_000n,
  [TimeUnit.MILLISECOND]: 1_000_000n,
  [TimeUnit.MICROSECOND]: 1_000n,
  [TimeUnit.NANOSECOND]: 1n,
};

/**
 * Values are taken from Arrow's buffers, and not as its vectors give them, which make a Date of a timestamp and a
 * number of a NaN.
 */
function textOf(data: Data): TextOf {
  const text = presentText(data);
  return (row) => (data.getValid(row) ? text(row) : 'null');
}

function presentText(data: Data): TextOf {
  const { type } = data;
  if (DataType.isList(type))
    return (row) =>
      `[${items(data, row)
        .map(textOf(data.children[0] as Data))
        .join()}]`;
  if (DataType.isStruct(type)) {
    const children = data.children.map(textOf);
    return (row) => `{${children.map((text) => text(row)).join()}}`;
  }
  if (DataType.isMap(type)) {
    const [key, value] = (data.children[0] as Data).children.map(textOf);
    return (row) =>
      `<${items(data, row)
        .map((item) => `${key?.(item)}:${value?.(item)}`)
        .join()}>`;
  }
  return flatText(data);
}

/** The rows of the child that a row's list or map holds. */
function items({ valueOffsets }: Data, row: number): readonly number[] {
  const offsets = valueOffsets as Int32Array;
  const [start, end] = [offsets[row] as number, offsets[row + 1] as number];
  return Array.from({ length: end - start }, (_, i) => start + i);
}

function flatText(data: Data): TextOf {
  const { type, values, valueOffsets, offset } = data;
  if (DataType.isBool(type)) {
    const bits = values as Uint8Array;
    return (row) => String((((bits[(offset + row) >> 3] as number) >> ((offset + row) & 7)) & 1) === 1);
  }
  if (DataType.isUtf8(type) || DataType.isBinary(type)) {
    const offsets = valueOffsets as Int32Array;
    return (row) => toHex((values as Uint8Array).subarray(offsets[row], offsets[row + 1]));
  }
  if (DataType.isFixedSizeBinary(type)) {
    const { byteWidth } = type;
    return (row) => toHex((values as Uint8Array).subarray(row * byteWidth, (row + 1) * byteWidth));
  }
  if (DataType.isFloat(type)) {
    const floats = values as Float32Array | Float64Array;
    const { buffer, byteOffset, length } = floats;
    if (floats instanceof Float32Array) {
      const words = new Uint32Array(buffer, byteOffset, length);
      return (row) => bitsText(32, words[row] as number);
    }
    const words = new BigUint64Array(buffer, byteOffset, length);
    return (row) => bitsText(64, words[row] as bigint);
  }
  if (DataType.isDecimal(type)) return (row) => String(decimalOf(values as Uint32Array, row));
  const numbers = values as Int32Array | BigInt64Array;
  if (DataType.isTime(type) || DataType.isTimestamp(type)) {
    return (row) => String(BigInt(numbers[row] as number | bigint) * NANOS[type.unit]);
  }
  if (DataType.isInt(type) || DataType.isDate(type)) return (row) => String(numbers[row]);
  throw new Error(`an arrow type that the sink has no use for: ${String(type)}`);
}

/** Four words of 32 bits, the lowest first. */
function decimalOf(words: Uint32Array, row: number): bigint {
  let value = 0n;
  for (let i = 3; i >= 0; i--) value = (value << 32n) | BigInt(words[row * 4 + i] as number);
  return BigInt.asIntN(128, value);
}
