import { assert, LakeError } from '@ticklake/core';
import type { Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, type ArenaBuffer } from '../arena/arena-buffer.js';
import type { Column } from '../batch.js';
import { BYTES_MAX } from '../bytes-max.js';
import type { DataType } from '../schema.js';
import { createBytesEntries, type BytesDictionary, type BytesEntries } from './bytes-entries.js';
import { checkCodes } from './check-codes.js';
import type { ColumnBuffer, ColumnBufferBase, ColumnBufferOptions } from './column-buffer.js';
import { bytesOf } from './fixed-view.js';
import { gatherCodes } from './gather-codes.js';
import { createOutsideDictionary, type OutsideDictionary } from './outside-dictionary.js';
import type { PlacedBytes, PlacedColumn } from './placed-column.js';
import { createValidityBuffer, type ValidityBuffer } from './validity-buffer.js';

/** Where the ends of values are written, 32 bits each, and their bytes. */
export interface BytesRoom {
  readonly ends: Address;
  readonly data: Address;
}

/** Rows of byte strings: utf8, bytes, decimals. */
export interface BytesColumnBuffer extends ColumnBufferBase {
  readonly kind: 'bytes';
  /**
   * Room for the ends of `rows` more values, counted from {@link BytesColumnBuffer.sizeBytes}, and for `sizeBytes` more bytes of
   * them.
   */
  bytesRoom(rows: number, sizeBytes: number): BytesRoom;
  /** Bytes of the rows so far: what the first end in {@link BytesColumnBuffer.bytesRoom} counts from. */
  readonly sizeBytes: number;
  /** Counts `rows` rows, whose ends and bytes stand at {@link BytesColumnBuffer.bytesRoom}. A null takes no bytes. */
  putBytes(rows: number, validity: Address): void;
  /** As of the buffer of fixed-width rows. */
  readonly takesCodes: boolean;
  /** As of the buffer of fixed-width rows. */
  codesRoom(count: number): Address;
  /** As of the buffer of fixed-width rows. */
  putCodes(dictionary: BytesDictionary, rows: number, validity: Address): void;
}

/** An empty buffer, see `createColumnBuffer`. */
export function createBytesBuffer(
  arena: Arena,
  type: DataType,
  options: Required<ColumnBufferOptions>,
): BytesColumnBuffer {
  return new BytesRows(arena, type, options);
}

class BytesRows implements BytesColumnBuffer {
  readonly kind = 'bytes';
  rowCount = 0;
  private readonly offsets: ArenaBuffer;
  private readonly data: ArenaBuffer;
  private readonly codes: ArenaBuffer;
  private readonly validity: ValidityBuffer;
  private readonly entries: BytesEntries;
  private readonly outside: OutsideDictionary;
  private readonly rowsMax: number;
  private size = 0;
  private isCoded = false;

  constructor(
    private readonly arena: Arena,
    readonly type: DataType,
    { rowsMax, keptBytesMax }: Required<ColumnBufferOptions>,
  ) {
    this.rowsMax = rowsMax;
    this.offsets = createArenaBuffer(arena);
    this.data = createArenaBuffer(arena);
    this.codes = createArenaBuffer(arena);
    this.validity = createValidityBuffer(arena);
    this.entries = createBytesEntries(arena, {
      keptBytesMax,
      onRenumbered: (map) => this.renumber(map),
    });
    this.outside = createOutsideDictionary(arena);
  }

  get sizeBytes(): number {
    this.decode();
    return this.size;
  }

  get takesCodes(): boolean {
    return this.isCoded || this.rowCount === 0;
  }

  bytesRoom(rows: number, sizeBytes: number): BytesRoom {
    this.decode();
    return this.reserve(rows, sizeBytes);
  }

  putBytes(rows: number, validity: Address): void {
    this.count(rows, validity);
    this.size = this.arena.view(Uint32Array, this.offsets.address + this.rowCount * 4, 1)[0] as number;
  }

  codesRoom(count: number): Address {
    const used = this.rowCount * 4;
    return this.codes.grow(used + count * 4, used, this.rowsMax * 4) + used;
  }

  putCodes(dictionary: BytesDictionary, rows: number, validity: Address): void {
    const at = this.codesRoom(rows);
    const keeps = this.takesCodes && dictionary.keepsCodes;
    const translated = keeps ? this.entries.translate(dictionary) : undefined;
    if (translated === undefined) {
      // The codes stand past the rows' own, if those are codes: they survive the decoding.
      this.decode();
      this.spell(dictionary, dictionary.count, { rows: at, count: rows });
    } else {
      this.isCoded = true;
      if (translated !== 'same') this.arena.kernels.gather32(translated, at, rows, at);
    }
    this.count(rows, validity);
  }

  append(column: Column, start: number, end: number): void {
    if (start === end) return;
    const { arena } = this;
    const validity = this.validity.hold(column.layout === 'nested' ? undefined : column.validity, start, end);
    if (column.layout !== 'dictionary') return this.appendBytes(column, { start, end, validity });
    const { dictionary, codes } = column;
    assert('offsets' in dictionary, 'byte strings have such dictionaries');
    const placed = this.outside.place(dictionary);
    const to = this.codesRoom(end - start);
    arena.put(bytesOf(codes, start, end), to);
    checkCodes(arena, { at: to, count: end - start, limit: placed.count, validity });
    this.putCodes(placed, end - start, validity);
  }

