import { createArenaBuffer, withBlock, type Arena, type ArenaBuffer } from '@ticklake/columnar';
import { DICTIONARY_STATE_BYTES, dictionarySlotBytes, type Address } from '@ticklake/kernels';
import { gatherWords, offsetAt, type DenseValues } from './dense-values.js';

/** Distinct values in order of first appearance, and the code of every value, unless there is one entry. It holds until the builder is next used, or its values change. */
export interface BuiltDictionary {
  readonly codes: Address;
  readonly entryCount: number;
  /** Fixed-width entries, or the bytes of all entries. */
  readonly entries: Address;
  /** Of byte strings. */
  readonly offsets: Address;
}

/** Builds the dictionaries of column chunks, in memory that it keeps. */
export interface DictionaryBuilder {
  /**
   * The dictionary of `values`, or `undefined` when it would take more than `entriesMax` entries or `bytesMax` bytes of byte strings,
   * when its first values hardly repeat, or when hashes were made to collide. Which of them it is depends on the
   * values and their order alone, not on whether they came as codes; only codes have no hashes that could collide.
   */
  build(values: Codable, limits: DictionaryLimits): BuiltDictionary | undefined;
  release(): void;
}

/** How large a dictionary may become. */
export interface DictionaryLimits {
  readonly entriesMax: number;
  readonly bytesMax: number;
}

/** Values that a dictionary may be built of. */
export type Codable = Exclude<DenseValues, { readonly kind: 'bits' }>;

/** After this many values a dictionary that hardly repeats is given up. */
const PROBE_VALUES = 4096;
const PROBE_DISTINCT_MAX = (PROBE_VALUES * 3) / 4;

type Plain = Extract<Codable, { readonly kind: 'words' | 'bytes' }>;

/** Codes stand for distinct entries, some of which may be unused. */
type Coded = Exclude<Codable, Plain>;

/** A builder that has built nothing yet. */
export function createDictionaryBuilder(arena: Arena): DictionaryBuilder {
  return new Builder(arena);
}

class Builder implements DictionaryBuilder {
  private readonly codes: ArenaBuffer;
  private readonly entries: ArenaBuffer;
  private readonly offsets: ArenaBuffer;
  private readonly hashes: ArenaBuffer;
  private readonly slots: ArenaBuffer;
  private readonly state: ArenaBuffer;
  private readonly order: ArenaBuffer;
  private readonly map: ArenaBuffer;

  constructor(private readonly arena: Arena) {
    this.codes = createArenaBuffer(arena);
    this.entries = createArenaBuffer(arena);
    this.offsets = createArenaBuffer(arena);
    this.hashes = createArenaBuffer(arena);
    this.slots = createArenaBuffer(arena);
    this.state = createArenaBuffer(arena);
    this.order = createArenaBuffer(arena);
    this.map = createArenaBuffer(arena);
  }

  build(values: Codable, limits: DictionaryLimits): BuiltDictionary | undefined {
    if (values.count === 0) return undefined;
    if (values.kind === 'wordCodes' && values.isInOrder) return this.asItStands(values, limits);
    const entryCount =
      values.kind === 'words' || values.kind === 'bytes'
        ? this.intern(values, limits)
        : this.renumber(values, limits);
    if (entryCount === undefined) return undefined;
    const { codes, entries, offsets } = this;
    return { codes: codes.address, entryCount, entries: entries.address, offsets: offsets.address };
  }

  release(): void {
    for (const one of [this.codes, this.entries, this.offsets, this.hashes]) one.release();
    for (const one of [this.slots, this.state, this.order, this.map]) one.release();
  }

  /** Codes and entries that are as a dictionary has them. */
  private asItStands(
    { count, codes, entries, entryCount }: Extract<Coded, { readonly kind: 'wordCodes' }>,
    { entriesMax }: DictionaryLimits,
  ): BuiltDictionary | undefined {
    if (entryCount > entriesMax || (entryCount > 1 && this.isSparse(codes, count))) return undefined;
    return { codes, entryCount, entries, offsets: 0 };
  }

