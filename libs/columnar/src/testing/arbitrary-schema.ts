import fc from 'fast-check';
import type { DataType, Field, FixedType, NestedType, Schema } from '../schema.js';

/**
 * Schemas of one to six fields with unique names, every {@link DataType} among them, nested at most two deep.
 * Names are any text of at least one character, including ones that are awkward as object keys or paths.
 */
export function arbitrarySchema(): fc.Arbitrary<Schema> {
  return fc
    .uniqueArray(arbitraryField(arbitraryType()), {
      selector: ({ name }) => name,
      minLength: 1,
      maxLength: 6,
    })
    .map((fields) => ({ fields }));
}

/** Any type, nested ones at most two deep. */
export function arbitraryType(): fc.Arbitrary<DataType> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...FIXED_TYPES) },
    { weight: 4, arbitrary: arbitraryBytesType() },
    { weight: 1, arbitrary: arbitraryNestedType(2) },
  );
}

/** Every fixed-width type, once. */
export const FIXED_TYPES: readonly FixedType[] = [
  { kind: 'bool' },
  ...([8, 16, 32, 64] as const).flatMap((bits) =>
    [true, false].map((signed): FixedType => ({ kind: 'int', bits, signed })),
  ),
  { kind: 'float', bits: 32 },
  { kind: 'float', bits: 64 },
  { kind: 'date' },
  ...(['ms', 'us', 'ns'] as const).flatMap((unit) =>
    [true, false].flatMap((utc): FixedType[] => [
      { kind: 'timestamp', unit, utc },
      { kind: 'time', unit, utc },
    ]),
  ),
];

function arbitraryBytesType(): fc.Arbitrary<DataType> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant<DataType>({ kind: 'utf8' }) },
    { weight: 1, arbitrary: fc.constant<DataType>({ kind: 'bytes' }) },
    {
      weight: 1,
      arbitrary: fc.integer({ min: 1, max: 20 }).map((sizeBytes): DataType => ({ kind: 'bytes', sizeBytes })),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.integer({ min: 1, max: 38 }), fc.nat({ max: 38 })).map(
        ([precision, scale]): DataType => ({
          kind: 'decimal',
          precision,
          scale: Math.min(precision, scale),
        }),
      ),
    },
  );
}

function arbitraryNestedType(depth: number): fc.Arbitrary<NestedType> {
  const leaf = fc.oneof(fc.constantFrom(...FIXED_TYPES), arbitraryBytesType());
  const child =
    depth > 1
      ? fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: arbitraryNestedType(depth - 1) })
      : leaf;
  const struct = fc
    .uniqueArray(arbitraryField(child), { selector: ({ name }) => name, minLength: 1, maxLength: 3 })
    .map((children): NestedType => ({ kind: 'nested', shape: 'struct', children }));
  const list = fc.tuple(child, fc.boolean()).map(
    ([type, nullable]): NestedType => ({
      kind: 'nested',
      shape: 'list',
      children: [{ name: 'element', type, nullable }],
    }),
  );
  const map = fc.tuple(leaf, child, fc.boolean()).map(([keyType, type, nullable]): NestedType => {
    const key: Field = { name: 'key', type: keyType, nullable: false };
    return { kind: 'nested', shape: 'map', children: [key, { name: 'value', type, nullable }] };
  });
  return fc.oneof(struct, list, map);
}

function arbitraryField(type: fc.Arbitrary<DataType>): fc.Arbitrary<Field> {
  const name = fc.oneof(
    { weight: 3, arbitrary: fc.string({ minLength: 1, maxLength: 8 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom('ts_event', '__proto__', 'constructor', 'a.b', 'list', ' ') },
  );
  return fc.record({ name, type, nullable: fc.boolean() }, { noNullPrototype: true });
}
