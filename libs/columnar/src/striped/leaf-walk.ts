import type { LeafShape } from './nested-shape.js';
import type { StripedLeaf } from './striped-rows.js';

/** A leaf that is passed slot by slot. */
export interface LeafWalk {
  readonly slotCount: number;
  readonly definitions: Uint8Array | undefined;
  readonly repetitions: Uint8Array | undefined;
  readonly definitionMax: number;
  /** The next slot. */
  slot: number;
  /** The next value. */
  value: number;
}

/** At the first slot of `leaf`. */
export function walkLeaf({ definition }: LeafShape, leaf: Omit<StripedLeaf, 'values'>): LeafWalk {
  const { slotCount, definitions, repetitions } = leaf;
  return { slotCount, definitions, repetitions, definitionMax: definition, slot: 0, value: 0 };
}

/** Whether something is missing that is there from level `definition` on; its one slot is then passed in every leaf below. */
export function passAbsent(
  walks: readonly LeafWalk[],
  [start, end]: readonly [number, number],
  definition: number,
): boolean {
  const first = walks[start] as LeafWalk;
  const level = first.definitions === undefined ? first.definitionMax : first.definitions[first.slot];
  if ((level as number) >= definition) return false;
  for (let i = start; i < end; i++) (walks[i] as LeafWalk).slot++;
  return true;
}

/** Passes a slot of a leaf. The number of its value; −1 for a null. */
export function passSlot(walk: LeafWalk): number {
  const level = walk.definitions === undefined ? walk.definitionMax : walk.definitions[walk.slot];
  walk.slot++;
  return level === walk.definitionMax ? walk.value++ : -1;
}

/** Whether another element of the same list follows. */
export function goesOn(walk: LeafWalk, elementRepetition: number): boolean {
  return walk.slot < walk.slotCount && walk.repetitions?.[walk.slot] === elementRepetition;
}
