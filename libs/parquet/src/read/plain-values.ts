import type { BytesValues, DataType } from '@ticklake/columnar';
import type { Dense } from './physical.js';

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Values one by one, in the form a nested column holds them. Text has been checked before. */
export function plainValues(type: DataType, dense: Dense): unknown[] {
  switch (dense.layout) {
    case 'fixed':
      return type.kind === 'bool'
        ? Array.from(dense.values as Uint8Array, (value) => value !== 0)
        : Array.from<unknown>(dense.values as ArrayLike<unknown>);
    case 'bytes':
      return entries(type, dense.values);
    case 'dictionary': {
      const dictionary = entries(type, dense.dictionary);
      return Array.from(dense.codes, (code) => dictionary[code]);
    }
  }
}

function entries(type: DataType, { offsets, data }: BytesValues): unknown[] {
  const values: unknown[] = new Array(offsets.length - 1);
  for (let i = 0; i < values.length; i++) {
    const bytes = data.subarray(offsets[i], offsets[i + 1]);
    values[i] = type.kind === 'utf8' ? text.decode(bytes) : bytes;
  }
  return values;
}
