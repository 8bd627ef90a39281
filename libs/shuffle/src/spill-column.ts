import {
  allocFixed,
  columnLength,
  decodeDictionary,
  dictionaryLength,
  isFixedType,
  type BytesColumn,
  type BytesValues,
  type Column,
  type Field,
  type FixedColumn,
  type FixedType,
  type FixedValues,
} from '@ticklake/columnar';
import { assert, LakeError } from '@ticklake/core';
import { padded, wordsOf, type BlockReader, type BlockWriter } from './spill-block.js';
import { createTrimDictionary, isCodedBytes, type CodedBytes } from './trim-dictionary.js';

/** How the rows of one field stand in a block. */
export interface SpillColumn {
  /** Rows about to be written, all at once. */
  ready(column: Column, rowCount: number): ReadyColumn;
  /** The rows whose turn it is. */
  read(block: BlockReader, rowCount: number): Column;
}

/** Rows of one field, as they are to be written. */
export interface ReadyColumn {
  readonly sizeBytes: number;
  write(block: BlockWriter): void;
}

/** How rows of a field are spilled. @throws LakeError `invalid` (`NESTED`) for a nested one. */
export function spillColumn({ name, type, nullable }: Field): SpillColumn {
  if (type.kind === 'nested') {
    throw new LakeError('invalid', 'nested rows cannot be spilled', {
      code: 'NESTED',
      details: { column: name },
    });
  }
  return isFixedType(type) ? new FixedSpillColumn(type, nullable) : new BytesSpillColumn(nullable);
}

/** Values, and where the field is nullable a byte for each row. */
class FixedSpillColumn implements SpillColumn {
  private readonly width: number;
  private readonly ArrayType: new (buffer: ArrayBufferLike, at: number, count: number) => FixedValues;

  constructor(
    type: FixedType,
    private readonly nullable: boolean,
  ) {
    const sample = allocFixed(type, 0);
    this.width = sample.BYTES_PER_ELEMENT;
    this.ArrayType = sample.constructor as typeof this.ArrayType;
  }

  ready(column: Column, rowCount: number): ReadyColumn {
    const { values, validity } = this.plain(column, rowCount);
    const sizeBytes = rowCount * this.width;
    return {
      sizeBytes: padded(sizeBytes) + validitySize(this.nullable, rowCount),
      write: (block) => {
        block.room(sizeBytes).set(new Uint8Array(values.buffer, values.byteOffset, sizeBytes));
        if (this.nullable) writeValidity(block, validity, rowCount);
        else requirePresent(validity);
      },
    };
  }

  read(block: BlockReader, rowCount: number): FixedColumn {
    const { buffer, byteOffset } = block.room(rowCount * this.width);
    const values = new this.ArrayType(buffer, byteOffset, rowCount);
    return { layout: 'fixed', values, validity: this.nullable ? readValidity(block, rowCount) : undefined };
  }

  private plain(column: Column, rowCount: number): FixedColumn {
    const plain = column.layout === 'dictionary' ? decodeDictionary(column) : column;
    const { width } = this;
    assert(
      plain.layout === 'fixed' && plain.values.BYTES_PER_ELEMENT === width,
      'values have the width of their type',
    );
    assert(plain.values.length === rowCount, 'a column has all the rows');
    return plain;
  }
}

/**
 * Two words: how many bytes of values there are, and how many entries of a dictionary, all ones without one. Then codes where there is
 * a dictionary, ends of values or entries, their bytes, and where the field is nullable a byte for each row.
 */
class BytesSpillColumn implements SpillColumn {
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
      sizeBytes: sizeBytes + validitySize(this.nullable, rowCount),
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

function validitySize(nullable: boolean, rowCount: number): number {
  return nullable ? padded(rowCount) : 0;
}

function writeValidity(block: BlockWriter, validity: Uint8Array | undefined, rowCount: number): void {
  const room = block.room(rowCount);
  if (validity === undefined) room.fill(1);
  else room.set(validity);
}

function readValidity(block: BlockReader, rowCount: number): Uint8Array | undefined {
  const validity = block.room(rowCount);
  return validity.includes(0) ? validity : undefined;
}

function requirePresent(validity: Uint8Array | undefined): void {
  assert(validity?.includes(0) !== true, 'only fields that are nullable have nulls');
}
