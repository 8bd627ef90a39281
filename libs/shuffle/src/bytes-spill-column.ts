import {
  columnLength,
  dictionaryLength,
  type BytesColumn,
  type BytesValues,
  type Column,
} from '@ticklake/columnar';
import { assert } from '@ticklake/core';
import { padded, wordsOf, type BlockReader, type BlockWriter } from './spill-block.js';
import type { ReadyColumn, SpillColumn } from './spill-column.js';
import { readValidity, requirePresent, validitySize, writeValidity } from './spill-validity.js';
import { createTrimDictionary, isCodedBytes, type CodedBytes } from './trim-dictionary.js';

/**
 * Two words: how many bytes of values there are, and how many entries of a dictionary, all ones without one. Then codes where there is
 * a dictionary, ends of values or entries, their bytes, and where the field is nullable a byte for each row.
 */
export class BytesSpillColumn implements SpillColumn {
  private readonly trim = createTrimDictionary();

  constructor(private readonly nullable: boolean) {}

  ready(column: Column, rowCount: number): ReadyColumn {
    assert(columnLength(column) === rowCount, 'a column has all the rows');
    const own: CodedBytes | BytesColumn = isCodedBytes(column) ? this.trim(column) : plainBytes(column);
    const codes = own.layout === 'dictionary' ? own.codes : undefined;
    const values = own.layout === 'dictionary' ? own.dictionary : own.values;
    const dataBytes = (values.offsets.at(-1) ?? 0) - (values.offsets[0] ?? 0);
    const codesBytes = codes === undefined ? 0 : codes.length * 4;
    const sizeBytes =
      padded(HEAD_BYTES) + padded(codesBytes) + padded(values.offsets.length * 4) + padded(dataBytes);
    return {
      bytesMax: sizeBytes + validitySize(this.nullable, rowCount),
      write: (block) => {
        const entryCount = codes === undefined ? PLAIN : dictionaryLength(values);
        wordsOf(block.room(HEAD_BYTES)).set([dataBytes, entryCount]);
        if (codes !== undefined) wordsOf(block.room(codesBytes)).set(codes);
        writeBytes(block, values, dataBytes);
        if (this.nullable) writeValidity(block, own.validity, rowCount);
        else requirePresent(own.validity);
      },
    };
  }

  widenedBytes(): number {
    return 0;
  }

  read(block: BlockReader, rowCount: number): Column {
    const [dataBytes, entryCount] = wordsOf(block.room(HEAD_BYTES)) as unknown as [number, number];
    const isPlain = entryCount === PLAIN;
    const codes = isPlain ? undefined : wordsOf(block.room(rowCount * 4));
    const offsets = wordsOf(block.room(((isPlain ? rowCount : entryCount) + 1) * 4));
    const values = { offsets, data: block.room(dataBytes) };
    const validity = this.nullable ? readValidity(block, rowCount) : undefined;
    return codes === undefined
      ? { layout: 'bytes', values, validity }
      : { layout: 'dictionary', codes, dictionary: values, validity };
  }
}

const HEAD_BYTES = 8;
/** More entries than a dictionary can have, whose ends take 4 bytes each. */
const PLAIN = 0xffff_ffff;

function plainBytes(column: Column): BytesColumn {
  assert(column.layout === 'bytes', 'byte strings are such, or codes of them');
  return column;
}

/** Ends counted from the first value, which may stand anywhere, and the bytes. */
function writeBytes(block: BlockWriter, { offsets, data }: BytesValues, dataBytes: number): void {
  const first = offsets[0] ?? 0;
  const ends = wordsOf(block.room(offsets.length * 4));
  ends.set(offsets);
  if (first > 0) for (let i = 0; i < ends.length; i++) ends[i] = (ends[i] as number) - first;
  block.room(dataBytes).set(data.subarray(first, first + dataBytes));
}
