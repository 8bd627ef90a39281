import { assert } from '@ticklake/core';
import { DICTIONARY_STATE_BYTES, dictionarySlotBytes, type Address } from '@ticklake/kernels';
import type { Arena } from '../arena/arena.js';
import { createArenaBuffer, withBlock, type ArenaBuffer } from '../arena/arena-buffer.js';
import { createCodeMaps, type CodeMaps } from './code-maps.js';
import type { PlacedBytes } from './placed-column.js';

/** Byte strings that codes stand for, as `FixedDictionary`. */
export interface BytesDictionary extends PlacedBytes {
  readonly count: number;
  readonly keepsCodes: boolean;
}

/** Byte strings that codes stand for, taken from any number of dictionaries. */
export interface BytesEntries {
  readonly place: PlacedBytes;
  readonly count: number;
  /** As of `FixedEntries`. */
  makeDistinct(): boolean;
  /** As of `FixedEntries`, with no bound on what is taken in: rows spelled out cost more than entries do. */
  translate(dictionary: BytesDictionary): Address | 'same' | undefined;
  /** As of `FixedEntries`. */
  adopt(entries: PlacedBytes, count: number): void;
  /** As of `FixedEntries`: `rowCount` rows. */
  forgetRows(rowCount: number): void;
  clear(): void;
  release(): void;
}

/** How many may be kept beside the rows of a time, as of `createKeptEntries`. */
const KEPT = { perRow: 1 / 8, free: 256 } as const;

/** How {@link createBytesEntries} makes entries. */
export interface BytesEntriesOptions {
  /** How large translations that are kept may be; 0: none are. */
  readonly keptBytesMax: number;
  /** Codes of rows so far are to be translated. */
  readonly onRenumbered: (map: Address) => void;
}

/** No entries yet. */
export function createBytesEntries(arena: Arena, options: BytesEntriesOptions): BytesEntries {
  return new Entries(arena, options);
}

class Entries implements BytesEntries {
  count = 0;
  private size = 0;
  private readonly offsets: ArenaBuffer;
  private readonly data: ArenaBuffer;
  private readonly hashes: ArenaBuffer;
  private readonly slots: ArenaBuffer;
  private readonly state: ArenaBuffer;
  private readonly heldOffsets: ArenaBuffer;
  private readonly heldData: ArenaBuffer;
  private readonly maps: CodeMaps;
  /** How many entries, and bytes of them, there is room for; 0 while entries cannot be looked up. */
  private capacity = 0;
  private room = 0;
  private hasCollided = false;
  private unchecked: BytesDictionary | undefined;

  constructor(
    private readonly arena: Arena,
    private readonly options: BytesEntriesOptions,
  ) {
    this.offsets = createArenaBuffer(arena);
    this.data = createArenaBuffer(arena);
    this.hashes = createArenaBuffer(arena);
    this.slots = createArenaBuffer(arena);
    this.state = createArenaBuffer(arena);
    this.heldOffsets = createArenaBuffer(arena);
    this.heldData = createArenaBuffer(arena);
    this.maps = createCodeMaps(arena);
  }

  get place(): PlacedBytes {
    return { offsets: this.offsets.address, data: this.data.address };
  }

  translate(dictionary: BytesDictionary): Address | 'same' | undefined {
    if (this.hasCollided) return undefined;
    const known = this.maps.find(dictionary);
    if (known !== undefined) return this.maps.isSame ? 'same' : known;
    const { count } = dictionary;
    if (this.count === 0) {
      this.adopt(dictionary, count);
      this.unchecked = dictionary;
      this.maps.add(dictionary, count);
      this.maps.markSame(true);
      return 'same';
    }
    if (!this.makeDistinct()) return undefined;
    const { first, last } = this.ends(dictionary, count);
    this.index(this.count + count, this.size + last - first);
    const codes = this.maps.add(dictionary, count);
    this.hasCollided = this.intern(dictionary, count, codes) !== 0;
    if (this.hasCollided) return undefined;
    this.count = this.arena.kernels.dictionaryCount(this.state.address);
    this.size = this.ends(this.place, this.count).last;
    if (this.maps.isIdentity(count)) this.maps.markSame(true);
    return this.maps.isSame ? 'same' : codes;
  }

