import { assert } from '@ticklake/core';
import { padded, type BlockReader, type BlockWriter } from './spill-block.js';

/** What the validity of so many rows takes in a block: where the field is nullable, a byte for each. */
export function validitySize(nullable: boolean, rowCount: number): number {
  return nullable ? padded(rowCount) : 0;
}

/** Puts the validity of rows of a field that is nullable. */
export function writeValidity(block: BlockWriter, validity: Uint8Array | undefined, rowCount: number): void {
  const room = block.room(rowCount);
  if (validity === undefined) room.fill(1);
  else room.set(validity);
}

/** The validity of rows of a field that is nullable; `undefined` where none is null. */
export function readValidity(block: BlockReader, rowCount: number): Uint8Array | undefined {
  const validity = block.room(rowCount);
  return validity.includes(0) ? validity : undefined;
}

/** Stops at a null of a field that is not nullable. */
export function requirePresent(validity: Uint8Array | undefined): void {
  assert(validity?.includes(0) !== true, 'only fields that are nullable have nulls');
}
