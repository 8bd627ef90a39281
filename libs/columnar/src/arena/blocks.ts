import { assert, LakeError } from '@ticklake/core';
import type { Address, KernelMemory } from '@ticklake/kernels';
import type { MappedMemory } from './mapped-memory.js';
import { CLASS_COUNT, LEAST_BYTES, sizeClassOf, sizeClassWithin, sizeOfClass } from './size-classes.js';

/** From where to where an arena allocates. */
export interface Room {
  readonly start: Address;
  readonly end: Address;
}

/** Kernels may pass the end of a block by so much, and places are multiples of it. */
const SLACK_BYTES = 64;

/** In front of every block. */
const HEADER_BYTES = 64;
const OVERHEAD_BYTES = HEADER_BYTES + SLACK_BYTES;

/** What stands in a header, by four bytes. Free blocks of a class are a list both ways; no block stands at 0, which ends it. */
const MARK = 0;
const SIZE = 1;
const SIZE_BEFORE = 2;
const NEXT_FREE = 3;
const PREVIOUS_FREE = 4;

const IN_USE = 0x7ac5_0001;
const FREE = 0x7ac5_0000;

/** So much at once is asked of the machine; untouched memory costs nothing. */
const GROW_BYTES = 4 * 1024 * 1024;

/**
 * The blocks between the start of a room and {@link Blocks.top}, in use and free, without gaps. What is given back becomes one with free
 * neighbours, and what is larger than asked for is split, so that memory is not lost to blocks of sizes that nobody asks for any more.
 * Both take the same time however many blocks there are.
 *
 * Source: M. Masmano et al., TLSF: a new dynamic memory allocator for real-time systems (ECRTS 2004).
 */
export class Blocks {
  /** Up to where blocks have stood so far. */
  top: Address;
  usedBytes = 0;
  /** The size of the block that ends at `top`. */
  #lastBytes = 0;
  /** Of every size class, the free block that was given back last, and a bit that says whether there is one. */
  readonly #heads = new Uint32Array(CLASS_COUNT);
  readonly #isThere = new Uint32Array(Math.ceil(CLASS_COUNT / 32));

  constructor(
    private readonly memory: KernelMemory,
    private readonly mapped: MappedMemory,
    private readonly room: Room,
  ) {
    this.top = room.start;
  }

  /** @throws LakeError `invalid` (`MEMORY`) when the room is too small. */
  alloc(sizeBytes: number): Address {
    // No block is larger than all of the memory; a size that no class has is refused as one that does not fit.
    const sizeClass = sizeClassOf(Math.min(sizeBytes + OVERHEAD_BYTES, 2 ** 31));
    const size = sizeOfClass(sizeClass);
    const block = this.#takeFree(sizeClass) || this.#extend(size);
    const words = this.mapped.words(this.top);
    const rest = (words[block / 4 + SIZE] as number) - size;
    if (rest >= LEAST_BYTES) {
      words[block / 4 + SIZE] = size;
      this.#putBehind(block, rest);
    }
    words[block / 4 + MARK] = IN_USE;
    this.usedBytes += words[block / 4 + SIZE] as number;
    return block + HEADER_BYTES;
  }

  free(address: Address): void {
    let size = this.#sizeInUse(address);
    let block = address - HEADER_BYTES;
    const words = this.mapped.words(this.top);
    this.usedBytes -= size;
    words[block / 4 + MARK] = FREE;
    const behind = block + size;
    if (behind < this.top && words[behind / 4 + MARK] === FREE) size += this.#remove(behind);
    const sizeBefore = words[block / 4 + SIZE_BEFORE] as number;
    if (sizeBefore > 0 && words[(block - sizeBefore) / 4 + MARK] === FREE) {
      block -= sizeBefore;
      size += this.#remove(block);
    }
    words[block / 4 + SIZE] = size;
    this.#insert(block);
  }

  /** How many bytes the block in use at `address` has, without header and slack. */
  capacityOf(address: Address): number {
    return this.#sizeInUse(address) - OVERHEAD_BYTES;
  }

