import {
  attachKernelMemory,
  createKernelMemory,
  defaultKernels,
  KERNEL_BYTES_MAX,
  openKernels,
  type Address,
  type KernelChoice,
  type KernelMemory,
  type KernelMemoryHandle,
  type Kernels,
} from '@ticklake/kernels';
import type { FixedValues } from '../batch.js';
import { Blocks, type Room } from './blocks.js';
import { mapMemory } from './mapped-memory.js';

/**
 * One growing piece of memory for rows on their way from file to file, and the kernels that work on it. What is given back is used
 * again before more is asked of the machine: fresh memory costs more than most of what is done with it.
 *
 * An arena belongs to one thread. Another may look at the same memory through an arena of its own, see
 * {@link Arena.handle}, but each allocates for itself only.
 */
export interface Arena {
  readonly kernels: Kernels;
  /** All of the memory, as large as it is now. */
  readonly bytes: Uint8Array;
  /** What another thread attaches to. */
  readonly handle: KernelMemoryHandle;
  /** The most it may take from the machine. */
  readonly bytesMax: number;
  /** Up to where blocks have stood so far, of what it may take from the machine. */
  readonly sizeBytes: number;
  /** Bytes in blocks that were not given back. */
  readonly usedBytes: number;
  /**
   * A block of at least `sizeBytes` bytes, its place a multiple of 64; kernels may pass its end by 64 bytes. It holds whatever was there
   * before.
   *
   * @throws LakeError `invalid` (`MEMORY`) when the arena would pass its limit.
   */
  alloc(sizeBytes: number): Address;
  /** Gives a block back. Nothing may look at it from then on. */
  free(address: Address): void;
  /** How many bytes the block at `address` really has. */
  capacityOf(address: Address): number;
  /** `count` values at `address`, which is aligned for them, as a view. */
  view<T extends FixedValues>(type: ViewType<T>, address: Address, count: number): T;
  /** Moves `size` bytes; the two places may overlap. */
  move(from: Address, to: Address, size: number): void;
  /** Fills `size` bytes. */
  fill(to: Address, size: number, value: number): void;
  /** Copies bytes from anywhere. */
  put(bytes: Uint8Array, to: Address): void;
  /** Where a view of this memory stands; `undefined` for any other array. */
  addressOf(view: FixedValues): Address | undefined;
}

/** A typed array class over the arena's memory. */
export interface ViewType<T> {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): T;
  readonly BYTES_PER_ELEMENT: number;
}

/** How {@link createArena} makes an arena. */
export interface ArenaOptions {
  /** The most it may take from the machine; never more than 2 GiB, which addresses end at. */
  readonly bytesMax: number;
  /** Which kernels; the faster ones that run here when left out. They differ in speed only. */
  readonly kernels?: KernelChoice;
}

/** An arena with memory of its own. */
export function createArena(options: ArenaOptions): Arena {
  const bytesMax = Math.min(options.bytesMax, KERNEL_BYTES_MAX);
  return arenaOver(createKernelMemory(), { ...options, bytesMax }, { start: 64, end: bytesMax });
}

/**
 * An arena in another thread's memory, which allocates within `start … end` only: a block that the other thread's arena gave to this one.
 */
export function attachArena(
  handle: KernelMemoryHandle,
  {
    start,
    end,
    kernels,
  }: { readonly start: Address; readonly end: Address; readonly kernels?: KernelChoice },
): Arena {
  const bytesMax = end - start;
  return arenaOver(attachKernelMemory(handle), { bytesMax, ...(kernels && { kernels }) }, { start, end });
}

function arenaOver(
  memory: KernelMemory,
  { bytesMax, kernels = defaultKernels() }: ArenaOptions,
  room: Room,
): Arena {
  const mapped = mapMemory(memory);
  const blocks = new Blocks(memory, mapped, room);
  const opened = openKernels(memory, kernels);
  const addressOf = (view: FixedValues) => (mapped.holds(view.buffer) ? view.byteOffset : undefined);
  return {
    kernels: opened,
    handle: memory.handle,
    bytesMax,
    get bytes() {
      return mapped.bytes(blocks.top);
    },
    get sizeBytes() {
      return blocks.top - room.start;
    },
    get usedBytes() {
      return blocks.usedBytes;
    },
    alloc: (sizeBytes) => blocks.alloc(sizeBytes),
    free: (address) => blocks.free(address),
    capacityOf: (address) => blocks.capacityOf(address),
    view(Type, address, count) {
      // What another thread put somewhere may stand beyond what this one has.
      const end = address + count * Type.BYTES_PER_ELEMENT;
      return new Type(mapped.bytes(Math.max(blocks.top, end)).buffer, address, count);
    },
    move: (from, to, size) => opened.moveBytes(from, to, size),
    fill: (to, size, value) => opened.fillBytes(to, size, value),
    put(bytes, to) {
      const from = addressOf(bytes);
      if (from === undefined) mapped.bytes(blocks.top).set(bytes, to);
      else opened.moveBytes(from, to, bytes.length);
    },
    addressOf,
  };
}