  /** Looks every value up; returns how many entries there are. */
  private intern(values: Plain, limits: DictionaryLimits): number | undefined {
    const { kernels } = this.arena;
    this.open(values, limits);
    this.codes.room(values.count * 4);
    const probe = Math.min(values.count, PROBE_VALUES + 1);
    if (!this.internRange(values, 0, probe)) return undefined;
    const isSparse = kernels.dictionaryCount(this.state.address) > PROBE_DISTINCT_MAX;
    if (isSparse && values.count > PROBE_VALUES) return undefined;
    if (!this.internRange(values, probe, values.count)) return undefined;
    return kernels.dictionaryCount(this.state.address);
  }

  private open(values: Plain, { entriesMax, bytesMax }: DictionaryLimits): void {
    const { kernels } = this.arena;
    const slots = this.slots.room(dictionarySlotBytes(entriesMax));
    const state = this.state.room(DICTIONARY_STATE_BYTES);
    if (values.kind === 'words') {
      kernels.dictionaryOpen(state, slots, this.entries.room(entriesMax * values.size), entriesMax);
      return;
    }
    const offsets = this.offsets.room((entriesMax + 1) * 4);
    const hashes = this.hashes.room(entriesMax * 4);
    const data = this.entries.room(bytesMax);
    kernels.dictionaryOpenBytes(state, slots, offsets, hashes, entriesMax, data, bytesMax);
  }

  /** The codes of values `start … end`, to their places; false when the dictionary is given up. */
  private internRange(values: Plain, start: number, end: number): boolean {
    const { kernels } = this.arena;
    const state = this.state.address;
    const to = this.codes.address + start * 4;
    const count = end - start;
    if (values.kind === 'bytes') {
      return kernels.internBytes(state, values.offsets + start * 4, values.data, count, to) === 0;
    }
    const from = values.values + start * values.size;
    return values.size === 8
      ? kernels.intern64(state, from, count, to) === 0
      : kernels.intern32(state, from, count, to) === 0;
  }

  /** Entries that are used, in order of first appearance; returns how many they are. */
  private renumber(values: Coded, { entriesMax, bytesMax }: DictionaryLimits): number | undefined {
    const { arena } = this;
    const { count, entryCount } = values;
    if (entryCount === 1) {
      // One value everywhere needs no codes.
      if (entriesMax < 1) return undefined;
      arena.fill(this.order.room(4), 4, 0);
      return this.takeEntries(values, 1, bytesMax) ? 1 : undefined;
    }
    const codes = this.codes.room(count * 4);
    const order = this.order.room(Math.max(entryCount, 1) * 4);
    arena.move(values.codes, codes, count * 4);
    const map = this.map.room(entryCount * 4);
    arena.fill(map, entryCount * 4, 0);
    const used = arena.kernels.renumber(codes, count, map, order);
    if (used > entriesMax || this.isSparse(codes, count)) return undefined;
    return this.takeEntries(values, used, bytesMax) ? used : undefined;
  }

  /** As found of plain values after so many of them: codes are given in order of first appearance. */
  private isSparse(codes: Address, count: number): boolean {
    if (count <= PROBE_VALUES) return false;
    const { arena } = this;
    return withBlock(arena, 8, (to) => {
      arena.kernels.boundsU32(codes, PROBE_VALUES + 1, to);
      return (arena.view(Uint32Array, to, 2)[1] as number) >= PROBE_DISTINCT_MAX;
    });
  }

  /** The first `count` entries that `order` names; false when they take more than `bytesMax`. */
  private takeEntries(values: Coded, count: number, bytesMax: number): boolean {
    const { arena } = this;
    const rows = this.order.address;
    if (values.kind === 'wordCodes') {
      const to = this.entries.room(count * values.size);
      gatherWords(arena, values.size, { table: values.entries, rows, count, to });
      return true;
    }
    const { kernels } = arena;
    const size = kernels.gatherBytes(values.offsets, values.data, rows, count, 0, 0);
    if (size > bytesMax) return false;
    const [offsets, data] = [this.offsets.room((count + 1) * 4), this.entries.room(Math.max(size, 1))];
    kernels.gatherBytes(values.offsets, values.data, rows, count, offsets, data);
    return true;
  }
}

/** Bytes of the entries of a dictionary of byte strings. */
export function entriesBytes(arena: Arena, { offsets, entryCount }: BuiltDictionary): number {
  return offsetAt(arena, offsets, entryCount);
}
