import fc from 'fast-check';
import type { BytesColumn, BytesValues, DictionaryColumn } from '../batch.js';
import type { DataType } from '../schema.js';

/** The types whose columns are bytes or dictionaries. */
export type BytesType = Extract<DataType, { kind: 'utf8' | 'bytes' | 'decimal' }>;

/** Whether columns of `type` are bytes or dictionaries. */
export function isBytesType(type: DataType): type is BytesType {
  return type.kind === 'utf8' || type.kind === 'bytes' || type.kind === 'decimal';
}

/** Plain bytes, or a dictionary whose entries may repeat or go unused. */
export function arbitraryBytesColumn(
  type: BytesType,
  rowCount: number,
  validity: fc.Arbitrary<Uint8Array | undefined>,
): fc.Arbitrary<BytesColumn | DictionaryColumn> {
  const value = arbitraryBytesValue(type);
  const plain = fc
    .tuple(fc.array(value, { minLength: rowCount, maxLength: rowCount }), validity)
    .map(
      ([values, present]): BytesColumn => ({ layout: 'bytes', values: packBytes(values), validity: present }),
    );
  const dictionary = fc.array(value, { minLength: 1, maxLength: 6 }).chain((entries) =>
    fc
      .tuple(
        fc.array(fc.nat({ max: entries.length - 1 }), { minLength: rowCount, maxLength: rowCount }),
        validity,
      )
      .map(
        ([codes, present]): DictionaryColumn => ({
          layout: 'dictionary',
          codes: Uint32Array.from(codes),
          dictionary: packBytes(entries),
          validity: present,
        }),
      ),
  );
  return fc.oneof(plain, dictionary);
}

/** One value of `type`: valid UTF-8, `sizeBytes` bytes, or a decimal within its precision, perhaps sign-extended. */
export function arbitraryBytesValue(type: BytesType): fc.Arbitrary<Uint8Array> {
  switch (type.kind) {
    case 'utf8':
      return fc
        .oneof(
          fc.constantFrom('', 'buy', 'sell', 'é', '₿', '😀'),
          fc.string({ unit: 'binary', maxLength: 12 }),
        )
        .map((text) => new TextEncoder().encode(text));
    case 'bytes':
      return fc.uint8Array(
        type.sizeBytes === undefined
          ? { maxLength: 12 }
          : { minLength: type.sizeBytes, maxLength: type.sizeBytes },
      );
    case 'decimal': {
      const max = 10n ** BigInt(type.precision) - 1n;
      return fc
        .tuple(fc.bigInt({ min: -max, max }), fc.nat({ max: 2 }))
        .map(([value, extraBytes]) => bigEndian(value, extraBytes));
    }
  }
}

/** Values one after another. */
function packBytes(values: readonly Uint8Array[]): BytesValues {
  const offsets = new Uint32Array(values.length + 1);
  values.forEach((value, i) => (offsets[i + 1] = (offsets[i] ?? 0) + value.length));
  const data = new Uint8Array(offsets[values.length] ?? 0);
  values.forEach((value, i) => data.set(value, offsets[i]));
  return { offsets, data };
}

function bigEndian(value: bigint, extraBytes: number): Uint8Array {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length++;
  const bytes = new Uint8Array(length + extraBytes);
  let rest = value;
  for (let i = bytes.length - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}
