import fc from 'fast-check';
import type { DataType, Field, NestedType } from '../schema.js';
import { arbitraryBytesValue } from './arbitrary-bytes-column.js';
import { arbitraryBits, fromBits } from './arbitrary-fixed-column.js';

/** One row of a nested column, in the plain values a nested column holds. */
export function arbitraryNestedValue({ shape, children }: NestedType): fc.Arbitrary<unknown> {
  switch (shape) {
    case 'struct':
      return fc.tuple(...children.map(childValue));
    case 'list':
      return fc.array(fc.oneof(...children.map(childValue)), { maxLength: 3 });
    case 'map':
      return fc.array(fc.tuple(...children.map(childValue)), { maxLength: 3 });
  }
}

function childValue({ type, nullable }: Field): fc.Arbitrary<unknown> {
  const value = plainValue(type);
  return nullable ? fc.option(value, { freq: 3 }) : value;
}

function plainValue(type: DataType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'nested':
      return arbitraryNestedValue(type);
    case 'utf8':
      return arbitraryBytesValue(type).map((bytes) =>
        new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes),
      );
    case 'bytes':
    case 'decimal':
      return arbitraryBytesValue(type);
    case 'bool':
      return fc.boolean();
    default:
      return arbitraryBits(type).map((bits) => fromBits(type, [bits])[0]);
  }
}