  gather(from: ColumnBuffer, rows: Address, count: number): void {
    if (count === 0) return;
    const placed = from.placed();
    assert(placed.layout === 'bytes' || placed.layout === 'byteCodes', 'rows have one type');
    const validity = this.validity.holdGathered(placed.validity, rows, count);
    if (placed.layout === 'bytes') {
      this.decode();
      this.spell(placed, placed.rowCount, { rows, count });
      return this.count(count, validity);
    }
    gatherCodes(this.arena, placed, { rows, count, to: this.codesRoom(count) });
    if (this.rowCount > 0) {
      const { offsets, data } = placed.entries;
      const dictionary = { offsets, data, count: placed.entryCount, keepsCodes: true };
      return this.putCodes(dictionary, count, validity);
    }
    this.entries.clear();
    this.entries.adopt(placed.entries, placed.entryCount);
    this.isCoded = true;
    this.count(count, validity);
  }

  placed(): PlacedColumn {
    if (this.isCoded && !this.entries.makeDistinct()) this.decode();
    return this.placedAsRead();
  }

  placedAsRead(): PlacedColumn {
    const { rowCount } = this;
    const validity = this.validity.address;
    if (this.isCoded) {
      const { place: entries, count: entryCount } = this.entries;
      return { layout: 'byteCodes', rowCount, validity, codes: this.codes.address, entries, entryCount };
    }
    if (rowCount === 0) this.reserve(0, 0);
    return { layout: 'bytes', rowCount, validity, offsets: this.offsets.address, data: this.data.address };
  }

  clear(): void {
    // Of rows that are spelled out there was nothing to keep.
    if (this.isCoded) this.entries.forgetRows(this.rowCount);
    else this.entries.clear();
    this.rowCount = 0;
    this.size = 0;
    this.isCoded = false;
    this.validity.clear();
  }

  release(): void {
    this.clear();
    for (const one of [this.offsets, this.data, this.codes, this.validity]) one.release();
    this.entries.release();
    this.outside.release();
  }

  private count(rows: number, validity: Address): void {
    this.validity.put(this.rowCount, rows, validity);
    this.rowCount += rows;
  }

  private reserve(rows: number, more: number): BytesRoom {
    const { rowCount, size } = this;
    if (size + more > BYTES_MAX) throw tooLong(size + more);
    const at = this.offsets.grow((rowCount + rows + 1) * 4, (rowCount + 1) * 4, (this.rowsMax + 1) * 4);
    if (rowCount === 0) this.arena.fill(at, 4, 0);
    return { ends: at + (rowCount + 1) * 4, data: this.data.grow(Math.max(size + more, 1), size) + size };
  }

  /** Appends the values that numbers name; does not count the rows. Where there are none to name, every row is null. */
  private spell(
    { offsets, data }: PlacedBytes,
    valueCount: number,
    { rows, count }: { readonly rows: Address; readonly count: number },
  ): void {
    const { kernels } = this.arena;
    const more = valueCount === 0 ? 0 : kernels.gatherBytes(offsets, data, rows, count, 0, 0);
    const to = this.reserve(count, more);
    if (valueCount > 0) kernels.gatherBytes(offsets, data, rows, count, to.ends - 4, to.data);
    else this.arena.fill(to.ends - 4, (count + 1) * 4, 0);
    if (this.size > 0) kernels.shift32(to.ends - 4, count + 1, this.size);
    this.size += more;
  }

  private renumber(map: Address): void {
    const { address } = this.codes;
    this.arena.kernels.gather32(map, address, this.rowCount, address);
  }

  /** Rows so far as bytes, where they are codes. */
  private decode(): void {
    if (!this.isCoded) return;
    this.isCoded = false;
    const { rowCount } = this;
    this.rowCount = 0;
    this.size = 0;
    this.spell(this.entries.place, this.entries.count, { rows: this.codes.address, count: rowCount });
    this.rowCount = rowCount;
    this.entries.clear();
  }

  /** Byte strings of a column outside. */
  private appendBytes(column: Column, { start, end, validity }: Rows): void {
    assert(column.layout === 'bytes', 'utf8, bytes and decimal are bytes or dictionary columns');
    const { offsets, data } = column.values;
    const from = offsets[start] as number;
    const piece = data.subarray(from, offsets[end]);
    const base = this.sizeBytes;
    const to = this.bytesRoom(end - start, piece.length);
    this.arena.put(piece, to.data);
    this.arena.put(bytesOf(offsets, start + 1, end + 1), to.ends);
    this.arena.kernels.shift32(to.ends, end - start, base - from);
    this.putBytes(end - start, validity);
  }
}

interface Rows {
  readonly start: number;
  readonly end: number;
  readonly validity: Address;
}

function tooLong(sizeBytes: number): LakeError {
  return new LakeError('invalid', 'a column of bytes would pass 4 GiB', {
    code: 'LIMIT',
    details: { sizeBytes },
  });
}