  #sizeInUse(address: Address): number {
    const words = this.mapped.words(this.top);
    const header = (address - HEADER_BYTES) / 4;
    assert(words[header + MARK] === IN_USE, 'a block that is in use has a size');
    return words[header + SIZE] as number;
  }

  /** A free block of this class or the next one that has any, no longer in its list; 0 when there is none. */
  #takeFree(sizeClass: number): Address {
    let word = sizeClass >>> 5;
    let bits = (this.#isThere[word] as number) & (-1 << (sizeClass & 31));
    while (bits === 0) {
      if (++word >= this.#isThere.length) return 0;
      bits = this.#isThere[word] as number;
    }
    const block = this.#heads[word * 32 + 31 - Math.clz32(bits & -bits)] as number;
    this.#remove(block);
    return block;
  }

  /** A block of `sizeBytes` at the end, of which what stands there free is a part. */
  #extend(sizeBytes: number): Address {
    const last = this.top - this.#lastBytes;
    const isFree = this.#lastBytes > 0 && this.mapped.words(this.top)[last / 4 + MARK] === FREE;
    const block = isFree ? last : this.top;
    const end = block + sizeBytes;
    if (end > this.room.end) {
      throw new LakeError('invalid', 'more memory is needed than the budget allows', {
        code: 'MEMORY',
        details: { usedBytes: this.usedBytes, sizeBytes, bytesMax: this.room.end - this.room.start },
      });
    }
    const { byteLength } = this.memory.buffer;
    if (end > byteLength) this.memory.grow(Math.min(Math.max(end, byteLength + GROW_BYTES), this.room.end));
    if (isFree) this.#remove(last);
    this.top = end;
    const words = this.mapped.words(end);
    words[block / 4 + SIZE] = sizeBytes;
    if (!isFree) words[block / 4 + SIZE_BEFORE] = this.#lastBytes;
    this.#lastBytes = sizeBytes;
    return block;
  }

  /** Makes what follows a block, as far as `sizeBytes`, a free block. */
  #putBehind(block: Address, sizeBytes: number): void {
    const words = this.mapped.words(this.top);
    const size = words[block / 4 + SIZE] as number;
    const rest = block + size;
    words[rest / 4 + MARK] = FREE;
    words[rest / 4 + SIZE] = sizeBytes;
    words[rest / 4 + SIZE_BEFORE] = size;
    this.#insert(rest);
  }

  /** Puts a free block, whose size is known, in its list, and tells the one behind it. */
  #insert(block: Address): void {
    const words = this.mapped.words(this.top);
    const size = words[block / 4 + SIZE] as number;
    const sizeClass = sizeClassWithin(size);
    const next = this.#heads[sizeClass] as number;
    words[block / 4 + NEXT_FREE] = next;
    words[block / 4 + PREVIOUS_FREE] = 0;
    if (next > 0) words[next / 4 + PREVIOUS_FREE] = block;
    this.#heads[sizeClass] = block;
    this.#isThere[sizeClass >>> 5] = (this.#isThere[sizeClass >>> 5] as number) | (1 << (sizeClass & 31));
    const behind = block + size;
    if (behind < this.top) words[behind / 4 + SIZE_BEFORE] = size;
    else this.#lastBytes = size;
  }

  /** Takes a free block out of its list; returns its size. */
  #remove(block: Address): number {
    const words = this.mapped.words(this.top);
    const size = words[block / 4 + SIZE] as number;
    const next = words[block / 4 + NEXT_FREE] as number;
    const previous = words[block / 4 + PREVIOUS_FREE] as number;
    if (next > 0) words[next / 4 + PREVIOUS_FREE] = previous;
    if (previous > 0) words[previous / 4 + NEXT_FREE] = next;
    else this.#setHead(sizeClassWithin(size), next);
    return size;
  }

  #setHead(sizeClass: number, block: Address): void {
    this.#heads[sizeClass] = block;
    const word = sizeClass >>> 5;
    if (block === 0) this.#isThere[word] = (this.#isThere[word] as number) & ~(1 << (sizeClass & 31));
    else this.#isThere[word] = (this.#isThere[word] as number) | (1 << (sizeClass & 31));
  }
}