  makeDistinct(): boolean {
    const { arena, unchecked, count } = this;
    if (unchecked === undefined) return !this.hasCollided;
    this.unchecked = undefined;
    const map = this.maps.find(unchecked);
    assert(map !== undefined, 'what was taken in has a map');
    const known = this.open(count, this.size);
    this.hasCollided = this.intern(known, count, map) !== 0;
    if (this.hasCollided) {
      this.copy(known, count, this.place);
      return false;
    }
    this.count = arena.kernels.dictionaryCount(this.state.address);
    if (this.count === count) return true;
    this.size = this.ends(this.place, this.count).last;
    this.maps.markSame(false);
    this.options.onRenumbered(map);
    return true;
  }

  adopt(from: PlacedBytes, count: number): void {
    assert(this.count === 0, 'entries are adopted before any others');
    const { first, last } = this.ends(from, count);
    const to = {
      offsets: this.offsets.room((count + 1) * 4),
      data: this.data.room(Math.max(last - first, 1)),
    };
    this.size = this.copy(from, count, to);
    this.count = count;
  }

  forgetRows(rowCount: number): void {
    const { keptBytesMax } = this.options;
    const areFew = this.count <= KEPT.free + KEPT.perRow * rowCount;
    const pays = keptBytesMax > 0 && areFew && this.maps.fit(keptBytesMax);
    if (this.hasCollided || !pays) this.clear();
  }

  clear(): void {
    this.count = 0;
    this.size = 0;
    this.capacity = 0;
    this.room = 0;
    this.hasCollided = false;
    this.unchecked = undefined;
    this.maps.clear();
  }

  release(): void {
    this.clear();
    for (const one of [this.offsets, this.data, this.hashes, this.slots, this.state]) one.release();
    for (const one of [this.heldOffsets, this.heldData, this.maps]) one.release();
  }

  private ends(place: PlacedBytes, count: number): { readonly first: number; readonly last: number } {
    const view = this.arena.view(Uint32Array, place.offsets, count + 1);
    return { first: view[0] as number, last: view[count] as number };
  }

  private copy(from: PlacedBytes, count: number, to: PlacedBytes): number {
    const { first, last } = this.ends(from, count);
    const { arena } = this;
    arena.move(from.offsets, to.offsets, (count + 1) * 4);
    arena.move(from.data + first, to.data, last - first);
    if (first > 0) arena.kernels.shift32(to.offsets, count + 1, -first);
    return last - first;
  }

  private intern({ offsets, data }: PlacedBytes, count: number, codes: Address): number {
    return this.arena.kernels.internBytes(this.state.address, offsets, data, count, codes);
  }

  /** Makes distinct entries ready to be looked up, with room for `neededCount` of them and so many bytes. */
  private index(neededCount: number, neededBytes: number): void {
    if (neededCount <= this.capacity && neededBytes <= this.room) return;
    const { count } = this;
    const known = this.open(neededCount, neededBytes);
    if (count === 0) return;
    const problem = withBlock(this.arena, count * 4, (codes) => this.intern(known, count, codes));
    assert(problem === 0, 'entries that were distinct stay so');
  }

  /** Room for so many entries and bytes of them, with none in it; returns where those are that were known before. */
  private open(neededCount: number, neededBytes: number): PlacedBytes {
    const { arena, count } = this;
    const known = {
      offsets: this.heldOffsets.room((count + 1) * 4),
      data: this.heldData.room(Math.max(this.size, 1)),
    };
    if (count > 0) this.copy(this.place, count, known);
    this.capacity = Math.max(1024, 2 ** Math.ceil(Math.log2(neededCount)));
    this.room = Math.max(16_384, 2 ** Math.ceil(Math.log2(Math.max(neededBytes, 1))));
    arena.kernels.dictionaryOpenBytes(
      this.state.room(DICTIONARY_STATE_BYTES),
      this.slots.room(dictionarySlotBytes(this.capacity)),
      this.offsets.room((this.capacity + 1) * 4),
      this.hashes.room(this.capacity * 4),
      this.capacity,
      this.data.room(this.room),
      this.room,
    );
    return known;
  }
}
