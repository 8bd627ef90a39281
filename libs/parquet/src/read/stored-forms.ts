import { PHYSICAL } from '../format/constants.js';
import type { Leaf } from './schema-tree.js';

/** A value as a filter has it. Texts may come as UTF-8; dates, times and timestamps are the integers that they are stored as. */
export type SoughtValue = number | bigint | string | boolean | Uint8Array;

/**
 * The plain bytes, without a length, of all values of a column that are equal to `value`: none where its type has no such value, two
 * for zero as a float. `undefined` where there is no telling: of a type that is not looked for, of NaN, which has many forms.
 */
export function storedForms(leaf: Leaf, value: SoughtValue): readonly Uint8Array[] | undefined {
  switch (leaf.type.kind) {
    case 'int':
    case 'date':
    case 'time':
    case 'timestamp':
      return integerForms(leaf, value);
    case 'float':
      return floatForms(leaf, value);
    case 'utf8':
      return bytesForms(leaf, typeof value === 'string' ? new Uint8Array(Buffer.from(value)) : value);
    case 'bytes':
      return bytesForms(leaf, value);
    default:
      return undefined;
  }
}

function integerForms({ type, physical }: Leaf, value: SoughtValue): readonly Uint8Array[] | undefined {
  const bits = physical === PHYSICAL.INT64 ? 64 : 32;
  if (bits === 32 && physical !== PHYSICAL.INT32) return undefined;
  if (!isNumber(value)) return undefined;
  if (typeof value === 'number' && !Number.isInteger(value)) return [];
  const whole = BigInt(value);
  const isSigned = type.kind !== 'int' || type.signed;
  if ((isSigned ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole)) !== whole) return [];
  const form = new DataView(new ArrayBuffer(8));
  form.setBigInt64(0, whole, true);
  return [new Uint8Array(form.buffer, 0, bits / 8)];
}

function floatForms({ physical }: Leaf, value: SoughtValue): readonly Uint8Array[] | undefined {
  if (!isNumber(value)) return undefined;
  const float = Number(value);
  if (typeof value === 'bigint' && !(Number.isFinite(float) && BigInt(float) === value)) return [];
  const forms = float === 0 ? [0, -0] : [float];
  if (physical === PHYSICAL.DOUBLE) return forms.map((one) => new Uint8Array(Float64Array.of(one).buffer));
  if (physical !== PHYSICAL.FLOAT) return undefined;
  return Math.fround(float) === float ? forms.map((one) => new Uint8Array(Float32Array.of(one).buffer)) : [];
}

function bytesForms({ physical, typeLength }: Leaf, value: SoughtValue): readonly Uint8Array[] | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  if (physical === PHYSICAL.BYTE_ARRAY) return [value];
  if (physical !== PHYSICAL.FIXED_LEN_BYTE_ARRAY) return undefined;
  return value.length === typeLength ? [value] : [];
}

function isNumber(value: SoughtValue): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && !Number.isNaN(value));
}
