import type { BytesValues, Column, Field, FixedValues } from '@ticklake/columnar';
import { LakeError } from '@ticklake/core';
import { fitsLeaf, toFixedDecimal } from './fixed-bytes.js';
import { putValidity, type LeafBuffer } from './leaf-buffer.js';
import { putCode, putText, putTexts, type TextBuffer } from './text-buffer.js';
import { putWords } from './word-buffer.js';

/** Appends rows of one top-level column to the row group under construction. */
export interface ColumnAppender {
  /** @throws LakeError `invalid` when `column` is not of the field's type, or a required value is missing. */
  append(column: Column, start: number, end: number): void;
  /** Must be called when the row group was flushed. */
  clear(): void;
}

/** Fills the single leaf of a flat field. */
export function createFlatAppender(field: Field, buffer: LeafBuffer): ColumnAppender {
  const { values } = buffer;
  if (values.kind === 'words') {
    return {
      append(column, start, end) {
        if (column.layout !== 'fixed' || !hasArrayOf(field, column.values)) throw wrongLayout(field, column);
        const validity = nullsIn(field, column.validity, start, end);
        putValidity(buffer, validity, start, end);
        putWords(values.buffer, column.values, { start, end, validity });
      },
      clear: () => undefined,
    };
  }
  const text = values.buffer;
  const put = textPutter(field, buffer, text);
  const remap = createRemap(text, put);
  return {
    append(column, start, end) {
      if (column.layout !== 'bytes' && column.layout !== 'dictionary') throw wrongLayout(field, column);
      const validity = nullsIn(field, column.validity, start, end);
      putValidity(buffer, validity, start, end);
      if (column.layout === 'dictionary')
        return remap.append(column.codes, column.dictionary, { start, end, validity });
      if (validity === undefined && field.type.kind !== 'decimal' && buffer.leaf.sizeBytes === undefined) {
        return putTexts(text, column.values, start, end);
      }
      for (let row = start; row < end; row++) if (validity?.[row] !== 0) put(column.values, row);
    },
    clear: remap.clear,
  };
}

/** Appends value `index` of `values`, brought to the leaf's fixed size where it has one. */
type PutText = (values: BytesValues, index: number) => void;

function textPutter(field: Field, { leaf }: LeafBuffer, text: TextBuffer): PutText {
  const { sizeBytes } = leaf;
  if (sizeBytes === undefined) {
    return ({ offsets, data }, i) => putText(text, data, offsets[i] as number, offsets[i + 1] as number);
  }
  if (field.type.kind === 'decimal') {
    const scratch = new Uint8Array(sizeBytes);
    return ({ offsets, data }, i) => {
      toFixedDecimal(data.subarray(offsets[i], offsets[i + 1]), scratch, leaf);
      putText(text, scratch, 0, sizeBytes);
    };
  }
  return ({ offsets, data }, i) => {
    fitsLeaf((offsets[i + 1] as number) - (offsets[i] as number), leaf);
    putText(text, data, offsets[i] as number, offsets[i + 1] as number);
  };
}

/** Turns codes of a batch's dictionary into codes of the row group's, looking at each entry's bytes once. */
function createRemap(text: TextBuffer, put: PutText) {
  let known: BytesValues | undefined;
  /** By code of `known`: the row group's code + 1, or 0 before its first use. */
  let mapped = new Int32Array(0);
  return {
    append(
      codes: Uint32Array,
      dictionary: BytesValues,
      rows: { readonly start: number; readonly end: number; readonly validity: Uint8Array | undefined },
    ): void {
      if (known?.data !== dictionary.data || known.offsets !== dictionary.offsets) {
        known = dictionary;
        mapped = new Int32Array(dictionary.offsets.length - 1);
      }
      for (let row = rows.start; row < rows.end; row++) {
        if (rows.validity?.[row] === 0) continue;
        const code = codes[row] as number;
        if (code >= mapped.length) {
          throw new LakeError('invalid', 'a dictionary code has no entry', {
            details: { code, entryCount: mapped.length },
          });
        }
        const seen = mapped[code] as number;
        if (seen > 0 && text.dictionary !== undefined) {
          putCode(text, seen - 1);
          continue;
        }
        put(dictionary, code);
        // The value just put is the last code, whether it was new to the row group or not.
        if (text.dictionary !== undefined) mapped[code] = (text.codes[text.valueCount - 1] as number) + 1;
      }
    },
    clear(): void {
      known = undefined;
      mapped = new Int32Array(0);
    },
  };
}

/** `validity` if any of the rows is null, else `undefined`, so that equal rows take the same path. */
function nullsIn(
  field: Field,
  validity: Uint8Array | undefined,
  start: number,
  end: number,
): Uint8Array | undefined {
  if (validity === undefined) return undefined;
  const row = validity.indexOf(0, start);
  if (row < 0 || row >= end) return undefined;
  if (!field.nullable) {
    throw new LakeError('invalid', 'a required column has a null', { details: { column: field.name, row } });
  }
  return validity;
}

function hasArrayOf({ type }: Field, values: FixedValues): boolean {
  switch (type.kind) {
    case 'bool':
      return values instanceof Uint8Array;
    case 'int':
      switch (type.bits) {
        case 8:
          return type.signed ? values instanceof Int8Array : values instanceof Uint8Array;
        case 16:
          return type.signed ? values instanceof Int16Array : values instanceof Uint16Array;
        case 32:
          return type.signed ? values instanceof Int32Array : values instanceof Uint32Array;
        case 64:
          return type.signed ? values instanceof BigInt64Array : values instanceof BigUint64Array;
      }
      break;
    case 'float':
      return type.bits === 64 ? values instanceof Float64Array : values instanceof Float32Array;
    case 'date':
      return values instanceof Int32Array;
    case 'time':
      return type.unit === 'ms' ? values instanceof Int32Array : values instanceof BigInt64Array;
    case 'timestamp':
      return values instanceof BigInt64Array;
    default:
      return false;
  }
}

function wrongLayout(field: Field, column: Column): LakeError {
  return new LakeError('invalid', 'a column does not hold what its type says', {
    details: { column: field.name, type: field.type.kind, layout: column.layout },
  });
}
