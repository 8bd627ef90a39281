import { allocFixed, type BytesValues, type DataType, type FixedValues } from '@ticklake/columnar';
import { isUtf8 } from 'node:buffer';
import { corrupt } from '../format/corrupt.js';
import { evenBytes, type Dense } from './physical.js';

/**
 * Physical values as values of `type`, without copying where the layout is the same. Text is checked to be UTF-8;
 * nothing is replaced and a byte order mark stays.
 *
 * @throws LakeError `corrupt` (`PAGE_CORRUPT`).
 */
export function typedValues(type: DataType, dense: Dense): Dense {
  if (dense.layout === 'dictionary') return dense;
  if (dense.layout === 'bytes') {
    if (type.kind === 'utf8') checkText(dense.values);
    return dense;
  }
  const { values } = dense;
  if (type.kind === 'decimal') return { layout: 'bytes', values: decimalBytes(values) };
  if (type.kind !== 'int') return dense;
  if (values instanceof BigInt64Array)
    return { layout: 'fixed', values: type.signed ? values : unsigned64(values) };
  if (type.bits === 32 && values instanceof Int32Array) {
    return { layout: 'fixed', values: type.signed ? values : unsigned32(values) };
  }
  return { layout: 'fixed', values: narrowed(type.bits, type.signed, values as Int32Array) };
}

/** The whole and the starts: if all bytes are UTF-8 and every value starts a character, every value is UTF-8. */
function checkText({ offsets, data }: BytesValues): void {
  const first = offsets[0] as number;
  const end = offsets[offsets.length - 1] as number;
  let valid = isUtf8(data.subarray(first, end));
  for (let i = 1; valid && i < offsets.length - 1; i++) {
    const at = offsets[i] as number;
    valid = at === end || ((data[at] as number) & 0xc0) !== 0x80;
  }
  if (!valid) throw corrupt('PAGE_CORRUPT', 'text is not utf-8');
}

function unsigned64(values: BigInt64Array): BigUint64Array {
  return new BigUint64Array(values.buffer, values.byteOffset, values.length);
}

function unsigned32(values: Int32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** 8 and 16-bit integers are stored in 32 bits, of which the rest must be the sign. */
function narrowed(bits: 8 | 16 | 32 | 64, signed: boolean, values: Int32Array): FixedValues {
  const narrow = allocFixed({ kind: 'int', bits, signed }, values.length) as Int8Array;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    narrow[i] = value;
    if (narrow[i] !== value)
      throw corrupt('PAGE_CORRUPT', 'a value does not fit its type', { value, bits, signed });
  }
  return narrow;
}

/** Big-endian two's complement, as decimals of the other physical types are stored. */
function decimalBytes(values: FixedValues): BytesValues {
  const sizeBytes = values.BYTES_PER_ELEMENT;
  const from = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const data = new Uint8Array(from.length);
  for (let start = 0; start < from.length; start += sizeBytes) {
    for (let i = 0; i < sizeBytes; i++) data[start + i] = from[start + sizeBytes - 1 - i] as number;
  }
  return evenBytes(data, { count: values.length, sizeBytes });
}
